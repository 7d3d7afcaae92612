#!/bin/sh
# s41_simulate.sh MODE NODES: what inserting NODES nodes takes with plain and with aligned nodes (./plain and ./aligned), in
# cachegrind's simulation of one core with two levels of cache. What a process does besides inserting is counted first, in a run that
# inserts nothing, and taken off. The references of the last level are the accesses that have left the first one.
set -eu
mode=$1 nodes=$2

simulated() {
  valgrind --tool=cachegrind --cache-sim=yes --I1=32768,8,64 --D1=32768,8,64 --LL=8388608,16,64 \
    --cachegrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
    awk '{ gsub(",", "") }
      /I +refs:/ { print "instructions", $4 }
      /D +refs:/ { print "accesses", $4 }
      /LL refs:/ { print "references", $4 }
      /LL misses:/ { print "misses", $4 }'
}

for kind in plain aligned; do
  { simulated ./$kind "$mode" 0; simulated ./$kind "$mode" "$nodes"; } |
    awk -v kind=$kind '{ if ($1 in before) printf "%s %s %d\n", $1, kind, $2 - before[$1]; else before[$1] = $2 }'
done >counts.txt
awk '{
  printf "{\"metric\": \"%s_%s\", \"value\": %d}\n", $1, $2, $3
  if ($2 == "plain") plain[$1] = $3
  else if ($3 > 0) printf "{\"metric\": \"%s_ratio\", \"value\": %.4f}\n", $1, plain[$1] / $3
}' counts.txt
