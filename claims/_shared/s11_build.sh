#!/bin/sh
# Builds $PROGRAM with a plain `go build`, on a machine with a C compiler or as if there were none.
# COMPILER=absent: the path then holds every command of the machine except the C compilers.
set -eu

without_compilers() {
    mkdir -p "$1"
    old_ifs=$IFS
    IFS=:
    for folder in $PATH; do
        for command in "$folder"/*; do
            [ -e "$command" ] || continue
            case ${command##*/} in
            *gcc* | *g++* | cc | c++ | c89* | c99* | *clang* | *cpp*) ;;
            *) [ -e "$1/${command##*/}" ] || ln -s "$command" "$1/${command##*/}" ;;
            esac
        done
    done
    IFS=$old_ifs
}

if [ "$COMPILER" = absent ]; then
    without_compilers /work/src/bin
    PATH=/work/src/bin
    export PATH
fi
echo "cgo_enabled=$(go env CGO_ENABLED) compiler=$(command -v gcc || echo none)"
go build -o program "$PROGRAM"
