"""A claim's verdict as a badge: for shields, and as a drawing."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from macros.claim.fields import VerdictName
from macros.publish.badge import COLOURS, LABEL_COLOUR, badge_of, drawing, endpoint, files
from macros.verdict.finding import Finding
from tests.unit.publish_sample import catalogue

SVG = "{http://www.w3.org/2000/svg}"


def luminance(colour: str) -> float:
    """After WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_claim_has_both_badges(tmp_path: Path) -> None:
    """In the folder of its page."""
    names = {name for name, _ in files(catalogue(tmp_path), "en")}
    assert {"claims/cold-start/badge.json", "claims/cold-start/badge.svg"} <= names
    assert len(names) == 12


def test_shields_gets_what_its_endpoint_badge_asks_for() -> None:
    """Its three required properties, and colours."""
    badge = badge_of("cold-start", Finding(VerdictName.REFUTED), "en")
    assert json.loads(endpoint(badge)) == {
        "schemaVersion": 1, "label": "cold-start", "message": "refuted",
        "color": COLOURS[VerdictName.REFUTED], "labelColor": LABEL_COLOUR,
    }  # fmt: skip


@pytest.mark.parametrize("verdict", list(VerdictName))
def test_the_drawing_says_in_words_what_it_shows(verdict: VerdictName) -> None:
    """Well-formed; named for those who do not see it; each text has the room that it is told to take."""
    root = ElementTree.fromstring(drawing(badge_of("cold-start", Finding(verdict), "en"), "en"))
    assert root.get("aria-label") == f"cold-start: {verdict.value}"
    texts = root.findall(f".//{SVG}text")
    assert [text.text for text in texts] == ["cold-start", verdict.value]
    ends = [float(text.get("x", "")) + float(text.get("textLength", "")) for text in texts]
    assert ends[0] < float(texts[1].get("x", ""))
    assert ends[1] < float(root.get("width", ""))


def test_white_words_stand_out_from_every_ground() -> None:
    """By 4.5 to 1 or more."""
    assert min(1.05 / (luminance(colour) + 0.05) for colour in (*COLOURS.values(), LABEL_COLOUR)) >= 4.5


def test_a_badge_has_no_style_that_a_policy_could_forbid() -> None:
    """Opened by itself, it is a page too."""
    assert "style" not in drawing(badge_of("a", Finding(VerdictName.CONFIRMED), "zh"), "zh")
