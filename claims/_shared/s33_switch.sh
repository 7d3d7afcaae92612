#!/bin/sh
# Build a Go program with a runtime in which the pools of defer records can be switched off. Go 1.16 or newer.
# Usage: sh s33_switch.sh PROGRAM SOURCE...
set -eu
program=$1
shift
root=$(go env GOROOT)
# A cache that can be written, beside links to all that the image's holds: what the changed runtime makes anew is
# compiled once, and every further layout of the program is linked alone.
shared=$TMPDIR/switched
if [ ! -d "$shared" ]; then
    mkdir "$shared"
    cp -rs "$(go env GOCACHE)" "$shared/cache"
    go build -o "$shared/switch" s33_switch.go
    "$shared/switch" -runtime "$root/src/runtime" -out "$shared/patched"
fi
GOCACHE="$shared/cache" go build -overlay "$shared/patched/overlay.json" -o "$program" "$@"
