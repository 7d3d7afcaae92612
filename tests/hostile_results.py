"""What came of the tests that are marked `hostile`, as the file from which the page on hostile claims is set.

`pytest --hostile-results FILE` writes it: each test's name is what was tried, and its result is what came of it. What
the file has of tests that do not run this time stays.
"""

from __future__ import annotations

import datetime
import inspect
from pathlib import Path

import pytest

from macros.lab import doctor
from macros.results.hostile import Attempt, Hostile, Known, read_hostile

OPTION = "--hostile-results"
MARKER = "hostile"
ENGINES = ("engine", "runc", "kernel", "runtime", "sockets")
"""The checks of `claims doctor` that say how far the engine itself can be trusted."""


class Collector:
    """Attempts in the order in which they were made."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.attempts: list[Attempt] = []
        self._said: dict[str, tuple[str, str, str]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            marker = item.get_closest_marker(MARKER)
            if marker is not None and isinstance(item, pytest.Function):
                first_line = (inspect.getdoc(item.function) or "").partition("\n")[0]
                self._said[item.nodeid] = (marker.args[0], _tried(item), first_line)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.nodeid not in self._said or (report.when != "call" and not report.failed):
            return
        if report.skipped and not hasattr(report, "wasxfail"):
            return  # It was not tried.
        part, tried, truth = self._said[report.nodeid]
        got = dict(report.user_properties).get("got", truth)
        if report.failed:
            got = "the test failed"
        self.attempts.append(Attempt(part, tried, str(got), held=report.passed))

    def pytest_sessionfinish(self) -> None:
        engine = [check for check in doctor.examine("amd64") if check.name in ENGINES]
        known = tuple(Known(check.name, check.found, check.needed, check.ok == "ok") for check in engine)
        before = read_hostile(self.file)
        mine = {(attempt.part, attempt.tried): attempt for attempt in self.attempts}
        kept = [mine.pop((one.part, one.tried), one) for one in (before.attempts if before is not None else ())]
        attempts = (*kept, *mine.values())
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        self.file.write_text(Hostile(today, known, attempts).to_json(), encoding="utf-8")


def _tried(item: pytest.Function) -> str:
    """The case's own name where it has one, and else the test's."""
    callspec = getattr(item, "callspec", None)
    if callspec is not None:
        return str(callspec.id)
    return item.originalname.removeprefix("test_").replace("_", " ")
