"""A claim's verdict as a badge: in the JSON that shields takes from an endpoint, and as an SVG of our own.

The JSON's form: https://shields.io/badges/endpoint-badge. The SVG is drawn here, so that a page that shows it asks no
third party; its texts are set in a monospace font, and told how long to be, so that it looks alike everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from macros.claim.fields import VerdictName
from macros.publish.rendering import render
from macros.results.catalogue import CatalogueResult
from macros.results.feed_base import folder_of
from macros.verdict.finding import Finding
from macros.words import LanguageName, speak

FILE, DRAWING = "badge.json", "badge.svg"
SCHEMA = 1
"""Of shields."""

COLOURS: Mapping[VerdictName, str] = {
    VerdictName.CONFIRMED: "#14693f",
    VerdictName.REFUTED: "#a3261f",
    VerdictName.DEPENDS: "#7a5000",
    VerdictName.INCONCLUSIVE: "#4a586a",
    VerdictName.UNTESTABLE: "#584590",
    VerdictName.UNVERIFIABLE: "#5a5a5a",
}
"""The ground of the verdict. White stands out from each by 4.5 to 1 or more."""

LABEL_COLOUR = "#30363d"
HEIGHT, PAD, ICON = 20, 8, 12
ADVANCE = 6.6
"""How wide a letter is: six tenths of its size, which is 11."""


@dataclass(frozen=True)
class Badge:
    """On the left the claim, on the right its verdict."""

    label: str
    message: str
    verdict: VerdictName

    @property
    def label_width(self) -> float:
        return 2 * PAD + len(self.label) * ADVANCE

    @property
    def width(self) -> float:
        return self.label_width + 2 * PAD + ICON + PAD / 2 + len(self.message) * ADVANCE


def badge_of(claim: str, finding: Finding, language: LanguageName) -> Badge:
    """The claim's id and the word of its verdict."""
    return Badge(claim, speak(language).verdict(finding.verdict), finding.verdict)


def endpoint(badge: Badge) -> str:
    """What shields makes a badge from."""
    form = {
        "schemaVersion": SCHEMA,
        "label": badge.label,
        "message": badge.message,
        "color": COLOURS[badge.verdict],
        "labelColor": LABEL_COLOUR,
    }
    return json.dumps(form, ensure_ascii=False) + "\n"


def drawing(badge: Badge, language: LanguageName) -> str:
    """The badge as SVG; a reader who does not see it gets both texts."""
    colours = {"colour": COLOURS[badge.verdict], "label_colour": LABEL_COLOUR}
    sizes = {"height": HEIGHT, "pad": PAD, "icon_size": ICON, "advance": ADVANCE}
    return render("badge", language, badge=badge, **colours, **sizes) + "\n"


def files(results: CatalogueResult, language: LanguageName) -> Iterator[tuple[str, str]]:
    """Every claim's badge, by its places in the site."""
    for name, result in results.claims.items():
        badge = badge_of(name, result.finding, language)
        yield f"{folder_of(name)}{FILE}", endpoint(badge)
        yield f"{folder_of(name)}{DRAWING}", drawing(badge, language)
