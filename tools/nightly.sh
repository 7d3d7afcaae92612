#!/bin/sh
# nightly.sh FOLDER: run everything again, write the reports into FOLDER, and tell the next job of the workflow whether
# a verdict has flipped: flips=yes or flips=no. Nothing is told where the run failed. The status is that of `claims verify`.
set -eu
folder=${1:?which folder}
mkdir -p "$folder"

status=0
.venv/bin/claims verify --fresh --json "$folder/claims.json" --junit "$folder/junit.xml" --markdown "$folder/summary.md" ||
    status=$?
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$folder/summary.md" ]; then
    cat "$folder/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi
case $status in
0) flips=no ;;
1) flips=yes ;;
*) exit "$status" ;;
esac
echo "flips=$flips" >>"${GITHUB_OUTPUT:-/dev/stdout}"
exit "$status"
