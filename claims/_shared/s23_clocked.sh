#!/bin/sh
# Build a Go program with a runtime that times the collector's walk of defer lists.
# Usage: sh s23_clocked.sh PROGRAM SOURCE [flags of walkclock]
set -eu
program=$1
source=$2
shift 2
root=$(go env GOROOT)
# A cache that can be written, beside links to all that the image's holds: the runtime is changed and compiled once, and
# every further layout of the program is linked alone.
shared=$TMPDIR/clocked
if [ ! -d "$shared" ]; then
    mkdir "$shared"
    cp -rs "$(go env GOCACHE)" "$shared/cache"
    go build -o "$shared/walkclock" s23_walkclock.go
    "$shared/walkclock" -runtime "$root/src/runtime" -out "$shared/patched" "$@"
fi
export GOCACHE="$shared/cache"
if go help build | grep -q -e '-overlay'; then
    go build -overlay "$shared/patched/overlay.json" -o "$program" "$source"
else
    # Before Go 1.16: a tree of links to the toolchain with the one file exchanged.
    tree=$shared/tree
    if [ ! -d "$tree" ]; then
        mkdir -p "$tree/src/runtime"
        ln -s "$root"/bin "$root"/pkg "$tree/"
        for entry in "$root"/src/*; do [ "$entry" = "$root/src/runtime" ] || ln -s "$entry" "$tree/src/"; done
        for entry in "$root"/src/runtime/*; do ln -s "$entry" "$tree/src/runtime/"; done
        rm "$tree/src/runtime/mgcmark.go"
        cp "$shared/patched/mgcmark.go" "$tree/src/runtime/"
        [ ! -e "$root/VERSION" ] || ln -s "$root/VERSION" "$tree/"
    fi
    GOROOT=$tree go build -o "$program" "$source"
fi
