#!/bin/sh
# Build a Go program with a runtime that times the collector's walk of defer lists.
# Usage: sh s23_clocked.sh PROGRAM SOURCE [flags of walkclock]
set -eu
program=$1
source=$2
shift 2
root=$(go env GOROOT)
# A cache that can be written, beside links to all that the image's holds: what the changed runtime makes anew is
# compiled once, and every further layout of the program is linked alone.
shared=$TMPDIR/clocked
if [ ! -d "$shared" ]; then
    mkdir "$shared"
    cp -rs "$(go env GOCACHE)" "$shared/cache"
fi
export GOCACHE="$shared/cache"
[ -x walkclock ] || go build -o walkclock s23_walkclock.go
./walkclock -runtime "$root/src/runtime" -out patched "$@"
if go help build | grep -q -e '-overlay'; then
    go build -overlay patched/overlay.json -o "$program" "$source"
else
    # Before Go 1.16: a tree of links to the toolchain with the one file exchanged.
    tree=$shared/tree
    if [ ! -d "$tree" ]; then
        mkdir -p "$tree/src/runtime"
        ln -s "$root"/bin "$root"/pkg "$tree/"
        for entry in "$root"/src/*; do [ "$entry" = "$root/src/runtime" ] || ln -s "$entry" "$tree/src/"; done
        for entry in "$root"/src/runtime/*; do ln -s "$entry" "$tree/src/runtime/"; done
        rm "$tree/src/runtime/mgcmark.go"
        cp patched/mgcmark.go "$tree/src/runtime/"
        [ ! -e "$root/VERSION" ] || ln -s "$root/VERSION" "$tree/"
    fi
    GOROOT=$tree go build -o "$program" "$source"
fi
