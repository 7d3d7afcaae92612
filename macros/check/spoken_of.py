"""Cases that are put aside as context though the source speaks of them, as far as a program can tell: by its figures.

A figure is a number with the word beside it. It speaks of a case if the case's name, title or environment has the same
number: a large one is enough, a small one needs a word of the figure's too ("8 cores", `cores-8`, `CORES=8`). What a
case that is judged has as well is judged there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from macros.check.names import Complaint
from macros.claim.model import Case, Claim

LARGE = 100
"""From here on a number is hardly the same by chance."""

_NUMBER = re.compile(
    r"(?P<before>[^\W\d_]+)?[\s_=-]*(?<![\d.,])(?P<number>\d+(?:,\d{3})+|\d+(?:\.\d+)?)(?![\d.,]*\d)[\s_-]*"
    r"(?P<after>[^\W\d_]+|%)?"
)

Mention = tuple[float, frozenset[str]]
"""A number, and the words beside it."""


def spoken_of(claim: Claim) -> Iterator[Complaint]:
    """The context cases that have a figure of the source's which no judged case has."""
    figures = [(figure, mention) for figure in claim.source.figures for mention in _mentions(figure)]
    judged = [mention for case in claim.cases if not case.context for mention in _of_case(case)]
    for index, case in enumerate(claim.cases):
        if not case.context:
            continue
        own = _of_case(case)
        for figure, mention in figures:
            if any(_same(mention, one) for one in own) and not any(_same(mention, one) for one in judged):
                yield (
                    ("cases", index, "context"),
                    f"the source speaks of `{case.name}`: its figure {figure} is in it, and in no case that is judged",
                    'judge the case; where it cannot run, the verdict says "in part untestable"',
                )
                break


def _of_case(case: Case) -> list[Mention]:
    said = [case.name, *(text for text in ((case.title.en, case.title.zh) if case.title else ()) if text)]
    return [
        mention
        for text in (*said, *(f"{key}={value}" for key, value in case.variables.items()))
        for mention in _mentions(text)
    ]


def _mentions(text: str) -> list[Mention]:
    return [
        (
            float(found["number"].replace(",", "")),
            frozenset(word.lower().removesuffix("s") for word in (found["before"], found["after"]) if word),
        )
        for found in _NUMBER.finditer(text)
    ]


def _same(figure: Mention, other: Mention) -> bool:
    return figure[0] == other[0] and (figure[0] >= LARGE or bool(figure[1] & other[1]))
