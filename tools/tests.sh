#!/usr/bin/env bash
# tests.sh [PYTEST'S OPTIONS]: the unit tests on all cores, then those that run containers and browsers, one by one:
# some of them measure, and must have the machine to themselves. Both parts run, whatever the first one says. The last
# line, also in .cache/tests-summary, adds both up; it is what a service that runs the tests reads.
set -u
summary=.cache/tests-summary
mkdir -p .cache
rm -f "$summary"
status=0
logs=()

part() {
    local log=.cache/tests-$1.log
    shift
    logs+=("$log")
    .venv/bin/python -m pytest "$@" 2>&1 | tee "$log"
    # 5: nothing was collected, as when the options select tests of the other part alone
    case "${PIPESTATUS[0]}" in 0 | 5) ;; *) status=1 ;; esac
}

part units tests/unit --numprocesses auto --dist worksteal "$@"
part others tests/lab tests/browser --durations=40 "$@"
tools/add_summaries.py "${logs[@]}" | tee "$summary"
exit "$status"
