"""The process's exit status, as the engine reports it."""

from __future__ import annotations

from macros.claim.metrics import Exit
from macros.evidence.extractor import Extractor, Part
from macros.evidence.reading import Reading


def exit_status(metric: Exit, part: Part) -> list[Reading]:
    """The one status that every process has."""
    return [Reading(part.status)]


EXIT_STATUS = Extractor(Exit, read=exit_status)
