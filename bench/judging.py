"""What the benchmark asks of the judges about quiet, in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from macros.ledger.store import Ledger
from macros.verdict.policy import DEFAULT

Levels = Mapping[str, float]

NOTE = "sentinel"
"""The ledger's note of the machine's quiet levels."""


def levels_of(witnesses: Sequence[Mapping[str, float]]) -> Levels:
    """The quiet level of each witness, as a run learns it from processes of an idle machine."""
    from macros.run.watch import quiet_levels

    return quiet_levels(witnesses)


def loud(witnesses: Mapping[str, float], levels: Levels) -> bool:
    """Whether something else was at work while the process ran."""
    from macros.verdict.sessions import loud_witnesses

    return bool(loud_witnesses(witnesses, levels, DEFAULT))


def carry_quiet(known: Ledger, to: Ledger) -> None:
    """Let a ledger that is thrown away know the quiet levels that are known of this machine.

    Without them a session that is busy from its first process to its last has nothing to be compared with.
    """
    note = known.noted(NOTE)
    if note is not None:
        to.change_note(NOTE, lambda _: note)
