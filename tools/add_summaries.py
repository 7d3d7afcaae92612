#!/usr/bin/env python3
"""Add up the summary lines of several runs of pytest: `add_summaries.py LOG...` prints one line for all of them.

A log without a summary line is that of a run which did not start, and counts as one failure.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_SUMMARY = re.compile(r"=+ (?P<counts>(?:\d+ [a-z]+|no tests ran)(?:, \d+ [a-z]+)*) in (?P<seconds>[\d.]+)s\b.*=+")
_COUNT = re.compile(r"(\d+) ([a-z]+)")
FIRST = ("passed", "failed")
"""These are always given."""


def added(logs: Iterable[str]) -> str:
    """Such as `12 passed, 0 failed, 1 skipped in 7 s`."""
    counts: Counter[str] = Counter()
    seconds = 0.0
    for log in logs:
        found = [match for line in log.splitlines() if (match := _SUMMARY.fullmatch(_COLOUR.sub("", line).strip()))]
        if not found:
            counts["failed"] += 1
            continue
        for number, what in _COUNT.findall(found[-1]["counts"]):
            counts["errors" if what == "error" else what] += int(number)
        seconds += float(found[-1]["seconds"])
    kinds = (*FIRST, *sorted(kind for kind in counts if kind not in FIRST and kind not in ("warning", "warnings")))
    return f"{', '.join(f'{counts[kind]} {kind}' for kind in kinds)} in {seconds:.0f} s"


if __name__ == "__main__":
    sys.stdout.write(added(Path(name).read_text(errors="replace") for name in sys.argv[1:]) + "\n")
