"""What the benchmark asks of the judges about quiet, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bench.checks import today
from macros.evidence.observation import QuietLevel
from macros.ledger.store import Ledger
from macros.run import levels
from macros.run.host import NOTE
from macros.run.watch import Watch
from macros.verdict.policy import DEFAULT
from macros.verdict.sessions import loud_witnesses

Levels = Mapping[str, QuietLevel]


def levels_of(witnesses: Sequence[Mapping[str, float]]) -> Levels:
    """The quiet level of each witness, as a run learns it from processes of an idle machine."""
    readings: dict[str, list[float]] = {}
    for one in witnesses:
        for name, figure in one.items():
            readings.setdefault(name, []).append(figure)
    day = today()
    return levels.levels({day: levels.of_readings(readings)}, day)


def loud(witnesses: Mapping[str, float], quiet: Levels) -> tuple[str, ...]:
    """The witnesses by which something else was at work while the process ran; none on a quiet machine."""
    return loud_witnesses(witnesses, quiet, DEFAULT)


def loud_in_a_run(sessions: Iterable[Sequence[Mapping[str, float]]]) -> Iterator[tuple[str, ...]]:
    """The same for each process of a run that knew nothing of the machine before; for each session, its processes.

    As in the lab, the quiet levels of a session are what the run has learnt by the session's end.
    """
    watch = Watch(_NoNullControl(), {}, today(), DEFAULT)
    for processes in sessions:
        for witnesses in processes:
            watch.saw(witnesses)
        watch.before_round()
        yield from (loud(witnesses, watch.quiet) for witnesses in processes)


class _NoNullControl:
    """A guard reads one before each round and waits while it is loud; processes that have ended wait for nothing."""

    def read(self) -> tuple[tuple[float, float], Mapping[str, float]]:
        return (1.0, 1.0), {}


def carry_quiet(known: Ledger, to: Ledger) -> None:
    """Let a ledger that is thrown away know the quiet levels that are known of this machine.

    Without them a session that is busy from its first process to its last has nothing to be compared with.
    """
    note = known.noted(NOTE)
    if note is not None:
        to.change_note(NOTE, lambda _: note)
