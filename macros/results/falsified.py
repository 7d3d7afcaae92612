"""What came of falsified pages: how many went red when one of their statements was changed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path("bench/falsified.json")
"""Where it is kept for the page on trust, from the project's folder."""


@dataclass(frozen=True)
class Falsified:
    """Of how many pages how many went red, and of how many changes how many were refused.

    `on`: the day, ISO 8601. `survived`: a line for each change that a page was built with.
    """

    on: str
    pages: int
    falsified: int
    changes: int
    refused: int
    survived: tuple[str, ...]

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"


def read_falsified(project: Path) -> Falsified | None:
    """None where no page of the project has been falsified yet."""
    try:
        kept = json.loads((project / FILE).read_text("utf-8"))
    except OSError:
        return None
    return Falsified(**{**kept, "survived": tuple(kept["survived"])})
