"""A figure with its target, and the file in which a benchmark leaves its figures."""

from __future__ import annotations

import datetime
import json
import statistics
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from macros.lab.engine.runner import DockerRunner
from macros.lab.machine import MachineFacts
from macros.ledger.files import write_json


@dataclass(frozen=True)
class Check:
    """`target` as a reader understands it ("at most 1.15"), `value` what came out, `met` whether it is enough."""

    check: str
    target: str
    value: float
    met: bool

    def __str__(self) -> str:
        value = f"{self.value:,}" if isinstance(self.value, int) else f"{self.value:.3g}"
        return f"{'met   ' if self.met else 'MISSED'}  {self.check}: {value} ({self.target})"


def at_most(check: str, bound: float, value: float) -> Check:
    return Check(check, f"at most {bound:g}", round(value, 4), value <= bound)


def at_least(check: str, bound: float, value: float) -> Check:
    return Check(check, f"at least {bound:g}", round(value, 4), value >= bound)


def seconds(action: Callable[[], object]) -> float:
    """How long it takes, by the monotonic clock."""
    begun = time.monotonic()
    action()
    return time.monotonic() - begun


def paired_ratio(of: Callable[[], object], over: Callable[[], object], rounds: int) -> float:
    """The median ratio of the two actions' times, from ABBA rounds: a drift of the machine falls on both."""
    ratios = []
    for _ in range(rounds):
        first, second = seconds(of), seconds(over)
        third, fourth = seconds(over), seconds(of)
        ratios += [first / second, fourth / third]
    return statistics.median(ratios)


def today() -> str:
    """ISO 8601, in UTC."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def named(facts: MachineFacts) -> str:
    """The machine, as a reader knows it."""
    return f"{facts.cpu}, {facts.cores} cores"


def kept_by_part(file: Path) -> dict[str, list[dict[str, object]]]:
    """The figures of an earlier run, by the part that they belong to."""
    found: dict[str, list[dict[str, object]]] = {}
    if file.is_file():
        for row in json.loads(file.read_text("utf-8")):
            found.setdefault(str(row.get("part", "")), []).append(row)
    return found


def run_parts(parts: Mapping[str, Callable[[], Sequence[Check]]], wanted: Collection[str], file: Path) -> None:
    """Run the parts named, or all where none is, and leave each one's figures in the file as soon as it ends.

    The file has them in the order of `parts`; figures of a part that is no longer there are dropped.
    """
    with DockerRunner() as runner:
        here = named(runner.facts())
    for name, run in parts.items():
        if not wanted or name in wanted:
            print(f"▸ {name}", file=sys.stderr)
            _report_part(name, run(), file, here, list(parts))
    print(f"written to {file}")


def _report_part(part: str, checks: Sequence[Check], file: Path, environment: str, order: Sequence[str]) -> None:
    """Print every figure, also those that fall short; in the file they replace those of an earlier run of the part."""
    for check in checks:
        print(check)
    rows = kept_by_part(file)
    rows[part] = [{**asdict(check), "part": part, "on": today(), "machine": environment} for check in checks]
    write_json(file, [row for name in order for row in rows.get(name, ())])
