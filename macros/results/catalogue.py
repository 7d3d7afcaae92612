"""The catalogue's results as readers and CI see them: claims, cells and controls with their judged verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from macros.claim.catalogue import DEFAULTS, CatalogueSettings
from macros.claim.fields import VerdictName
from macros.claim.model import Claim, Control
from macros.ledger.record import Cell, Record
from macros.verdict.contradiction import contradicts
from macros.verdict.finding import CellFinding, Finding
from macros.verdict.policy import DEFAULT, Policy


@dataclass(frozen=True)
class CellResult:
    """A cell with its record and the verdict judged from it just now."""

    cell: Cell
    record: Record
    judged: CellFinding


@dataclass(frozen=True)
class ControlResult:
    """A control's run in one toolchain. `ok`: it came out as it was known to."""

    control: Control
    result: CellResult

    @property
    def ok(self) -> bool:
        return self.result.judged.finding.verdict.value == self.control.expected

    @property
    def ran(self) -> bool:
        """Whether the machine has what it needs; where it lacks it, the claim is untestable too."""
        return self.result.judged.finding.verdict is not VerdictName.UNTESTABLE


@dataclass(frozen=True)
class ClaimResult:
    """A claim with all of its cells, its controls, and its verdict. `folder` holds its files."""

    claim: Claim
    folder: Path
    cells: tuple[CellResult, ...]
    controls: tuple[ControlResult, ...]
    finding: Finding

    @property
    def contradicts(self) -> bool:
        """The measured verdict contradicts the recorded one. Inconclusive and untestable contradict nothing."""
        return contradicts(self.claim, self.finding, self.claim.recorded)


@dataclass(frozen=True)
class CatalogueResult:
    """Everything that is published. `environment` as in claims.json; `toolchains` maps a name to its exact version."""

    claims: Mapping[str, ClaimResult]
    environment: Mapping[str, object]
    toolchains: Mapping[str, str]
    generated: str
    source_commit: str
    frozen: bool = False
    settings: CatalogueSettings = DEFAULTS
    policy: Policy = DEFAULT
