#!/bin/sh
# Which pod the script went for, and which one was killed for memory: $PODS knows.
set -eu
asked=$(cat asked.txt 2>/dev/null || true)
killed=$(awk '$1 !~ /^#/ && ($5 == "OOMKilled" || $6 == "OOMKilled") { print $1; exit }' "$PODS")
if [ -z "$asked" ]; then
    found="no pod"
elif [ "$asked" = "$killed" ]; then
    found="the killed pod"
else
    found="another pod"
fi
if [ -f histogram-state.txt ]; then
    histogram=taken
elif [ -f asked.txt ]; then
    histogram=refused
else
    histogram="not asked for"
fi
printf '{"metric": "found", "value": "%s"}\n' "$found"
printf '{"metric": "histogram", "value": "%s"}\n' "$histogram"
