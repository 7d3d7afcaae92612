"""Regular expressions in time that grows with the text and no faster, by RE2.

The author of a claim chooses the pattern, and the program that runs chooses the text. Python's own `re` tries one
alternative after the other, and some pairs of pattern and text would take it for ever. RE2 (Cox 2007, "Regular
Expression Matching Can Be Simple And Fast") follows all alternatives at once. What it cannot do for that
reason is refused when a claim is read, together with what to write instead.

`\\d`, `\\w`, `\\s` and `\\b` are of ASCII. `^` and `$` stand for the two ends of the text that is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Protocol, cast

import re2

LONGEST_PATTERN = 1_000
"""Characters. A longer one has not been written by hand."""

LARGEST_PROGRAM = 1_000
"""RE2's instructions, of which each may cost a step for each character: `x{1000}` is a thousand of them."""


class PatternError(ValueError):
    """Text that cannot be used as a pattern. Says why, and what would be right."""


class Match(Protocol):
    """Where a pattern matched. Group 0 is all of it; a group that took no part is None."""

    def __getitem__(self, group: int | str) -> str | None: ...
    def span(self, group: int) -> tuple[int, int]: ...


class _Program(Protocol):
    """What is used of RE2's compiled form, which has no types of its own."""

    @property
    def groups(self) -> int: ...
    @property
    def groupindex(self) -> dict[str, int]: ...
    @property
    def programsize(self) -> int: ...
    def fullmatch(self, text: str) -> Match | None: ...
    def search(self, text: str) -> Match | None: ...
    def finditer(self, text: str) -> Iterator[Match]: ...


@dataclass(frozen=True)
class Compiled:
    """A pattern that is ready for use on any text, lone surrogates and all."""

    pattern: str
    _program: _Program

    @property
    def size(self) -> int:
        """The most steps that one character of a text can cost in one search."""
        return self._program.programsize

    @property
    def value_group(self) -> int | str:
        """The group that holds what is looked for: the one named `value`, else the first, else the whole match."""
        return "value" if "value" in self._program.groupindex else min(self._program.groups, 1)

    @property
    def value_index(self) -> int:
        """The same group's number."""
        return self._program.groupindex.get("value", min(self._program.groups, 1))

    def fullmatch(self, text: str) -> Match | None:
        return self._program.fullmatch(encodable(text))

    def search(self, text: str) -> Match | None:
        return self._program.search(encodable(text))

    def finditer(self, text: str) -> Iterator[Match]:
        """All matches from left to right. Each is a search of its own: the time grows with their number too."""
        return self._program.finditer(encodable(text))


@cache
def compile(pattern: str) -> Compiled:
    """The pattern made ready. Raises PatternError."""
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError(
            f"a regular expression of {len(pattern):,} characters; at most {LONGEST_PATTERN:,} can be used"
        )
    options = re2.Options()
    options.log_errors = False
    try:
        program = cast(_Program, re2.compile(pattern, options))
    except re2.error as error:
        raise PatternError(_explained(error)) from error
    except UnicodeEncodeError as error:
        raise PatternError("a regular expression with half of a surrogate pair in it; leave that out") from error
    if program.programsize > LARGEST_PROGRAM:
        raise PatternError(
            f"a regular expression that takes {program.programsize:,} steps for a character of the text, where at most "
            f"{LARGEST_PROGRAM:,} are allowed; repeat less, for example `x+` instead of `x{{1,500}}`"
        )
    return Compiled(pattern, program)


def check(pattern: str) -> str:
    """The same text, if it is a pattern that can be used. Raises PatternError."""
    compile(pattern)
    return pattern


_HARMLESS = re.compile(r"\\\\|\[\^[^\]]*\]")
"""An escaped backslash, which is no beginning of `\\n`, and a class that leaves characters out."""


def check_one_line(pattern: str) -> str:
    """The same pattern, if it can match within one line. Raises PatternError."""
    rest = _HARMLESS.sub("", pattern)
    if "\n" in rest or r"\n" in rest:
        raise PatternError(
            "a line feed in a regular expression that is matched against one line at a time; leave it out (a block "
            "of YAML ends with one: write the pattern in quotes), and print on one line what belongs together"
        )
    return pattern


def encodable(text: str) -> str:
    """The same text, with U+FFFD for each half of a surrogate pair, which no file and no page can hold."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    return text


_GROUP = "put what you want in a group (?P<value>...)"
_WRITTEN_OUT = "write the alternatives out, or say with `unless` what does not count"
_BACKREFERENCE = "backreferences are not supported; write out what the group may hold"
_POSSESSIVE = "possessive repetition is not supported; ordinary repetition is as fast"

_INSTEAD = {
    "invalid perl operator: (?=": f"lookahead is not supported; match what follows as well, and {_GROUP}",
    "invalid perl operator: (?!": f"lookahead is not supported; {_WRITTEN_OUT}",
    "invalid perl operator: (?<=": f"lookbehind is not supported; match what goes before as well, and {_GROUP}",
    "invalid perl operator: (?<!": f"lookbehind is not supported; {_WRITTEN_OUT}",
    "invalid perl operator: (?P": _BACKREFERENCE,
    **{f"invalid escape sequence: \\{digit}": _BACKREFERENCE for digit in "123456789"},
    "invalid perl operator: (?>": "atomic groups are not supported; an ordinary group (?:...) is as fast",
    "invalid perl operator: (?(": "conditions are not supported; write the alternatives out with |",
    "invalid perl operator: (?#": "comments inside are not supported; write a comment in YAML",
    "invalid perl operator: (?x": "verbose mode is not supported; write the pattern without blanks",
    r"invalid escape sequence: \Z": r"the end of the text is written \z, or $",
    r"invalid escape sequence: \u": r"a character by its number is written \x{...}, like \x{00b5}",
    r"invalid escape sequence: \U": r"a character by its number is written \x{...}, like \x{1f600}",
    "bad repetition operator: ++": _POSSESSIVE,
    "bad repetition operator: *+": _POSSESSIVE,
    "bad repetition operator: ?+": _POSSESSIVE,
    "invalid repetition size: ": "at most 1,000 repetitions are supported (nested ones multiply), the lower first",
}
"""By how RE2's message begins: what Python has, RE2 has not, and what to write instead."""


def _explained(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    message = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    for beginning, advice in _INSTEAD.items():
        if message.startswith(beginning):
            return f"{message.partition(': ')[2]} in a regular expression: {advice}"
    return f"not a regular expression (of RE2's syntax): {message}"
