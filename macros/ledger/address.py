"""Content keys: everything that a cell's evidence depends on, and nothing else.

Expectations, titles and numbers of samples are not in a key: judging again costs nothing, and a cell
that needs more samples is continued. Each part is hashed by itself, so that `claims why` can say
which of them changed. Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

MEANING = {
    "scripts": "the scripts, their environment, deadlines or limits",
    "metrics": "what is read from the output",
    "files": "the program files",
    "image": "the toolchain's image",
    "sandbox": "the sandbox profile",
    "format": "the form of results or the extractors",
    "machine": "the machine",
}


def key_of(parts: Mapping[str, str], cell: object) -> str:
    """The content key of a cell."""
    return digest([str(cell), dict(parts)])


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
