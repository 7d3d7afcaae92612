#!/bin/sh
# Builds $PROGRAM with a plain `go build`, on a machine with a C compiler or as if there were none.
# COMPILER=absent: the path then holds every command of the machine except the C compilers.
set -eu

without_compilers() {
    mkdir -p "$1"
    old_ifs=$IFS
    IFS=:
    for folder in $PATH; do
        # Of two commands of one name the first on the path counts: ln keeps what is there, and says so.
        ln -s "$folder"/* "$1" 2>links.txt || ! grep -v 'File exists' links.txt
    done
    IFS=$old_ifs
    (cd "$1" && rm -f -- *gcc* *g++* cc c++ c89* c99* *clang* *cpp*)
}

if [ "$COMPILER" = absent ]; then
    without_compilers /work/src/bin
    PATH=/work/src/bin
    export PATH
fi
echo "cgo_enabled=$(go env CGO_ENABLED) compiler=$(command -v gcc || echo none)"
go build -o program "$PROGRAM"
