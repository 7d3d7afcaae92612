#!/bin/sh
# Builds the server twice, static and dynamic. COMPARE=linking: both with cgo and the same linker, which is told -static or not.
# COMPARE=builds: as go build does it with cgo off and on. LIBRARIES: so many shared libraries more, to which the dynamic one is linked.
set -eu

gcc -O2 -o launcher s11_launcher.c
if [ "$COMPARE" = builds ]; then
    CGO_ENABLED=0 go build -o server-static s11_http.go
    go build -o server-dynamic s11_http.go
else
    more=
    if [ "${LIBRARIES:-0}" != 0 ]; then
        gcc -O2 -shared -fPIC -o first.so library.c
        more="-L$PWD -Wl,-rpath,$PWD -Wl,--no-as-needed"
        for i in $(seq "$LIBRARIES"); do
            cp first.so "libmore$i.so"
            more="$more -lmore$i"
        done
    fi
    go build -ldflags '-linkmode external -extldflags "-static"' -o server-static s11_http.go
    go build -ldflags "-linkmode external -extldflags \"$more\"" -o server-dynamic s11_http.go
fi
section static
ldd ./server-static 2>&1 | tee static.txt
grep -q 'not a dynamic executable' static.txt
section dynamic
ldd ./server-dynamic | tee dynamic.txt
grep -q 'libc\.so' dynamic.txt
