"""What other people's machines showed of a claim, and which of them came to the same verdict. Pure.

It stands beside our own results and has no part in our verdicts. But a verdict that two models of processor come to is
no longer that of one machine.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from macros.claim.fields import VerdictName
from macros.results.catalogue import ClaimResult

_NOISE = re.compile(r"\((r|tm)\)|\bcpu\b|\bprocessor\b|\b\d+-core\b|@.*$", re.IGNORECASE)
"""What the name of a processor says besides its model."""

_UNKNOWN = ("", "unknown")


@dataclass(frozen=True)
class Elsewhere:
    """A claim on one other machine. `machine`: the key of its `facts`; `file`: who named it.

    `result` is None where the experiment has changed since; `verdict` is then what the file says, else what our judge
    says.
    """

    machine: str
    facts: Mapping[str, Any]
    file: str
    executed: str
    verdict: VerdictName
    result: ClaimResult | None = None


ByClaim = Mapping[str, tuple[Elsewhere, ...]]


def agrees(result: ClaimResult, other: Elsewhere) -> bool:
    """Whether another machine came to our verdict, for our reason, in all toolchains and cases that ours covers."""
    if other.result is None:
        return False
    ours, theirs = result.finding, other.result.finding
    cells = {(cell.cell.toolchain, cell.cell.case) for cell in result.cells}
    covered = {(cell.cell.toolchain, cell.cell.case) for cell in other.result.cells}
    return (ours.verdict, ours.reason) == (theirs.verdict, theirs.reason) and cells <= covered


def models_that_agree(result: ClaimResult, others: Iterable[Elsewhere]) -> set[str]:
    """The different CPU models with the claim's verdict, ours among them. One model under two names counts once."""
    found: set[str] = set()
    own = sorted({str(cell.record.facts.get("cpu", "")) for cell in result.every_cell()})[:1]
    for cpu in [*own, *(str(other.facts["cpu"]) for other in others if agrees(result, other))]:
        model = _model(cpu)
        if model not in _UNKNOWN and not any(_same(model, known) for known in found):
            found.add(model)
    return found


def architectures_that_agree(result: ClaimResult, others: Iterable[Elsewhere]) -> Collection[str]:
    """The architectures with the claim's verdict."""
    own = {str(cell.record.facts.get("architecture", "")) for cell in result.every_cell()}
    return own | {str(other.facts["architecture"]) for other in others if agrees(result, other)}


def _model(cpu: str) -> str:
    return " ".join(_NOISE.sub(" ", cpu).casefold().split())


def _same(one: str, other: str) -> bool:
    """A hypervisor may give a model's name in short: `AMD EPYC` may be any of them."""
    return f"{one} ".startswith(f"{other} ") or f"{other} ".startswith(f"{one} ")
