"""Whether results are this machine's own, so that they can be given to others as a replication."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from macros.claim.loading import CLAIM_FILE, LoadedClaim
from macros.ledger.address import machine_half
from macros.problems import InvalidInput, Problem
from macros.results.catalogue import CatalogueResult, ClaimResult, State
from macros.results.replication import ReplicatedMachine, Replication

_FRESH = "run it on this machine: add --fresh"


def require_experiments(selected: Sequence[LoadedClaim]) -> None:
    """Raises InvalidInput for claims in which there is nothing to run."""
    problems = [
        loaded.document.problem(("kind",), f"`{loaded.claim.id}` has no experiment", "name claims that can be run")
        for loaded in selected
        if not loaded.claim.kind.executable
    ]
    if problems:
        raise InvalidInput(problems)


def replication_of(result: CatalogueResult) -> Replication | None:
    """What this machine showed, as a file that others can take; None where no claim has a result.

    Raises InvalidInput where a value was not shown by this machine.
    """
    cells = [cell for claim in result.claims.values() for cell in claim.every_cell()]
    if not cells:
        return None
    newest = max(cells, key=lambda cell: cell.record.started).record.facts
    if problems := [one for claim in result.claims.values() for one in _foreign(claim, newest)]:
        raise InvalidInput(sorted(problems))
    return Replication.of(newest, result.claims.values())


def _foreign(claim: ClaimResult, facts: Mapping[str, Any]) -> Iterator[Problem]:
    path = claim.folder / CLAIM_FILE
    for cell in claim.every_cell():
        if cell.state is not State.FRESH:
            yield Problem(path, 1, 1, f"{cell.cell}: its result is {cell.state.value}, not this machine's own", _FRESH)
            return
        if machine_half(cell.record.facts, whole=True) != machine_half(facts, whole=True):
            yield Problem(path, 1, 1, f"{cell.cell}: its result is of this machine as it was before", _FRESH)
            return


def file_name(replication: Replication) -> str:
    """By the machine, and by what it showed: two files of one machine do not take each other's place."""
    machine: ReplicatedMachine = replication.machine
    words = "".join(sign if sign.isalnum() else " " for sign in machine.cpu.lower()).split()
    return f"{'-'.join(words)[:60]}-{machine.cores}-cores-{replication.sha256[:8]}.json"
