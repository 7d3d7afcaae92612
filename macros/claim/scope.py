"""In which cells a claim is decided: its toolchains times its cases, and its controls. Pure."""

from __future__ import annotations

from macros.claim.cell import Cell
from macros.claim.fields import is_go_release
from macros.claim.model import Claim, Control


def control_of(claim: Claim, cell: Cell) -> Control | None:
    return next((control for control in claim.controls if control.name == cell.control), None)


def cells_of(claim: Claim, toolchains: tuple[str, ...]) -> tuple[list[Cell], list[Cell]]:
    """The claim's own cells and its controls' cells. `toolchains`: all known ones, oldest first."""
    if not claim.kind.executable:
        return [], []
    scope = scope_of(claim, toolchains)
    own = [Cell(claim.id, toolchain, case.name) for case in claim.cases for toolchain in scope]
    controls = [
        Cell(claim.id, toolchain, control.case or claim.cases[0].name, control.name)
        for control in claim.controls
        for toolchain in (control.toolchains or scope[-1:])
    ]
    return own, controls


def scope_of(claim: Claim, toolchains: tuple[str, ...]) -> tuple[str, ...]:
    """The claim's toolchains, oldest first. `all` are the releases of Go: other toolchains are named or not meant."""
    if claim.toolchains == "all":
        return tuple(name for name in toolchains if is_go_release(name))
    return tuple(name for name in toolchains if name in claim.toolchains)
