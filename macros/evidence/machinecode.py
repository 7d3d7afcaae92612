"""Instructions in the listings of `go tool objdump` and of GNU `objdump -d`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from macros.claim.metrics import Objdump
from macros.evidence.reading import NoReading, Reading, excerpt, lines

_GO_FUNCTION = re.compile(r"TEXT (?P<name>.+)\(SB\)(?: .*)?")
_GO_INSTRUCTION = re.compile(r"\s+\S.*?\t\s*0x[0-9a-f]+\t\s*[0-9a-f]+\t\s*(?P<instruction>\S.*)")
_GNU_FUNCTION = re.compile(r"[0-9a-f]+ <(?P<name>.+)>:")
_GNU_INSTRUCTION = re.compile(r"\s*[0-9a-f]+:\t(?P<rest>.*)")
_GNU_BYTES = re.compile(r"(?:[0-9a-f]{2} )+\s*")


def objdump(metric: Objdump, text: str) -> list[Reading]:
    """How many instructions match in the functions whose whole names match.

    A function that is not in the listing at all is an error and not a count of zero: whether the
    compiler has inlined it, the linker has dropped it or its name is misspelt, nothing was looked at.
    """
    function, instruction = re.compile(metric.function), re.compile(metric.instruction)
    names: list[str] = []
    looked_at = count = 0
    for name, text_of_it in _instructions(text):
        if not names or names[-1] != name:
            names.append(name)
        if function.fullmatch(name):
            looked_at += 1
            count += bool(instruction.search(text_of_it))
    if not names:
        raise NoReading(f"no function is listed at all: {excerpt(text)}; use `go tool objdump -s` or `objdump -d`")
    if not looked_at:
        listed = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        raise NoReading(
            f"no function {metric.function!r} among the {len(names)} in the listing ({listed}), which proves nothing; "
            "mark it //go:noinline, call it, and give its whole name such as `main\\.f`"
        )
    return [Reading(count)]


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    """(function, instruction), with single blanks inside the instruction."""
    name = None
    for line in lines(text):
        header = _GO_FUNCTION.fullmatch(line) or _GNU_FUNCTION.fullmatch(line)
        if header:
            name = header["name"]
        elif name is not None:
            instruction = _instruction(line)
            if instruction:
                yield name, " ".join(instruction.split())


def _instruction(line: str) -> str:
    go = _GO_INSTRUCTION.fullmatch(line)
    if go:
        return go["instruction"]
    gnu = _GNU_INSTRUCTION.fullmatch(line)
    if not gnu:
        return ""
    # Long instructions go on over lines that hold bytes only; --no-show-raw-insn leaves the bytes out.
    first, _, rest = gnu["rest"].partition("\t")
    return rest if _GNU_BYTES.fullmatch(first if first.endswith(" ") else first + " ") else gnu["rest"]
