"""What the benchmark asks of the judges about quiet, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bench.checks import today
from macros.evidence.observation import QuietLevel
from macros.ledger.store import Ledger
from macros.run.host import NOTE
from macros.run.watch import Watch
from macros.verdict.policy import DEFAULT
from macros.verdict.sessions import loud_witnesses

Levels = Mapping[str, QuietLevel]


def levels_of(witnesses: Sequence[Mapping[str, float]]) -> Levels:
    """The quiet level of each witness, as a run learns it from these processes and knew nothing before."""
    return _learn(_new_guard(), witnesses)


def loud(witnesses: Mapping[str, float], quiet: Levels) -> tuple[str, ...]:
    """The witnesses by which something else was at work while the process ran; none on a quiet machine."""
    return loud_witnesses(witnesses, quiet, DEFAULT)


def loud_in_a_run(sessions: Iterable[Sequence[Mapping[str, float]]]) -> Iterator[tuple[str, ...]]:
    """The same for all processes of a run, session by session. The run knew nothing of the machine before.

    As in the lab, the quiet levels of a session are what the run has learnt by the session's end.
    """
    watch = _new_guard()
    for processes in sessions:
        quiet = _learn(watch, processes)
        yield from (loud(witnesses, quiet) for witnesses in processes)


def _new_guard() -> Watch:
    return Watch(_NoNullControl(), {}, today(), DEFAULT)


def _learn(watch: Watch, processes: Iterable[Mapping[str, float]]) -> Levels:
    """The guard's quiet levels once it has seen these processes too."""
    for witnesses in processes:
        watch.saw(witnesses)
    watch.before_round()
    return watch.quiet


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
