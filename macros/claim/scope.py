"""In which cells a claim is decided: its toolchains times its cases, and its controls. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from macros.claim.catalogue import CatalogueSettings
from macros.claim.cell import Cell
from macros.claim.model import Claim, Control


def control_of(claim: Claim, cell: Cell) -> Control | None:
    return next((control for control in claim.controls if control.name == cell.control), None)


def cells_of(claim: Claim, toolchains: Sequence[str], settings: CatalogueSettings) -> tuple[list[Cell], list[Cell]]:
    """The claim's own cells and its controls' cells. `toolchains`: all known ones, in order."""
    if not claim.kind.executable:
        return [], []
    scope = scope_of(claim, toolchains, settings)
    own = [Cell(claim.id, toolchain, case.name) for case in claim.cases for toolchain in scope]
    controls = [
        Cell(claim.id, toolchain, claim.cases_of(control)[0], control.name)
        for control in claim.controls
        for toolchain in (control.toolchains or scope[-1:])
    ]
    return own, controls


def scope_of(claim: Claim, toolchains: Sequence[str], settings: CatalogueSettings) -> tuple[str, ...]:
    """The claim's toolchains, in the order given. What `all` means is a setting of the catalogue."""
    if claim.toolchains == "all":
        return settings.meant_by_all(toolchains)
    return tuple(name for name in toolchains if name in claim.toolchains)
