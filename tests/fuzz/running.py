"""Runs one target many times, by hypothesis. In batches: it remembers all that it has tried, and a million are many."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.damage import VARIANTS
from tests.fuzz.targets import Target, read_input

BATCH = 1_000


@dataclass(frozen=True)
class Found:
    """The smallest input that was handled wrongly, and how."""

    text: str
    error: BaseException


def fuzz(target: Target, executions: int, first_seed: int = 0) -> tuple[int, Found | None]:
    """How often it ran: all of its corpus, then at least so many inputs; and what was found, which ends it."""
    count = 0
    last = ""

    def run(texts: list[str]) -> None:
        nonlocal count, last
        for text in texts:
            count += 1
            last = text
            target.run(text)

    try:
        for path in target.corpus:
            run([read_input(path)])
        number = first_seed
        while count < executions:
            before = count
            batch = settings(
                max_examples=min(BATCH, 1 + (executions - count) // VARIANTS),
                database=None,
                deadline=None,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
                report_multiple_bugs=False,
            )
            seed(number)(batch(given(target.inputs())(run)))()
            number += 1
            if count == before:
                break
    except Exception as error:
        return count, Found(last, error)
    return count, None
