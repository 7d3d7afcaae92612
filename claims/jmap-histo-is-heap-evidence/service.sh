#!/bin/sh
# The service's life in a script's hands: start it in $MODE, let it serve, end it. To be read in with `.`.
# shellcheck disable=SC2034 # `service` is for those who read this in

# One processor's collector and the quick compiler: the processes here are short.
JAVA_FLAGS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m"

start() {
    rm -f requests answers
    mkfifo requests answers
    # shellcheck disable=SC2086 # a list of words
    java $JAVA_FLAGS -cp . Service "$MODE" "$PAYLOAD" <requests >answers &
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
