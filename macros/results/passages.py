"""Where a catalogue's pages hold prose that was written for a claim's verdict."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Passage:
    """One guard of a passage. `written_for`: the verdict; `where`: the cells it names, in words, "" for the claim's."""

    path: Path
    line: int
    claim: str
    written_for: str
    where: str = ""
