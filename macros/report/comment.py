"""The one comment under a pull request: what a change does to the verdicts. A string out.

It is made of two feeds that a stranger's job wrote: what differs is computed again from them, and every text of theirs
is inert in the comment.
"""

from __future__ import annotations

from macros.report import diff_markdown
from macros.report.artifact import Results
from macros.results.diff import diff

MARK = "<!-- claims: what this change does -->"
"""The first line of our comment, by which it is found again. GitHub shows nothing of it."""


def comment(results: Results, run: str = "", site: str = "") -> str | None:
    """What a change does, worst first; None if it does nothing. `run` and `site`: the addresses of both."""
    found = diff(results.base, results.head)
    if found.empty and not results.head.lost:
        return None
    links = [f"[{words}]({address})" for words, address in (("The preview", site), ("The run", run)) if address]
    end = "\n" + " · ".join(links) + "\n" if links else ""
    return f"{MARK}\n{diff_markdown.comment(found)}{end}"


def failed(run: str = "") -> str:
    """The comment when the job that should have told what the change does did not succeed."""
    link = f" [Its output]({run}) says why." if run else ""
    return f"{MARK}\nThe preview of this change could not be made, so nothing is known of what it does.{link}\n"
