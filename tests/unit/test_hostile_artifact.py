"""The second stage of a preview, as the workflow runs it, given what a hostile first stage hands over.

The commands run in processes of their own and write to a forge on a local port, on which pull request 7 is the change's
and pull request 1 is somebody else's.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from macros import cli
from macros.claim.fields import VerdictName
from macros.problems import InvalidInput
from macros.report.artifact import RESULTS, SITE
from macros.report.comment import MARK
from macros.results.feed import feed_of, write
from macros.results.feed_models import Claim, Feed
from tests.conftest import ROOT
from tests.forge import Forge, forge
from tests.unit.publish_sample import catalogue

HEAD, OTHER = "a" * 40, "b" * 40
RUN, PREVIEW = "https://ci.example/run/1", "https://preview.example/1/"
EVIL = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> @everyone @org/team #1 o/r#2 GH-3 "
    "![x](https://evil.example/x.png) [y](https://evil.example) https://evil.example www.evil.example "
    "javascript:alert(1) | a `b` <!-- \n\n# heading\n\n- [ ] task\x1b[31m\u202e"
)

Contents = dict[str | zipfile.ZipInfo, str | bytes]


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    return feed_of(catalogue(tmp_path / "sample"))


@pytest.fixture
def server() -> Iterator[Forge]:
    with forge() as own:
        own.heads = {1: OTHER, 7: HEAD}
        yield own


def claims(*arguments: str | Path, server: Forge) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with what a step of the workflow has."""
    environment = {**os.environ, **server.variables, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "macros.cli", *map(str, arguments)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def comment(archive: Path, server: Forge) -> subprocess.CompletedProcess[str]:
    return claims("comment", archive, "--commit", HEAD, "--run", RUN, "--site", PREVIEW, server=server)


def zipped(folder: Path, contents: Contents) -> Path:
    """A folder with one archive, as it is downloaded."""
    folder.mkdir()
    with zipfile.ZipFile(folder / "artifact.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in contents.items():
            file.writestr(name, content)
    return folder


def entry(name: str, kind: int = stat.S_IFREG) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (kind | 0o777) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def larger_than_it_says(folder: Path) -> None:
    """Give the table of an archive another size than its content has."""
    path = folder / "artifact.zip"
    (info,) = (one for one in zipfile.ZipFile(path).infolist() if one.filename == "head.json")
    said = struct.pack("<I", info.file_size)
    content = path.read_bytes()
    assert said in content
    path.write_bytes(content.replace(said, struct.pack("<I", 10)))


def with_claims(feed: Feed, *claims: Claim) -> Feed:
    return feed.model_copy(update={"claims": tuple(sorted(claims, key=lambda claim: claim.id))})


# ---- what is refused ---------------------------------------------------------------------------------------

Build = Callable[[str], Contents]
HOSTILE_RESULTS: dict[str, Build] = {
    "a link in place of a feed": lambda text: {"base.json": text, entry("head.json", stat.S_IFLNK): "/etc/passwd"},
    "a name that leads out": lambda text: {"base.json": text, "../head.json": text},
    "an absolute name": lambda text: {"base.json": text, "/head.json": text},
    "a feed that is too large": lambda text: {"base.json": text, "head.json": b" " * (RESULTS.file + 1)},
    "a forged number beside the feeds": lambda text: {"base.json": text, "head.json": text, "number": "1"},
    "a forged number in a feed": lambda text: {
        "base.json": text,
        "head.json": text.replace("{", '{"pull_request": 1, ', 1),
    },
    "a comment that is ready": lambda text: {"base.json": text, "head.json": text, "comment.md": "@everyone"},
}


@pytest.mark.parametrize("build", HOSTILE_RESULTS.values(), ids=HOSTILE_RESULTS)
def test_hostile_results_make_no_comment_but_that_there_is_none(
    tmp_path: Path, feed: Feed, server: Forge, build: Build
) -> None:
    """The step fails with what is wrong. The change's own pull request is told so, and no other one is written to."""
    done = comment(zipped(tmp_path / "artifact", build(write(feed))), server)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "artifact.zip:1:1: " in done.stderr or "head.json" in done.stderr
    assert list(server.comments) == [7]
    (text,) = server.comments[7].values()
    assert text.startswith(f"{MARK}\nThe preview of this change could not be made")
    assert "everyone" not in text and len(text) < 300


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path, feed: Feed, server: Forge) -> None:
    """Its table says ten bytes, so no more than ten are read, and they are no feed."""
    archive = zipped(tmp_path / "artifact", {"base.json": write(feed), "head.json": write(feed) + " "})
    larger_than_it_says(archive)
    assert comment(archive, server).returncode == 2
    assert "could not be made" in "".join(server.comments[7].values())


def test_a_commit_that_is_no_head_is_answered_with_nothing(tmp_path: Path, feed: Feed, server: Forge) -> None:
    """Where the branch has moved on in the meantime, nobody is written to."""
    server.heads = {1: OTHER}
    done = comment(zipped(tmp_path / "artifact", {"base.json": write(feed), "head.json": write(feed)}), server)
    assert done.returncode == 0 and "no open pull request has this head" in done.stderr
    assert server.comments == {}


HOSTILE_SITES: dict[str, Contents] = {
    "a link": {"index.html": "ok", entry("evil.html", stat.S_IFLNK): "/etc/passwd"},
    "a name that leads out": {"index.html": "ok", "../evil.html": "evil"},
    "a name that leads out later": {"index.html": "ok", "a/../../evil.html": "evil"},
    "an absolute name": {"index.html": "ok", "/tmp/evil.html": "evil"},
    "a hook of git": {"index.html": "ok", ".git/hooks/pre-commit": "evil"},
    "a file that is too large": {"index.html": "ok", "evil.html": b"\0" * (SITE.file + 1)},
    "too many files": {f"{number}.html": "" for number in range(SITE.files + 1)},
}


@pytest.mark.parametrize("contents", HOSTILE_SITES.values(), ids=HOSTILE_SITES)
def test_a_hostile_site_is_not_unpacked(tmp_path: Path, contents: Contents) -> None:
    """Not even in part: nothing is written, inside the folder or out of it."""
    archive = zipped(tmp_path / "artifact", contents)
    before = sorted(tmp_path.rglob("*"))
    done = CliRunner().invoke(cli.claims, ["unpack", str(archive), str(tmp_path / "site")])
    assert isinstance(done.exception, InvalidInput) and "look at that job" in str(done.exception)
    assert sorted(tmp_path.rglob("*")) == before


# ---- what is rendered harmless -------------------------------------------------------------------------------


class Elements(HTMLParser):
    """The elements of a page, with what their attributes say, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.addresses: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.addresses.update(value or "" for name, value in attributes if name in ("href", "src"))
        assert not any(name.startswith("on") for name, _ in attributes)

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile(feed: Feed) -> Feed:
    """A feed in which every free text of a claim that flips is hostile."""
    first, second, *rest = feed.claims
    refuted = first.verdict is VerdictName.REFUTED
    cell = first.cells[0]
    metrics = {name: metric.model_copy(update={"value": EVIL}) for name, metric in cell.metrics.items()}
    changed: dict[str, Any] = {
        "title": {"en": EVIL, "zh": EVIL},
        "verdict": VerdictName.CONFIRMED if refuted else VerdictName.REFUTED,
        "cells": (cell.model_copy(update={"metrics": metrics}), *first.cells[1:]),
    }
    new = second.model_copy(update={"id": "new-claim", "title": {"en": EVIL, "zh": EVIL}})
    machines = {key: one.model_copy(update={"cpu": EVIL}) for key, one in feed.machines.items()}
    head = with_claims(feed, first.model_copy(update=changed), second, new, *rest)
    return head.model_copy(update={"machines": machines, "source_commit": EVIL, "generated": EVIL})


def test_hostile_words_do_nothing_in_the_comment(tmp_path: Path, feed: Feed, server: Forge) -> None:
    """A script in a title, a mention in a value, an image in a machine's name: text, as a forge's Markdown shows it."""
    done = comment(zipped(tmp_path / "artifact", {"base.json": write(feed), "head.json": write(hostile(feed))}), server)
    assert done.returncode == 0, done.stderr
    assert list(server.comments) == [7]
    (text,) = server.comments[7].values()
    assert "new-claim" in text and feed.claims[0].id in text
    assert "Values that moved" in text and "alert(1)" in text
    html = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").render(text.removeprefix(MARK))
    shown = Elements(html)
    assert shown.names <= {"p", "strong", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "h4", "a", "code"}
    assert shown.addresses == {RUN, PREVIEW}
    # What the forge makes links of by itself, wherever it stands.
    assert not re.search(r"@\w|#\d|GH-\d|https?://|www\.", shown.text)
