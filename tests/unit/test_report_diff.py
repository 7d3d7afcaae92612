"""A diff as a comment, in the terminal, and as JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from macros import cli
from macros.claim.fields import VerdictName
from macros.problems import ExitCode
from macros.report import endings
from macros.report.diff_markdown import MOST, comment
from macros.report.diff_terminal import MOST_ROWS, json_text, lines
from macros.report.screen import Screen
from macros.results.diff import Diff, diff
from macros.results.feed import feed_of, write
from macros.results.feed_models import Feed, Metric
from tests.unit.publish_sample import catalogue, imported
from tests.unit.test_diff import became, with_claim

HOSTILE = (
    "@octocat #12 GH-3 ![x](http://evil.example/x.png) [y](//e) <img src=x onerror=1> | `|` \x1b[31m \u202e w@x.org"
)
VISIBLE = re.compile(r"<(?!/?(?:p|strong|blockquote|h4|table|thead|tbody|tr|th|td|code)>)")
"""A tag beyond those of our own paragraphs and tables."""


@pytest.fixture
def base(tmp_path: Path) -> Feed:
    return feed_of(catalogue(tmp_path))


def metric(value: Any, low: float, high: float) -> Metric:
    return Metric(value=value, low=low, high=high, unit="ms", n=18, layouts=None, layout_share=None)


def hostile(base: Feed) -> Feed:
    """Another verdict, and signs that act in every text that a program or a claim file gives."""

    def change(claim: Any) -> Any:
        changed = became(VerdictName.REFUTED)(claim)
        cells = [
            cell.model_copy(update={"metrics": {"start": cell.metrics["start"].model_copy(update={"value": HOSTILE})}})
            for cell in changed.cells
        ]
        return changed.model_copy(update={"cells": tuple(cells), "title": {"en": HOSTILE}})

    (machine,) = base.machines.values()
    machines = {**base.machines, "f" * 64: machine.model_copy(update={"cpu": HOSTILE})}
    return with_claim(base, "cold-start", change, machines=machines, lost=("gone",))


def many(base: Feed, count: int, verdict: VerdictName) -> Feed:
    """A feed with so many claims, all with hostile words and this verdict."""
    claim = next(claim for claim in base.claims if claim.id == "cold-start")
    changed = became(verdict)(claim)
    value = metric(20.0, 19.0, 21.0) if verdict is VerdictName.REFUTED else metric(1.0, 0.5, 2.0)
    foreign = {"case": HOSTILE[:60], "metrics": {HOSTILE[:50]: value}}
    cells = tuple(cell.model_copy(update=foreign) for cell in changed.cells)
    names = [f"claim-{number:05}" for number in range(count)]
    claims = tuple(changed.model_copy(update={"id": name, "url": f"claims/{name}/", "cells": cells}) for name in names)
    return base.model_copy(update={"claims": claims})


def rendered(text: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)


def test_a_comment_says_what_flipped_and_why(base: Feed) -> None:
    """Flips before everything else; a claim that did not change is not in it."""
    text = comment(diff(base, with_claim(base, "cold-start", became(VerdictName.REFUTED))))
    assert text.startswith("**1 verdict flipped; 6 claims in all.**")
    (row,) = [line for line in text.splitlines() if line.startswith("| cold-start ")]
    assert row.startswith(
        "| cold-start | confirmed | refuted | noise: nothing that we know of changed | go1.27 default: "
    )
    assert "linked-statically" not in text


def test_a_comment_on_nothing_says_so(base: Feed) -> None:
    """It has no table."""
    assert comment(diff(base, base)) == "**nothing differs in 6 claims.**\n"


def test_a_comment_warns_where_machines_differ(tmp_path: Path) -> None:
    """With both of them, since a value that moved may be the machine's."""
    before, after = catalogue(tmp_path), imported(catalogue(tmp_path))
    text = comment(diff(feed_of(before), feed_of(after)))
    assert "> ⚠ The results come from different machines: Example CPU, 2 processors" in text
    assert "Another CPU, 64 processors" in text


def test_nothing_foreign_acts_in_a_comment(base: Feed) -> None:
    """No mention, reference, link, image or tag of a value, a name or a machine; and every row has its columns."""
    text = comment(diff(base, hostile(base)))
    html = rendered(text)
    assert "onerror" in html
    assert VISIBLE.findall(html) == []
    assert not re.search(r"@\w|#\d|GH-\d|://|\x1b|\u202e", html)
    widths = {len(re.findall(r"(?<!\\)\|", line)) for line in text.splitlines() if line.startswith("| cold-start")}
    assert widths == {6, 7}


@pytest.mark.parametrize("count", [400, 10_000])
def test_ten_thousand_changed_claims_still_make_a_valid_comment(base: Feed, count: int) -> None:
    """It fits, each of its tables is whole, and it says how many rows are left out."""
    before, after = (many(base, count, verdict) for verdict in (VerdictName.CONFIRMED, VerdictName.REFUTED))
    text = comment(diff(before, after))
    assert len(text) <= len(text.encode()) <= MOST
    assert f"**{count:,} verdicts flipped, {3 * count:,} values moved; {count:,} claims in all.**" in text
    listed = text.count("| confirmed | refuted |")
    assert f"\nThere are {count:,}; {listed:,} of them are listed.\n" in text
    assert listed > 20
    html = rendered(text)
    assert html.count("<table>") == html.count("</table>") == 2
    assert VISIBLE.findall(html) == []


def test_every_kind_of_difference_has_room_in_a_comment(base: Feed) -> None:
    """However many flips there are, what is new or removed is at least begun."""
    before, after = (many(base, 4000, verdict) for verdict in (VerdictName.CONFIRMED, VerdictName.REFUTED))
    text = comment(diff(before.model_copy(update={"claims": before.claims[:3000]}), after))
    assert re.search(r"\n\| claim-03000 \| refuted \|\n", text)
    assert len(text.encode()) <= MOST


def test_the_terminal_has_no_escape_of_a_program_and_ends(base: Feed) -> None:
    """So many rows of each kind, and how many more there are."""
    printed = lines(diff(base, hostile(base)), None).plain
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    count = MOST_ROWS + 7
    found = diff(many(base, count, VerdictName.CONFIRMED), many(base, count, VerdictName.REFUTED))
    assert "… and 7 more; --json lists them all" in lines(found, 80).plain


def test_json_has_all_of_it(base: Feed) -> None:
    """As codes and numbers, for programs."""
    found = diff(base, hostile(base))
    data = json.loads(json_text(found))
    assert (data["schema"], data["empty"]) == (1, False)
    assert data["flips"][0]["causes"] == ["noise"]
    assert data["moved"][0]["after"]["value"] == HOSTILE
    assert set(data) == {"schema", "empty", *Diff.__dataclass_fields__}
    assert json.loads(json_text(diff(base, base)))["empty"] is True


# ---- the command -------------------------------------------------------------------------------------------


def call(tmp_path: Path, *arguments: str) -> tuple[ExitCode, str]:
    said = tmp_path / "said"
    with said.open("w") as printed, pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "out", Screen(file=printed))
        code = endings.call(cli.claims, ["diff", *arguments], Screen(file=printed))
    return code, said.read_text()


def test_the_command_compares_two_files_and_writes_both_reports(tmp_path: Path, base: Feed) -> None:
    """A flip is an answer, not a failure."""
    one, two, markdown, plain = (tmp_path / name for name in ("a.json", "b.json", "c.md", "d.json"))
    one.write_text(write(base))
    two.write_text(write(hostile(base)))
    code, said = call(tmp_path, str(one), str(two), "--markdown", str(markdown), "--json", str(plain))
    assert code is ExitCode.OK
    assert "1 verdict flipped" in said
    assert markdown.read_text() == comment(diff(base, hostile(base)))
    assert json.loads(plain.read_text())["flips"][0]["id"] == "cold-start"


def test_files_that_cannot_be_compared_are_all_named(tmp_path: Path, base: Feed) -> None:
    """With what is wrong in each, as invalid input."""
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_bytes(b"\xff")
    code, said = call(tmp_path, str(tmp_path / "a.json"), str(tmp_path / "b.json"))
    assert code is ExitCode.INVALID
    assert "a.json:1:" in said
    assert "b.json:1:1: is not a feed of claims: it is not UTF-8" in said
    code, said = call(tmp_path, str(tmp_path / "none.json"), str(tmp_path / "a.json"))
    assert code is ExitCode.INVALID
    assert "none.json:1:1: cannot be read" in said
