#!/bin/sh
# traced.sh PROGRAM: runs the program and counts, of the system calls that it makes, those which place memory on a node, those which
# ask for the processor, and those which get memory at all.
set -eu
strace -f -qq -o calls.txt "$1" 2>total.txt
report() {
    printf '{"metric": "%s", "value": %d}\n' "$1" "$(grep -cE "^[0-9]+ +($2)\(" calls.txt || true)"
}
report calls_of_placing 'mbind|set_mempolicy|set_mempolicy_home_node|move_pages|migrate_pages'
report calls_of_asking getcpu
report calls_of_mapping 'mmap|madvise'
printf '{"metric": "deferred", "value": %d}\n' "$(cat total.txt)"
