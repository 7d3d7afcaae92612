#!/bin/sh
# Builds the loops: Go with and without bounds checks, and C as $C_FLAGS say. Then says in which loops two builds are the
# same machine code, instruction for instruction: between those there is nothing to measure.
set -eu

c_loops='sum dot gather matmul insertion_sort'
go_loops='main.sum main.dot main.gather main.matmul main.insertionSort'

# code PROGRAM FUNCTION: its instructions, without addresses and without the padding that alignment adds.
code() {
    objdump -d --no-show-raw-insn --disassemble="$2" "$1" |
        sed -n -E 's/^ +[0-9a-f]+:\t//; t found; d; :found; /^(cs |data16 |xchg +%ax,%ax|nop|int3)/d; s/[0-9a-f]+ <[^+>]*/</; p'
}

# alike METRIC PROGRAM PROGRAM LOOPS...: the loops that are the same in both programs, by name.
alike() {
    metric=$1 one=$2 other=$3 same=
    shift 3
    for loop in "$@"; do
        code "$one" "$loop" >one.txt
        code "$other" "$loop" >other.txt
        [ -s one.txt ]
        ! cmp -s one.txt other.txt || same="$same $loop"
    done
    same=$(echo "${same:- none}" | sed 's/^ //; s/main\.//g; s/insertion_sort\|insertionSort/sort/; s/ /, /g')
    echo "{\"metric\": \"$metric\", \"value\": \"$same\"}"
}

go build -o checked kernels.go
go build -gcflags=-B -o unchecked kernels.go
# shellcheck disable=SC2086 # a list of flags
gcc $C_FLAGS -o c kernels.c
gcc -O2 -o c-o2 kernels.c
gcc -O2 -fno-tree-vectorize -o c-scalar kernels.c

section twins
# All must have computed the same.
for twin in checked unchecked c; do
    ./$twin | grep checksum >$twin.txt
    cmp checked.txt $twin.txt >&2
done

section alike
# shellcheck disable=SC2086 # lists of names
{
    alike alike_scalar c c-scalar $c_loops
    alike alike_o2 c c-o2 $c_loops
    alike alike_unchecked checked unchecked $go_loops
}

for build in checked unchecked; do
    section $build
    for loop in $go_loops; do
        objdump -d --no-show-raw-insn --disassemble="$loop" $build
    done
done
