"""Where the command prints: streams and a console that no text, no terminal and no reader can break."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from typing import IO

from rich.console import Console
from rich.text import Text

PAGE = 80
"""Columns of what is laid out for reading where no terminal says how many it has."""

_WIDEST_PAGE = 110
"""Lines of prose that are longer than that are hard to read, however wide the terminal."""

LONGEST_LINE = 2000
"""Characters of a line of a message: what a program printed may be in it."""

STAND_INS = {
    "✓": "+", "✗": "x", "±": "+-", "∅": "0", "–": "-", "−": "-", "×": "x", "·": "*", "…": "...", "µ": "u", "∞": "inf",
    "\u202f": " ", "⟨": "<", "⟩": ">", "━": "-", "╸": "-", "╺": "-",
}  # fmt: skip
"""Our own signs in ASCII, for terminals of another encoding."""


def in_plain_letters(error: UnicodeError) -> tuple[str, int]:
    """A codec's error handler: signs of ours by their stand-ins, all other text by its escapes (`\\u4e2d`)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    plain = "".join(STAND_INS.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in signs)
    return plain, error.end


codecs.register_error("plain-letters", in_plain_letters)


class Stream(io.TextIOWrapper):
    """A text stream for any text and any reader.

    What its encoding lacks is written in plain letters. A reader that leaves (`claims run | head`) is no error: what
    nobody reads is dropped, and the command ends as it would have. Without this, rich exits with 1, a contradiction.
    """

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except BrokenPipeError:
            leave(self)
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except BrokenPipeError:
            leave(self)


def prepare_streams() -> None:
    """Make the process's output streams such streams. One that is closed stays closed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            lines = stream.line_buffering
            setattr(
                sys, name, Stream(stream.buffer, encoding=stream.encoding, errors="plain-letters", line_buffering=lines)
            )


def leave(stream: IO[str]) -> None:
    """Anything else that is written to the stream is dropped, without an error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    finally:
        os.close(nowhere)


def flush() -> None:
    """Hand over what is still buffered: the interpreter would do it too late for an exit code.

    Raises OSError (disk full).
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except OSError:
                with contextlib.suppress(OSError):  # a stream without a descriptor is a test's
                    leave(stream)
                raise


class Screen(Console):
    """A console for a standard stream, or for a test's. It takes no markup from text: a title may hold `[/]`."""

    def __init__(self, *, stderr: bool = False, file: IO[str] | None = None, width: int | None = None) -> None:
        super().__init__(stderr=stderr, file=file, width=width, markup=False, emoji=False, highlight=False)

    @property
    def columns(self) -> int | None:
        """Where lines must end; None where no terminal cuts them, as in a pipe."""
        return self.width if self.is_terminal else None

    @property
    def page(self) -> int:
        """The width for what is laid out for reading."""
        return min(self.columns or PAGE, _WIDEST_PAGE)

    def say(self, text: Text | str, style: str = "") -> None:
        """Print text as it is laid out: no wrapping, no cutting."""
        self.print(text, style=style or None, soft_wrap=True)

    def note(self, text: str, style: str = "") -> None:
        """Print a message that may hold foreign text."""
        self.say(inert_lines(text), style)


def inert_lines(text: str) -> str:
    """Foreign text of several lines, each made inert for the terminal."""
    from macros.words import inert  # and with it the judges' types, for which `claims --help` should not wait

    return "\n".join(inert.terminal(line, LONGEST_LINE) for line in text.splitlines())
