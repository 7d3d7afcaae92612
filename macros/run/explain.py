"""Why a cell would run or not, as values: `claims why`. Runs nothing and builds nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from macros.claim.cell import Cell
from macros.claim.loading import LoadedClaim
from macros.claim.scope import cells_of
from macros.ledger.address import EXPERIMENT_PARTS, MACHINE_PARTS, Address, changed_parts, machine_half
from macros.run.cell import needs_no_more
from macros.run.plan import Images, Inputs, session_of
from macros.run.session import plan_cell

Because = Literal["kept", "undecided", "never-ran", "changed", "elsewhere", "removed", "no-image"]


@dataclass(frozen=True)
class Explained:
    """Why one cell would run or not.

    kept: its result is in the ledger, of `processes` processes. undecided: so many do not decide it and more are
    allowed. never-ran. changed: `experiment` and `machine` name the parts that changed since its last result, by
    half. elsewhere: other machines have a result, this one has not. removed: nothing changed, but the record is gone.
    no-image: its image was never built here.
    """

    cell: Cell
    because: Because
    experiment: tuple[str, ...] = ()
    machine: tuple[str, ...] = ()
    processes: int = 0
    key: str = ""

    @property
    def would_run(self) -> bool:
        return self.because != "kept"


def explain(
    inputs: Inputs, selected: Sequence[LoadedClaim], images: Images, machine: Mapping[str, Any]
) -> list[Explained]:
    """Every cell of the selected claims. `images` as the ledger notes them; `machine` the facts of this one."""
    names = tuple(inputs.toolchains.names)
    return [
        _explained(inputs, loaded, cell, images, machine)
        for loaded in selected
        for cells in cells_of(loaded.claim, names, inputs.catalogue.settings)
        for cell in cells
    ]


def _explained(
    inputs: Inputs, loaded: LoadedClaim, cell: Cell, images: Images, machine: Mapping[str, Any]
) -> Explained:
    if not images.get(cell.toolchain):
        return Explained(cell, "no-image")
    ledger = inputs.project.ledger
    image = images[cell.toolchain][0]
    way = plan_cell(loaded, cell, image["image"], image)
    here = machine_half(machine, whole=loaded.claim.asks_machine)
    record = ledger.get(Address(way.experiment.key, here.key))
    if record is not None:
        decided = needs_no_more(session_of(inputs, loaded, ()), way, record.evidence)
        return Explained(
            cell,
            "kept" if decided else "undecided",
            processes=len(record.evidence.observations),
            key=way.experiment.key,
        )
    before = ledger.latest(cell)
    if before is None:
        return Explained(cell, "elsewhere" if ledger.of_experiment(way.experiment.key) else "never-ran")
    experiment = tuple(changed_parts(way.experiment, before[0], EXPERIMENT_PARTS))
    where = tuple(changed_parts(here, before[1], MACHINE_PARTS))
    return Explained(cell, "changed" if experiment or where else "removed", experiment, where)
