"""Where the values of a page come from: which machine showed them, when, and how they got here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from macros.ledger.record import Origin
from macros.results.catalogue import CatalogueResult, CellResult, State


@dataclass(frozen=True)
class Source:
    """Cells that came the same way. `since` and `until`: the days (ISO 8601) on which the first and the last ran.

    `file`, `taken`: of imported cells, the file they came in and the day it was taken in; else "".
    """

    machine: str
    state: State
    cells: int
    since: str
    until: str
    file: str = ""
    taken: str = ""


@dataclass(frozen=True)
class Banner:
    """What every page says of where the site's values come from. `imported`: how many cells, of `cells`."""

    frozen: bool
    machines: tuple[str, ...]
    imported: int
    cells: int


def machine_name(facts: Mapping[str, Any]) -> str:
    """A machine in one phrase: its processor, how many cores a container may use, and its kernel."""
    processor, cores = facts.get("cpu", "an unknown machine"), facts.get("cores", "?")
    return f"{processor}, {cores} core{'' if cores == 1 else 's'}, kernel {facts.get('kernel', '?')}"


def sources_of(cells: Iterable[CellResult]) -> list[Source]:
    """The cells by machine and way, in the order in which they are met."""
    alike: dict[tuple[str, State, str, str], list[CellResult]] = {}
    for cell in cells:
        origin = cell.record.origin or Origin(file="", imported="")
        alike.setdefault((cell.machine, cell.state, origin.file, origin.imported[:10]), []).append(cell)
    found = []
    for (_, state, file, taken), same in alike.items():
        days = sorted(cell.record.started[:10] for cell in same)
        found.append(Source(machine_name(same[0].record.facts), state, len(same), days[0], days[-1], file, taken))
    return found


def banner_of(results: CatalogueResult) -> Banner | None:
    """None where every value was shown by the machine that builds the site."""
    cells = [cell for claim in results.claims.values() for cell in claim.every_cell()]
    imported = sum(cell.state is State.IMPORTED for cell in cells)
    if not results.frozen and not imported:
        return None
    machines = dict.fromkeys(machine_name(facts) for facts in results.machines.values())
    return Banner(results.frozen, tuple(machines), imported, len(cells))
