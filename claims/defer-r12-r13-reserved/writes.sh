#!/bin/sh
# writes.sh METRIC REGISTER <listing: counts the instructions of the listing whose last operand, which is where
# an instruction writes, is the register. Comparisons write nothing.
set -eu
count=$(grep -E ", $2[[:space:]]*\$" | grep -vcE '[[:space:]](CMP|TEST|UCOMIS)' || true)
printf '{"metric": "%s", "value": %d}\n' "$1" "$count"
