"""The one line that tells of both parts of the tests."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "add_summaries.py"
_SPEC = importlib.util.spec_from_file_location("add_summaries", TOOL)
assert _SPEC is not None and _SPEC.loader is not None
add_summaries = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(add_summaries)

PASSED = "tests/a.py ..s\n\x1b[32m==== \x1b[1m5 passed\x1b[0m, \x1b[33m1 skipped\x1b[0m in 4.60s ====\x1b[0m\n"
LONG = "================= 5738 passed, 1 xfailed in 4130.84s (1:08:50) =================\n"
FAILED = "====== 2 failed, 3 passed, 1 warning, 2 errors in 1.40s ======\n"
NONE = "============ no tests ran in 0.02s ============\n"


@pytest.mark.parametrize(
    ("logs", "line"),
    [
        ([PASSED, LONG], "5743 passed, 0 failed, 1 skipped, 1 xfailed in 4135 s"),
        ([PASSED, FAILED], "8 passed, 2 failed, 2 errors, 1 skipped in 6 s"),
        ([PASSED, NONE], "5 passed, 0 failed, 1 skipped in 5 s"),
    ],
)
def test_counts_of_all_parts_are_added_and_failures_are_always_named(logs: list[str], line: str) -> None:
    """Whoever reads the last line alone learns how many failed, in whichever part."""
    assert add_summaries.added(logs) == line


@pytest.mark.parametrize("log", ["", "ERROR: usage: pytest\n", "a test printed: 3 passed in 1s\n"])
def test_a_part_that_did_not_start_is_a_failure(log: str) -> None:
    """A run without a summary line is never taken for a run without failures."""
    assert add_summaries.added([PASSED, log]).startswith("5 passed, 1 failed")
