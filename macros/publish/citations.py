"""The places in releases' own sources that pages cite, for a test that looks them up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path

from macros.problems import InvalidInput, Problem
from macros.publish.page_source import Call, blocks


@dataclass(frozen=True, order=True)
class Citation:
    """A text that stands in a file of a release, and the line of the page that says so."""

    release: str
    file: str
    text: str
    page: Path
    line: int

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: `{self.text}` in {self.file} of {self.release}"


def citations_in(source: str, page: Path) -> list[Citation]:
    """All citations of a page, in order; one in a loop counts for each of its rounds.

    Raises InvalidInput for those whose arguments cannot be known without building the page: nobody could look them up.
    """
    found, problems = [], []
    for block in blocks(source):
        for call in block.every_call():
            if call.name != "cite":
                continue
            releases, files, texts = (_argument(call, *one) for one in (("release", 0), ("file", 1), ("text", 2)))
            if not (releases and files and texts):
                fix = 'write each as a text: cite("RELEASE", "src/runtime/proc.go", "a piece of a line")'
                problems.append(Problem(page, call.line, 1, "a citation's arguments are not written out", fix))
            found += [Citation(*each, page, call.line) for each in product(releases, files, texts)]
    if problems:
        raise InvalidInput(problems)
    return found


def citations_of(docs: Path) -> list[Citation]:
    """Those of all pages."""
    return [
        citation
        for page in sorted(docs.rglob("*.md"))
        for citation in citations_in(page.read_text("utf-8"), Path(docs.name) / page.relative_to(docs))
    ]


def _argument(call: Call, name: str, place: int) -> list[str]:
    return list(dict.fromkeys(call.texts(name, place)))
