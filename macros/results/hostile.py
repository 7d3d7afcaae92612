"""What came of hostile claims: what the tests tried, what each attempt got, and how far the engine can be trusted."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path("bench/hostile.json")
"""Where they are kept for the page on hostile claims, from the project's folder."""


@dataclass(frozen=True)
class Attempt:
    """One thing that was tried. `held`: nothing escaped, nothing was misread, nothing was left behind."""

    part: str
    tried: str
    got: str
    held: bool


@dataclass(frozen=True)
class Known:
    """One thing about the engine of the tests that `claims doctor` looks at. `ok`: no hole is known."""

    name: str
    found: str
    needed: str
    ok: bool


@dataclass(frozen=True)
class Hostile:
    """`on`: the day, ISO 8601. The attempts stand in the order in which they were made."""

    on: str
    engine: tuple[Known, ...]
    attempts: tuple[Attempt, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """In the order in which they first appear."""
        return tuple(dict.fromkeys(attempt.part for attempt in self.attempts))

    def of(self, part: str) -> tuple[Attempt, ...]:
        """The attempts of one part."""
        return tuple(attempt for attempt in self.attempts if attempt.part == part)

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"


def read_hostile(file: Path) -> Hostile | None:
    """None where the tests have left no results yet."""
    try:
        kept = json.loads(file.read_text("utf-8"))
    except OSError:
        return None
    engine = tuple(Known(**known) for known in kept["engine"])
    return Hostile(kept["on"], engine, tuple(Attempt(**attempt) for attempt in kept["attempts"]))
