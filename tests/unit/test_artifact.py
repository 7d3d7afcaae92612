"""What a preview's first stage hands over, which a stranger's change may have written: read, or refused whole."""

from __future__ import annotations

import contextlib
import json
import stat
import struct
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from macros.problems import InvalidInput
from macros.report import artifact
from macros.report.artifact import Limits, results, unpack
from macros.results.feed import feed_of, write
from tests.unit.publish_sample import catalogue

with tempfile.TemporaryDirectory() as folder:
    FEED = write(feed_of(catalogue(Path(folder))))
BOTH = {"base.json": FEED, "head.json": FEED}


def entry(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def zipped(folder: Path, *entries: tuple[zipfile.ZipInfo | str, str | bytes]) -> Path:
    path = folder / "artifact.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            file.writestr(name, content)
    return path


def changed(**values: Any) -> str:
    return json.dumps({**json.loads(FEED), **values})


def test_two_feeds_are_read_from_the_archive_or_from_the_folder_that_holds_it(tmp_path: Path) -> None:
    """Under which name an artifact is downloaded does not matter."""
    path = zipped(tmp_path, *BOTH.items())
    assert results(path) == results(tmp_path)
    assert write(results(path).head) == FEED


HOSTILE_NAMES = [
    "../evil", "a/../../evil", "/etc/evil", "..", "a//b", "./a", "a\\..\\b", "C:evil", ".git/config", ".hidden",
    "a/.env", "-rf", "a b", "a\nb", "a\x1b[2Jb", "naïve", "\u202egpj.exe", "con", "a/NUL.txt", "COM1", "a.", "a/b./c",
    "$(id)", "`id`", "a;b", "<script>", "x" * 200, "/".join("a" * 20), "a:b", "~", "*",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_name_that_is_no_plain_path_below_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    """Before a single file is written."""
    path = zipped(tmp_path, ("index.html", "ok"), (entry(name), "evil"))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InvalidInput):
        unpack(path, tmp_path / "site")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK, stat.S_IFDIR])
def test_an_entry_that_is_no_file_is_refused(tmp_path: Path, kind: int) -> None:
    """A link above all, whatever it points to; a folder's entry must have a folder's name."""
    path = zipped(tmp_path, (entry("page.html", kind | 0o777), "/etc/passwd"))
    with pytest.raises(InvalidInput, match=r"page\.html.*link"):
        unpack(path, tmp_path / "site")


@pytest.mark.parametrize("names", [("A.html", "a.html"), ("a.html", "a.html"), ("a/b", "A/B"), ("a", "a/b")])
def test_no_entry_can_take_the_place_of_another(tmp_path: Path, names: tuple[str, str]) -> None:
    """Not even where letters' case is ignored, nor as a folder."""
    with pytest.warns(UserWarning, match="Duplicate") if names[0] == names[1] else contextlib.nullcontext():
        path = zipped(tmp_path, *((entry(name), name) for name in names))
    with pytest.raises(InvalidInput):
        unpack(path, tmp_path / "site")


def test_an_archive_that_is_larger_than_it_says_is_not_unpacked_beyond_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by its number of files, nor by its sizes, nor by sizes that are forged."""
    small = Limits(archive=10_000, file=1000, total=1500, files=3)
    monkeypatch.setattr(artifact, "SITE", small)
    for case, contents in enumerate(
        ({"a": b"x" * 1001}, {"a": b"x" * 900, "b": b"x" * 900}, dict.fromkeys("abcd", b""))
    ):
        path = zipped(tmp_path, *((entry(name), text) for name, text in contents.items()))
        with pytest.raises(InvalidInput, match=r"larger than 1000|more than (1500 bytes|3 files)"):
            unpack(path, tmp_path / f"site{case}")
    path = zipped(tmp_path, ("a", b"x" * 5000))
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<I", 5000), struct.pack("<I", 10)))
    with pytest.raises(InvalidInput):
        unpack(path, tmp_path / "forged")
    assert sum(file.stat().st_size for file in (tmp_path / "forged").rglob("*")) <= 1000
    path.write_bytes(b"PK" * 6000)
    with pytest.raises(InvalidInput, match="larger than 10000"):
        unpack(path, tmp_path / "large")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + b"\0" * 40, b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_zip_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """A message, whatever it is."""
    path = tmp_path / "artifact.zip"
    path.write_bytes(content)
    with pytest.raises(InvalidInput):
        results(path)


def test_every_cut_and_every_changed_byte_is_read_or_refused(tmp_path: Path) -> None:
    """No other exception, and no other result than what was packed."""
    whole = zipped(tmp_path, *BOTH.items()).read_bytes()
    expected = results(tmp_path)
    path = tmp_path / "artifact.zip"
    for place in range(0, len(whole), max(1, len(whole) // 50)):
        flipped = whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]
        for content in (whole[:place], flipped):
            path.write_bytes(content)
            try:
                assert results(path) == expected
            except InvalidInput:
                pass


@pytest.mark.parametrize(
    "contents",
    [
        {"base.json": FEED},
        {**BOTH, "number": "1"},
        {**BOTH, "pull-request.json": '{"number": 1}'},
        {"base.json": FEED, "head/head.json": FEED},
        {**BOTH, "head.json": "[" * 100_000},
        {**BOTH, "head.json": b"\xff\xfe"},
        {**BOTH, "head.json": changed(pull_request=1)},
        {**BOTH, "head.json": changed(schema=3)},
        {**BOTH, "head.json": "{}"},
    ],
)
def test_results_are_two_feeds_and_nothing_else(tmp_path: Path, contents: dict[str, str | bytes]) -> None:
    """A forged number of a pull request has no place, neither beside the feeds nor in them."""
    with pytest.raises(InvalidInput):
        results(zipped(tmp_path, *((entry(name), text) for name, text in contents.items())))


def test_a_site_is_unpacked_as_it_was_packed(tmp_path: Path) -> None:
    """Folders' entries make no file, and an existing folder is left alone."""
    path = zipped(tmp_path, (entry("assets/", stat.S_IFDIR | 0o755), ""), ("assets/a.css", "a"), ("index.html", "b"))
    assert unpack(path, tmp_path / "site") == 2
    assert (tmp_path / "site/assets/a.css").read_text() == "a"
    with pytest.raises(InvalidInput, match="already exists"):
        unpack(path, tmp_path / "site")
