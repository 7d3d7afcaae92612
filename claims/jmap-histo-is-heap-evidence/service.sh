#!/bin/sh
# The life of a service in a script's hands: start it, let it serve, look at it, end it. To be read in with `.`.

# One processor's collector and the quick compiler: the processes here are short.
JAVA_FLAGS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m"

start() {
    rm -f requests answers
    mkfifo requests answers
    # shellcheck disable=SC2086 # a list of words
    java $JAVA_FLAGS -cp . Service "$1" "$PAYLOAD" "$CACHED" <requests >answers &
    service=$!
    exec 3>requests 4<answers
}

serve() {
    echo "$1" >&3
    read -r answer <&4
    echo "$answer"
}

stop() {
    exec 3>&-
    wait "$service" || true
    exec 4<&-
}

# As the kernel does it to a process of a container that has used up its memory.
killed() {
    kill -KILL "$service"
    wait "$service" || true
    exec 3>&- 4<&-
}

# observe MODE NAME: the service in this mode serves its requests. Where $THEN is `restart` it is killed then, started
# anew, and serves a few more. NAME-1.txt is its histogram, and NAME-2.txt, where $LOOKS is 2, the histogram after as many requests again.
observe() {
    start "$1"
    serve 50000
    if [ "$THEN" = restart ]; then
        killed
        start "$1"
        serve 500
    fi
    jmap -histo:live "$service" >"$2-1.txt"
    if [ -n "${DUMP:-}" ]; then jmap -dump:live,format=b,file=heap.hprof "$service"; fi
    if [ "$LOOKS" = 2 ]; then
        serve 50000
        jmap -histo:live "$service" >"$2-2.txt"
    fi
    stop
}

# entries FILE: how many entries of maps a histogram counts.
entries() {
    # shellcheck disable=SC2016 # awk's own variables, and a class with a dollar in its name
    awk '$4 == "java.util.concurrent.ConcurrentHashMap$Node" { print $2 }' "$1"
}
