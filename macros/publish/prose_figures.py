"""No figure in prose that no claim produced: numbers with a unit, a percentage or a factor that somebody typed.

What macros give is not in the page yet when this looks at it, so every such number that is found was written by hand.
It must come from a claim, or stand in the short list of mkdocs.yml (`extra: prose_figures`) with the reason.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_UNITS = (
    "ns|nanoseconds?|us|µs|μs|microseconds?|ms|milliseconds?|s|seconds?|min|minutes?|h|hours?|days?|"
    "B|bytes?|bits?|[kKMGT]i?B|kilobytes?|megabytes?|gigabytes?|terabytes?|[MG]Hz|instructions?|cycles?|allocations?|"
    "x|×|times|fold|percent"
)
_FIGURE = re.compile(
    rf"(?<![\w.#/-])\d[\d,]*(?:\.\d+)?(?:\s*(?:%|‰)|(?:[\s\u00a0\u202f]*|-)(?:{_UNITS})(?![\w=]))",
)
_PRINTED = re.compile(r"<(pre|script|style|svg)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Allowed:
    """A figure that may stand in a page's prose, and why. `page` is its path among the docs."""

    page: str
    text: str
    because: str


def allowed_of(settings: object) -> list[Allowed]:
    """The short list of mkdocs.yml. Raises ValueError for an entry without page, text and reason."""
    found = []
    for entry in settings if isinstance(settings, Sequence) else ():
        if not isinstance(entry, Mapping) or not all(str(entry.get(key, "")).strip() for key in _KEYS):
            raise ValueError(f"extra.prose_figures: {entry!r} needs {', '.join(_KEYS)}")
        found.append(Allowed(*(str(entry[key]) for key in _KEYS)))
    return found


_KEYS = ("page", "text", "because")


def figures_in(page: str) -> list[str]:
    """The figures in a page's HTML, outside printed blocks; code spans count, since they are prose's way to quote."""
    text = html.unescape(_TAG.sub(" ", _PRINTED.sub(" ", page)))
    return [" ".join(match[0].split()) for match in _FIGURE.finditer(text)]


def typed(page: str, uri: str, allowed: Sequence[Allowed]) -> list[str]:
    """Those that are not on the list for this page."""
    fine = {one.text for one in allowed if one.page == uri}
    return [figure for figure in dict.fromkeys(figures_in(page)) if figure not in fine]
