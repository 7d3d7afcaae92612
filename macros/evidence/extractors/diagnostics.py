"""What the compiler says with -gcflags=-m and the like: `./file.go:12:6: message`."""

from __future__ import annotations

from collections.abc import Mapping

from macros.claim import patterns
from macros.claim.metrics import Diagnostics
from macros.evidence.extractor import Extractor, Part
from macros.evidence.reading import NoReading, Reading, readable_lines

_MESSAGE = patterns.compile(r"(?P<file>[^\s:][^:]*):(?P<line>\d{1,9})(?::\d+)?: (?P<message>.*)")


def diagnostics(metric: Diagnostics, part: Part) -> list[Reading]:
    """How many messages match; with `at`, only those on lines of the program files that hold the marker.

    None at all is a count of zero: a compiler that finds nothing to say prints nothing.
    """
    pattern = patterns.compile(metric.message)
    places = None if metric.at is None else _marked(metric.at, part.sources)
    count = 0
    for line in readable_lines(part.text):
        match = _MESSAGE.fullmatch(line) if ":" in line else None
        if match is None or not pattern.search((match["message"] or "").strip()):
            continue
        place = ((match["file"] or "").removeprefix("./"), int(match["line"] or ""))
        count += places is None or place in places
    return [Reading(count)]


def _marked(marker: str, sources: Mapping[str, str]) -> set[tuple[str, int]]:
    """(file, line) of the marker, the file as a compiler names it that runs in any of the claim's folders."""
    places = set()
    for path, text in sources.items():
        if not path.endswith(".go"):
            continue
        parts = path.split("/")
        tails = {"/".join(parts[start:]) for start in range(len(parts))}
        for position, line in enumerate(text.split("\n"), start=1):
            if marker in line:
                places |= {(tail, position) for tail in tails}
    if not places:
        files = ", ".join(sorted(path for path in sources if path.endswith(".go"))) or "no Go file at all"
        raise NoReading(f"the marker {marker!r} is on no line of the program files ({files}); add it as a comment")
    return places


DIAGNOSTICS = Extractor(Diagnostics, read=diagnostics)
