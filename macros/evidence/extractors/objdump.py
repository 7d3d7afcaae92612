"""Instructions in the listings of `go tool objdump` and of GNU `objdump -d`."""

from __future__ import annotations

from collections.abc import Iterator

from macros.claim import patterns
from macros.claim.metrics import Objdump
from macros.evidence.extractor import Extractor, Part
from macros.evidence.reading import NoReading, Reading, excerpt, readable_lines, shortened, without_markers

_GO_FUNCTION = patterns.compile(r"TEXT (?P<name>.+)\(SB\)(?: .*)?")
_GO_INSTRUCTION = patterns.compile(r"\s+\S.*?\t\s*0x[0-9a-f]+\t\s*[0-9a-f]+\t\s*(?P<instruction>\S.*)")
_GNU_FUNCTION = patterns.compile(r"[0-9a-f]+ <(?P<name>.+)>:")
_GNU_INSTRUCTION = patterns.compile(r"\s*[0-9a-f]+:\t(?P<rest>.*)")
_GNU_BYTES = patterns.compile(r"(?:[0-9a-f]{2} )+\s*")


def objdump(metric: Objdump, part: Part) -> list[Reading]:
    """How many instructions match in the functions whose whole names match.

    A function that is not in the listing at all is an error and not a count of zero: whether the
    compiler has inlined it, the linker has dropped it or its name is misspelt, nothing was looked at.
    """
    text = without_markers(part.text)
    function, instruction = patterns.compile(metric.function), patterns.compile(metric.instruction)
    unless = None if metric.unless is None else patterns.compile(metric.unless)
    names: list[str] = []
    looked_at = count = 0
    wanted = False
    for name, words in _instructions(text):
        if not names or names[-1] != name:
            names.append(name)
            wanted = function.fullmatch(name) is not None
        if wanted:
            looked_at += 1
            count += instruction.search(words) is not None and (unless is None or unless.search(words) is None)
    if not names:
        raise NoReading(f"no function is listed at all: {excerpt(text)}; use `go tool objdump -s` or `objdump -d`")
    if not looked_at:
        listed = ", ".join(map(shortened, names[:5])) + (", ..." if len(names) > 5 else "")
        raise NoReading(
            f"no function {metric.function!r} among the {len(names)} in the listing ({listed}), which proves nothing; "
            "mark it //go:noinline, call it, and give its whole name such as `main\\.f`"
        )
    return [Reading(count)]


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    """(function, instruction), with single blanks inside the instruction."""
    name = None
    for line in readable_lines(text):
        header = _header(line)
        if header is not None:
            name = header
        elif name is not None:
            instruction = _instruction(line)
            if instruction:
                yield name, " ".join(instruction.split())


def _header(line: str) -> str | None:
    """The function that a line begins."""
    if line.startswith("TEXT "):
        match = _GO_FUNCTION.fullmatch(line)
    elif line.endswith(">:"):
        match = _GNU_FUNCTION.fullmatch(line)
    else:
        return None
    return match["name"] if match else None


def _instruction(line: str) -> str:
    if "\t" not in line:
        return ""
    go = _GO_INSTRUCTION.fullmatch(line)
    if go:
        return go["instruction"] or ""
    gnu = _GNU_INSTRUCTION.fullmatch(line)
    if not gnu:
        return ""
    # Long instructions go on over lines that hold bytes only; --no-show-raw-insn leaves the bytes out.
    rest = gnu["rest"] or ""
    first, _, instruction = rest.partition("\t")
    return instruction if _GNU_BYTES.fullmatch(first if first.endswith(" ") else first + " ") else rest


OBJDUMP = Extractor(Objdump, read=objdump)
