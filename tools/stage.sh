#!/bin/sh
# stage.sh TITLE COMMAND...: say what is done, do it, say how long it took. The status is the command's.
set -u
title=$1
shift
begun=$(date +%s)
printf '▸ %s\n' "$title"
"$@"
status=$?
seconds=$(($(date +%s) - begun))
if [ "$status" -eq 0 ]; then
    printf '✓ %s (%d s)\n' "$title" "$seconds"
else
    printf '✗ %s: exit status %d after %d s\n' "$title" "$status" "$seconds" >&2
fi
exit "$status"
