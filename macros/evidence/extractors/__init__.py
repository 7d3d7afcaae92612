"""One module for each extractor, and their registry: the one place to which a new one is added.

What an extractor is told is its model in `claim.metrics`, since a claim is made of them and imports go one way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from macros.claim.metrics import Extract
from macros.evidence.extractor import Extractor
from macros.evidence.extractors.diagnostics import DIAGNOSTICS
from macros.evidence.extractors.exit_status import EXIT_STATUS
from macros.evidence.extractors.gctrace import GCTRACE
from macros.evidence.extractors.go_bench import GO_BENCH
from macros.evidence.extractors.json_lines import JSON_LINES
from macros.evidence.extractors.ldd import LDD
from macros.evidence.extractors.matched_text import MATCHED_TEXT
from macros.evidence.extractors.nm import NM
from macros.evidence.extractors.objdump import OBJDUMP
from macros.evidence.extractors.readelf import READELF

_ALL: tuple[Extractor[Any], ...] = (
    JSON_LINES, GO_BENCH, GCTRACE, LDD, READELF, NM, OBJDUMP, DIAGNOSTICS, MATCHED_TEXT, EXIT_STATUS,
)  # fmt: skip

EXTRACTORS: Mapping[type[Extract], Extractor[Any]] = {extractor.model: extractor for extractor in _ALL}
"""By the model of their metrics."""
