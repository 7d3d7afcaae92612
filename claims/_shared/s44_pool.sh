#!/bin/sh
# s44_pool.sh PROGRAM SOURCE [SIZE]: builds a Go program; with SIZE, with a runtime in which the pool of each processor has room for so
# many records of deferred calls, in place of 32.
set -eu
program=$1 source=$2 size=${3:-}
if [ -z "$size" ]; then
    exec go build -o "$program" "$source"
fi
root=$(go env GOROOT)
# A cache that can be written, beside links to all that the image's holds: what the changed runtime makes anew is
# compiled once, and every further layout of the program is linked alone.
shared=$TMPDIR/pool-$size
if [ ! -d "$shared" ]; then
    mkdir "$shared"
    cp -rs "$(go env GOCACHE)" "$shared/cache"
    sed "s/\(deferpoolbuf *\)\[32\]\*_defer\$/\1[$size]*_defer/" "$root/src/runtime/runtime2.go" >"$shared/runtime2.go"
    if cmp -s "$root/src/runtime/runtime2.go" "$shared/runtime2.go"; then
        echo "this runtime's pool is written otherwise" >&2
        exit 1
    fi
    printf '{"Replace": {"%s": "%s"}}\n' "$root/src/runtime/runtime2.go" "$shared/runtime2.go" >"$shared/overlay.json"
fi
GOCACHE="$shared/cache" go build -overlay "$shared/overlay.json" -o "$program" "$source"
