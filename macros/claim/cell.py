"""The unit that is run, cached and judged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Cell:
    """claim x toolchain x case. A control's run is a cell of its case that also names the control."""

    claim: str
    toolchain: str
    case: str
    control: str = ""

    def __str__(self) -> str:
        return f"{self.claim} [{self.toolchain}, {'control ' + self.control if self.control else self.case}]"
