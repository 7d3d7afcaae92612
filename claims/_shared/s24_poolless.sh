#!/bin/sh
# Build a Go program with a runtime that never keeps a used defer record, so that its pool of records stays empty.
# Usage: sh s24_poolless.sh PROGRAM SOURCE
set -eu
program=$1
source=$2
root=$(go env GOROOT)
# A cache that can be written, beside links to all that the image's holds.
mkdir "$TMPDIR/poolless-cache"
cp -rs "$(go env GOCACHE)" "$TMPDIR/poolless-cache/cache"
export GOCACHE="$TMPDIR/poolless-cache/cache"
# What gives a record back begins by leaving alone those that lie in a frame. Here it leaves all of them alone.
awk '
    /^func (freedefer|popDefer)\(/ { giving = 1 }
    /^}/ { giving = 0 }
    giving && /^\tif !d\.heap \{$/ { sub(/!d\.heap/, "true"); changed++ }
    { print }
    END { exit changed != 1 }
' "$root/src/runtime/panic.go" >panic.go.txt
if go help build | grep -q -e '-overlay'; then
    echo "{\"Replace\": {\"$root/src/runtime/panic.go\": \"$PWD/panic.go.txt\"}}" >overlay.json
    go build -overlay overlay.json -o "$program" "$source"
else
    # Before Go 1.16: a tree of links to the toolchain with the one file exchanged.
    tree=$TMPDIR/poolless-cache/tree
    mkdir -p "$tree/src/runtime"
    ln -s "$root"/bin "$root"/pkg "$tree/"
    for entry in "$root"/src/*; do [ "$entry" = "$root/src/runtime" ] || ln -s "$entry" "$tree/src/"; done
    for entry in "$root"/src/runtime/*; do ln -s "$entry" "$tree/src/runtime/"; done
    rm "$tree/src/runtime/panic.go"
    cp panic.go.txt "$tree/src/runtime/panic.go"
    [ ! -e "$root/VERSION" ] || ln -s "$root/VERSION" "$tree/"
    GOROOT=$tree go build -o "$program" "$source"
fi
