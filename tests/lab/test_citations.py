"""What pages cite stands in the pinned releases' own sources."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from macros.lab.box import BoxSpec
from macros.lab.engine.runner import DockerRunner
from macros.lab.images import building
from macros.lab.images.pins import Toolchains
from macros.lab.setup import Leave
from macros.publish.citations import Citation, citations_of

pytestmark = pytest.mark.container

ROOT = Path(__file__).parents[2]

LOOK_UP = """\
root="$(go env GOROOT)"
for path in path-*; do
    number="${path#path-}"
    file="$root/$(cat "$path")"
    if ! [ -f "$file" ]; then
        echo "$number no such file"
    elif ! grep -qF -f "text-$number" "$file"; then
        echo "$number no such text"
    fi
done
"""
"""Paths and texts come as files, so that nothing in them is the shell's."""


def missing(toolchains: Toolchains, citations: Iterable[Citation]) -> list[str]:
    """The citations of which the release has no such file or text, looked up in one container for each release."""
    by_release: dict[str, list[Citation]] = {}
    for citation in citations:
        by_release.setdefault(citation.release, []).append(citation)
    images = building.ensure(toolchains, list(by_release), root=ROOT, leave=Leave.given())
    found = []
    with DockerRunner() as runner:
        for release, cited in by_release.items():
            files = {}
            for number, one in enumerate(cited):
                files |= {f"path-{number}": one.file.encode(), f"text-{number}": one.text.encode()}
            with runner.open(BoxSpec(images[release].id, "citations", files)) as box:
                outcome = box.run(LOOK_UP, deadline=60)
            assert outcome.status == 0, outcome.stderr
            for line in outcome.stdout.decode().splitlines():
                number, _, why = line.partition(" ")
                found.append(f"{cited[int(number)]}: {why}")
    return found


def test_every_citation_of_the_pages_stands_where_it_says(toolchains: Toolchains) -> None:
    """A release that is pinned anew, or a page that cites from memory, turns this red."""
    cited = citations_of(ROOT / "docs")
    assert {one.release for one in cited} <= set(toolchains.names)
    assert missing(toolchains, cited) == []


def test_a_citation_that_is_not_there_is_named(toolchains: Toolchains) -> None:
    """Of the file and of the text; letter by letter, in the release that it names, and in no other."""
    page = Path("docs/page.md")
    cited = [
        Citation("go1.27", "src/runtime/mgcmark.go", "func scanstack(", page, 1),
        Citation("go1.27", "src/runtime/mgcmark.go", "func markrootDefer(", page, 2),
        Citation("go1.27", "src/runtime/mgcmark.go", "func scan.*(", page, 3),
        Citation("go1.15", "src/runtime/mgcmark_greenteagc.go", "package runtime", page, 4),
        Citation("go1.15", "src/runtime/panic.go", "func deferproc(siz int32", page, 5),
        Citation("go1.27", "src/runtime/panic.go", "func deferproc(siz int32", page, 6),
    ]
    assert missing(toolchains, cited) == [
        "docs/page.md:2: `func markrootDefer(` in src/runtime/mgcmark.go of go1.27: no such text",
        "docs/page.md:3: `func scan.*(` in src/runtime/mgcmark.go of go1.27: no such text",
        "docs/page.md:6: `func deferproc(siz int32` in src/runtime/panic.go of go1.27: no such text",
        "docs/page.md:4: `package runtime` in src/runtime/mgcmark_greenteagc.go of go1.15: no such file",
    ]
