#!/bin/sh
# traced.sh PROGRAM: runs the program and counts, of the system calls that it makes, those which place memory on a node, those which
# ask for the processor, and those which get memory at all.
set -eu
strace -f -qq -o calls.txt "$1" 2>total.txt
count() { grep -cE "^[0-9]+ +($2)\(" calls.txt || true; }
printf '{"metric": "calls_of_placing", "value": %d}\n' "$(count placing 'mbind|set_mempolicy|set_mempolicy_home_node|move_pages|migrate_pages')"
printf '{"metric": "calls_of_asking", "value": %d}\n' "$(count asking getcpu)"
printf '{"metric": "calls_of_mapping", "value": %d}\n' "$(count mapping 'mmap|madvise')"
printf '{"metric": "deferred", "value": %d}\n' "$(cat total.txt)"
