#!/bin/sh
# s44_machine.sh CORES: whether the machine has so many cores to run on and two NUMA nodes with processors. If not, prints what
# is missing and exits 69.
set -eu
cores=$(nproc)
nodes=0
for list in /sys/devices/system/node/node[0-9]*/cpulist; do
    [ -s "$list" ] && [ -n "$(cat "$list")" ] && nodes=$((nodes + 1))
done
missing=
if [ "$nodes" -lt 2 ]; then
    missing="two NUMA nodes (it has $nodes)"
fi
if [ "$cores" -lt "$1" ]; then
    missing="${missing:+$missing and }$1 processor cores (it has $cores)"
fi
if [ -n "$missing" ]; then
    echo "$missing"
    exit 69
fi
