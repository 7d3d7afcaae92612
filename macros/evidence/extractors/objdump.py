"""Instructions in the listings of `go tool objdump` (with -S and -gnu too) and of GNU `objdump -d` (with -r too)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from macros.claim import patterns
from macros.claim.metrics import Objdump
from macros.claim.patterns import Compiled
from macros.evidence.extractor import Extractor, Part
from macros.evidence.reading import NoReading, Reading, excerpt, readable_lines, shortened, whole, without_markers

_GO_FUNCTION = patterns.compile(r"TEXT (?P<name>.+)\(SB\)(?: .*)?")
_GO_FUNCTION_BEHIND = patterns.compile(r"TEXT \S+\(SB\)(?: /| *$)")
_GO_INSTRUCTION = patterns.compile(r"\s+(?:\S.*?\t\s*)?0x[0-9a-f]+\t\s*[0-9a-f]+\t\s*(?P<instruction>\S.*)")
_GO_INSTRUCTION_BEHIND = patterns.compile(r"\t0x[0-9a-f]+\t\s*[0-9a-f]+\t")
_GO_RELOCATION = patterns.compile(r"\[\d+:\d+\](?P<kind>R_\w+):(?P<name>\S+)")
_GO_GNU_COMMENT = " // "

_GNU_FUNCTION = patterns.compile(r"[0-9a-f]+ <(?P<name>.+)>:")
_GNU_FUNCTION_BEHIND = patterns.compile(r"[0-9a-f]{4,} <.+>:$")
_GNU_INSTRUCTION = patterns.compile(r"\s*[0-9a-f]+:\t(?P<rest>.*)")
_GNU_INSTRUCTION_BEHIND = patterns.compile(r"[0-9a-f]+:\t[0-9a-f]{2,8} ")
_GNU_BYTES = patterns.compile(r"(?:(?:[0-9a-f]{2}|[0-9a-f]{4}|[0-9a-f]{8}) +)+")
"""Pairs of digits, or the words in which machines with instructions of one length have them; blanks behind each."""

_GNU_RELOCATION = patterns.compile(r"\s+[0-9a-f]+: R_\w+\s+(?P<name>[^-+\s]\S*?)(?:[-+]0x[0-9a-f]+)?")
_GNU_TARGET = patterns.compile(r"(?P<before>.*)<[^<>]*>(?P<behind>[^<>]*)")
_GNU_COMMENT = patterns.compile(r"(?P<instruction>.*?) +# [0-9a-f]+ <.*")

_PREFIX = patterns.compile(
    r"(?i)(?:(?:lock|rep[a-z]*|bnd|notrack|data(?:16|32)|addr(?:16|32)|rex(?:\.[a-z]+)?|[c-gs]s);? +)+(?P<bare>[a-z].*)"
)
"""What a disassembler writes before an instruction's own name: `lock incl (%rax)`, `bnd call`, `REP; MOVSQ`."""

_STRANGE = patterns.compile(r"^[^\w.(?<{]")
"""No instruction begins so: colours, or the arrows of --visualize-jumps."""

_UNDECODED = patterns.compile(r"^(?:\?|\(bad\)|<unknown>|\.byte\b|\.inst\b.*\bundefined\b)|\(bad\)")


@dataclass(frozen=True)
class _Line:
    """An instruction of a function, with single blanks in it. `shown` has what the listing adds to it: the relocation
    or the comment in which a disassembler names what the operands' figures stand for. A prefix may be left out."""

    function: str
    instruction: str
    shown: str

    def fits(self, pattern: Compiled) -> bool:
        """Whether the pattern is anywhere in it."""
        forms = (self.instruction, self.shown)
        bare = [match["bare"] or "" for form in forms if (match := _PREFIX.fullmatch(form))]
        return any(pattern.search(form) for form in dict.fromkeys((*forms, *bare)))


def objdump(metric: Objdump, part: Part) -> list[Reading]:
    """How many instructions match in the functions whose whole names match.

    A function that is not in the listing at all is an error and not a count of zero: whether the
    compiler has inlined it, the linker has dropped it or its name is misspelt, nothing was looked at. So is one with
    bytes that the disassembler could not decode: they may be what is counted.
    """
    text = whole(without_markers(part.text))
    function, instruction = patterns.compile(metric.function), patterns.compile(metric.instruction)
    unless = None if metric.unless is None else patterns.compile(metric.unless)
    names: Counter[str] = Counter()
    looked_at = count = 0
    wanted = False
    for found in _listing(text):
        if isinstance(found, str):
            names[found] += 1
            wanted = function.fullmatch(found) is not None
            if wanted and names[found] > 1:
                raise NoReading(f"{shortened(found)!r} is listed twice; use a `section` for each file")
        elif wanted:
            looked_at += 1
            if _UNDECODED.search(found.instruction):
                raise NoReading(
                    f"{shortened(found.function)!r} holds {shortened(found.instruction)!r}, which the disassembler "
                    "could not decode; use another one, such as `objdump -d`"
                )
            if _STRANGE.search(found.instruction):
                raise NoReading(
                    f"{shortened(found.instruction)!r} begins like no instruction; leave out what colours the listing "
                    "or draws jumps into it"
                )
            count += found.fits(instruction) and not (unless is not None and found.fits(unless))
    if not names:
        raise NoReading(f"no function is listed at all: {excerpt(text)}; use `go tool objdump -s` or `objdump -d`")
    if not looked_at:
        listed = ", ".join(map(shortened, list(names)[:5])) + (", ..." if len(names) > 5 else "")
        raise NoReading(
            f"no function {metric.function!r} among the {len(names)} in the listing ({listed}), which proves nothing; "
            "mark it //go:noinline, call it, and give its whole name such as `main\\.f`"
        )
    return [Reading(count)]


def _listing(text: str) -> Iterator[str | _Line]:
    """Each function's name, and then its instructions."""
    name = None
    pending: _Line | None = None
    for line in filter(None, readable_lines(text)):
        header = _header(line)
        if header is None and pending is not None and "R_" in line and (reloc := _GNU_RELOCATION.fullmatch(line)):
            pending = _relocated(pending, reloc["name"] or "")
            continue
        words = "" if header is not None or name is None else _instruction(line)
        if pending is not None and (header is not None or words):
            yield pending
            pending = None
        if header is not None:
            name = header
            yield name
        elif words and name is not None:
            pending = _line(name, words)
        elif _is_hidden(line):
            raise NoReading(f"{shortened(line)!r} has other text before its listing; print nothing else there")
    if pending is not None:
        yield pending


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
    """The instruction on a line, with what follows it there."""
    if "\t" not in line:
        return ""
    go = _GO_INSTRUCTION.fullmatch(line)
    if go:
        return (go["instruction"] or "").strip()
    gnu = _GNU_INSTRUCTION.fullmatch(line)
    if not gnu:
        return ""
    # Long instructions go on over lines that hold bytes only; --no-show-raw-insn leaves the bytes out.
    first, tab, instruction = (gnu["rest"] or "").partition("\t")
    if _GNU_BYTES.fullmatch(first if tab else first.strip() + " "):
        return instruction.strip()
    return (gnu["rest"] or "").strip()


def _line(function: str, words: str) -> _Line:
    instruction, _, relocations = words.partition("\t[")
    instruction = " ".join(instruction.split())
    if relocations:
        reloc = _GO_RELOCATION.search("[" + relocations)
        shown = " ".join(words.split())
        if reloc and (reloc["kind"] or "").startswith("R_CALL"):
            shown = f"{instruction.split(' ')[0]} {reloc['name']}(SB)"
        return _Line(function, instruction, shown)
    instruction = instruction.partition(_GO_GNU_COMMENT)[0].strip()
    comment = _GNU_COMMENT.fullmatch(instruction) if " # " in instruction else None
    return _Line(function, (comment["instruction"] or "") if comment else instruction, instruction)


def _relocated(line: _Line, name: str) -> _Line:
    """The instruction with the name that the linker will put where `objdump -r` shows a place of this file."""
    target = _GNU_TARGET.fullmatch(line.instruction)
    before, behind = (target["before"] or "", target["behind"] or "") if target else (line.instruction + " ", "")
    return replace(line, shown=f"{before}<{name}>{behind}")


def _is_hidden(line: str) -> bool:
    """Whether a line that is no part of a listing holds the form of one."""
    return bool(
        ("TEXT " in line and not line.startswith("TEXT ") and _GO_FUNCTION_BEHIND.search(line))
        or (line.endswith(">:") and _GNU_FUNCTION_BEHIND.search(line))
        or ("\t0x" in line and _GO_INSTRUCTION_BEHIND.search(line))
        or (":\t" in line and not _GNU_INSTRUCTION.fullmatch(line) and _GNU_INSTRUCTION_BEHIND.search(line))
    )


OBJDUMP = Extractor(Objdump, read=objdump)
