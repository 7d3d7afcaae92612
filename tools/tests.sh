#!/usr/bin/env bash
# tests.sh [PYTEST'S OPTIONS]: the unit tests on all cores; those that run containers, two files at a time; those that must
# have the machine to themselves, one by one; then the catalogue, alone too; and the tests in a browser, which look at the
# site of its results, two files at a time. Every part runs, whatever the others say. The last line, also in
# .cache/tests-summary, adds all up; it is what a service that runs the tests reads.
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
part containers tests/lab -m 'not alone' --numprocesses 2 --dist loadfile --durations=20 "$@"
part alone tests/lab -m alone --durations=10 "$@"
tools/stage.sh "the catalogue" .venv/bin/claims run || status=1
part browser tests/browser --numprocesses 2 --dist loadfile --durations=20 "$@"
tools/add_summaries.py "${logs[@]}" | tee "$summary"
exit "$status"
