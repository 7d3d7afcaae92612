"""What an author got wrong in a page, and where."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable
from types import FrameType, TracebackType

from jinja2 import Template

MARKDOWN_TEMPLATE = "<template>"
"""The file name that Jinja gives to code compiled from a string, as the macros plugin compiles pages."""


class PageProblem(Exception):
    """A macro was used in a way that cannot be rendered: what is wrong, and what would be right.

    `instead`: what a build that goes on all the same shows in its place.
    """

    def __init__(self, what: str, fix: str = "", instead: str = "") -> None:
        super().__init__(f"{what}; {fix}" if fix else what)
        self.what, self.fix, self.instead = what, fix, instead


class DeniedHere(PageProblem):
    """What a page says is denied by this build's measurements, but by no more than machines and days differ.

    `instead`: the same words, which say in place that this build found otherwise.
    """


def nothing_called(kind: str, wanted: object, there: Iterable[str]) -> PageProblem:
    """The problem that `wanted` is not among `there`, with the nearest names, or all of them when they are few."""
    names = list(there)
    near = difflib.get_close_matches(str(wanted), names, 3, 0.5)
    if near:
        hint = f"did you mean {' or '.join(near)}?"
    elif len(names) <= 12:
        hint = f"known: {', '.join(names)}" if names else "there are none"
    else:
        hint = f"there are {len(names)}, such as {', '.join(names[:3])}"
    return PageProblem(f"no {kind} is called `{wanted}`", hint)


def line_of_call(frame: FrameType | None = None) -> int | None:
    """The line of the page's Markdown that is being rendered just now, from 1; None outside of a page.

    Jinja compiles a page to Python and keeps the page's lines beside it; the nearest compiled frame
    around the caller knows them.
    """
    frame = frame or sys._getframe(1)
    while frame is not None:
        template = frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            return template.get_corresponding_lineno(frame.f_lineno)
        frame = frame.f_back
    return None


def line_of_error(trace: TracebackType | None) -> int | None:
    """The line of the page's Markdown at which an error arose: Jinja rewrites tracebacks to the page's lines."""
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == MARKDOWN_TEMPLATE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def lines_before(source: str, markdown: str) -> int:
    """How many lines of a page's file stand before its Markdown: its front matter, which MkDocs takes off."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    markdown = markdown.replace("\r\n", "\n").replace("\r", "\n")
    start = source.rfind(markdown)
    return source[:start].count("\n") if start > 0 else 0
