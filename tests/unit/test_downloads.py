"""Downloads: nothing that is not as pinned gets its final name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from macros.lab.images.downloads import accept, missing, proxies, sha256
from macros.problems import EnvironmentFailed


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("partial", "kept"):
        (tmp_path / name).mkdir()
    return tmp_path / "partial", tmp_path / "kept"


def test_files_as_pinned_are_moved_in(folders: tuple[Path, Path]) -> None:
    """After acceptance the files stand under their names, and nothing is missing."""
    partial, kept = folders
    (partial / "a.whl").write_bytes(b"wheel")
    pins = {"a.whl": digest(b"wheel")}
    accept(pins, partial, kept)
    assert (kept / "a.whl").read_bytes() == b"wheel"
    assert missing(pins, kept) == []


def test_a_mismatch_names_file_expected_and_found_and_moves_nothing(folders: tuple[Path, Path]) -> None:
    """One wrong file of two stops both: a toolchain is whole or absent."""
    partial, kept = folders
    (partial / "a.deb").write_bytes(b"good")
    (partial / "b.deb").write_bytes(b"tampered")
    pins = {"a.deb": digest(b"good"), "b.deb": digest(b"as published")}
    with pytest.raises(EnvironmentFailed) as caught:
        accept(pins, partial, kept)
    for part in ("b.deb", digest(b"as published"), digest(b"tampered"), "claims/toolchains.yml"):
        assert part in str(caught.value)
    assert list(kept.iterdir()) == []


def test_a_file_that_did_not_come_is_named_with_what_came(folders: tuple[Path, Path]) -> None:
    """A version that the index serves under another name is found out here, not in the image's build."""
    partial, kept = folders
    (partial / "other.whl").write_bytes(b"")
    with pytest.raises(EnvironmentFailed, match=r"wanted\.whl was not delivered \(but other\.whl\)"):
        accept({"wanted.whl": digest(b"")}, partial, kept)


def test_a_kept_file_that_was_changed_counts_as_missing(tmp_path: Path) -> None:
    """The digest is checked each time, not just at the download."""
    (tmp_path / "a").write_bytes(b"changed")
    assert missing({"a": digest(b"original"), "b": digest(b"")}, tmp_path) == ["a", "b"]
    assert sha256(tmp_path / "a") == digest(b"changed")


def test_the_host_s_proxies_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set and not empty: then a build inside a container gets it too."""
    monkeypatch.setenv("https_proxy", "proxy:1")
    monkeypatch.setenv("http_proxy", "")
    assert proxies()["https_proxy"] == "proxy:1"
    assert "http_proxy" not in proxies()
