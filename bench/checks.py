"""A figure with its target, and the file in which a benchmark leaves its figures."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from macros.ledger.store import write_json


@dataclass(frozen=True)
class Check:
    """`target` as a reader understands it ("at most 1.15"), `value` what came out, `met` whether it is enough."""

    check: str
    target: str
    value: float
    met: bool

    def __str__(self) -> str:
        return f"{'met   ' if self.met else 'MISSED'}  {self.check}: {self.value:.3g} ({self.target})"


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


def report(checks: Sequence[Check], file: Path) -> None:
    """Print every figure, also those that fall short, and write them as a list of objects."""
    for check in checks:
        print(check)
    write_json(file, [asdict(check) for check in checks])
    print(f"written to {file}")
