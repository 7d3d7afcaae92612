#!/bin/sh
# s41_compare.sh MODE NODES: what inserting NODES nodes takes with plain and with aligned nodes (./plain and ./aligned).
# By the processor's counters where they can be had, else by cachegrind's simulation of two levels of cache. What a
# counter calls cache-references are accesses that have left the first level, so of the simulation it is the references of its last.
set -eu
mode=$1 nodes=$2

# The second witness, by the clock: how long an insertion takes when two threads insert nodes that lie among each other.
if [ "$mode" = timed ]; then
  median() { for _ in 1 2 3; do "$@"; done | sort -n | sed -n 2p; }
  plain=$(median ./plain threads "$nodes") aligned=$(median ./aligned threads "$nodes")
  printf '{"metric": "time_plain", "value": %s, "unit": "ns"}\n{"metric": "time_aligned", "value": %s, "unit": "ns"}\n' "$plain" "$aligned"
  awk -v plain="$plain" -v aligned="$aligned" 'BEGIN { printf "{\"metric\": \"time_ratio\", \"value\": %.3f}\n", plain / aligned }'
  exit 0
fi

# Of each event the median of five runs: what a process does before it inserts anything is not the same every time.
by_counters() {
  # Not into a pipe, which would hide a run that could not be counted.
  for _ in 1 2 3 4 5; do ./count "$@"; done >five.txt
  sort -k 1,1 -k 2,2n five.txt | awk '{ if ($1 != event) n = 0; event = $1; if (++n == 3) print }'
}

by_simulation() {
  valgrind --tool=cachegrind --cache-sim=yes --I1=32768,8,64 --D1=32768,8,64 --LL=8388608,16,64 \
    --cachegrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
    awk '{ gsub(",", "") }
      /I +refs:/ { print "instructions", $4 }
      /D +refs:/ { print "accesses", $4 }
      /D1 +misses:/ { print "first_level", $4 }
      /LL refs:/ { print "references", $4 }
      /LL misses:/ { print "misses", $4 }'
}

status=0
./count true >counters.txt || status=$?
if [ "$status" -eq 0 ]; then
  means=by_counters
  echo '{"metric": "means", "value": "hardware counters"}'
elif [ "$status" -eq 69 ] && [ "$mode" != threads ]; then
  means=by_simulation
  echo '{"metric": "means", "value": "simulation"}'
else
  # Counters that count part of the time, or went away since the probe; the simulation has one core only.
  cat counters.txt >&2
  exit 75
fi

for kind in plain aligned; do
  $means "./$kind" "$mode" "$nodes" >$kind.txt
  for what in misses references instructions accesses first_level; do
    awk -v kind=$kind -v what=$what '$1 == what { printf "{\"metric\": \"%s_%s\", \"value\": %d}\n", what, kind, $2 }' $kind.txt
  done
done
for what in misses references instructions accesses; do
  awk -v what=$what '$1 == what { n[FILENAME] = $2 }
    END { if (n["aligned.txt"]) printf "{\"metric\": \"%s_ratio\", \"value\": %.4f}\n", what, n["plain.txt"] / n["aligned.txt"] }' plain.txt aligned.txt
done
