"""The one comment under a pull request: what a change does to the verdicts. A string out.

It is made of two feeds that a stranger's job wrote. Only what the feed's schema bounds to names, verdicts and counts
goes into it: no title, no reason, no text that a program printed. Everything is made inert all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from macros.report.artifact import Results
from macros.results.feed_models import Claim
from macros.words import inert

MARK = "<!-- claims: what this change does -->"
"""The first line of our comment, by which it is found again. GitHub shows nothing of it."""

Row = tuple[str, str, str]
"""A claim's id, and what it was and is."""

LONGEST = 60_000
"""Characters of a comment. GitHub takes 65,536."""


def comment(results: Results, run: str = "", site: str = "") -> str | None:
    """What a change does, worst first; None if it does nothing. `run` and `site`: the addresses of both."""
    before = {claim.id: claim for claim in results.base.claims}
    after = {claim.id: claim for claim in results.head.claims}
    lost = sorted(set(results.head.lost))
    rows = [*_flips(before, after), *_lost(lost, before), *_new(before, after)]
    # In a narrowed run a claim that is not there need not be gone.
    if results.head.selection is None:
        rows += [(name, one.verdict, "gone") for name, one in before.items() if name not in {*after, *lost}]
    if not rows:
        return None
    count = "1 claim has" if len(rows) == 1 else f"{len(rows)} claims have"
    top = f"{MARK}\n**What this change does:** {count} another result.\n"
    links = [f"[{words}]({address})" for words, address in (("The preview", site), ("The run", run)) if address]
    end = "\n" + " · ".join(links) + "\n" if links else ""
    return _fitting(f"{top}\n| claim | before | after |\n|---|---|---|\n", rows, end)


def failed(run: str = "") -> str:
    """The comment when the job that should have told what the change does did not succeed."""
    link = f" [Its output]({run}) says why." if run else ""
    return f"{MARK}\nThe preview of this change could not be made, so nothing is known of what it does.{link}\n"


def _flips(before: dict[str, Claim], after: dict[str, Claim]) -> Iterator[Row]:
    both = [(name, before[name].verdict, after[name].verdict) for name in before if name in after]
    moved = [one for one in both if one[1] != one[2]]
    decided = ("confirmed", "refuted")
    for name, was, now in sorted(moved, key=lambda one: (not (one[1] in decided and one[2] in decided), one[0])):
        yield name, was, f"**{now}**"


def _lost(lost: list[str], before: dict[str, Claim]) -> Iterator[Row]:
    for name in lost:
        yield name, before[name].verdict if name in before else "", "could not be run"


def _new(before: dict[str, Claim], after: dict[str, Claim]) -> Iterator[Row]:
    for name, claim in after.items():
        if name not in before:
            yield name, "new", claim.verdict


def _fitting(top: str, rows: list[Row], end: str) -> str:
    """The whole with as many rows as fit, and how many do not."""
    room = LONGEST - len(top) - len(end) - 100
    lines: list[str] = []
    for name, before, after in rows:
        line = f"| {inert.markdown(name)} | {before} | {after} |\n"
        room -= len(line)
        if room < 0:
            break
        lines.append(line)
    rest = f"\nand {len(rows) - len(lines)} more.\n" if len(lines) < len(rows) else ""
    return top + "".join(lines) + rest + end
