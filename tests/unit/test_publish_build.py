"""The site is replaced as a whole or not at all."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config

from bench.plain_pages import plain_copy
from macros.problems import EnvironmentFailed, InvalidInput
from macros.publish import build
from tests.unit import publish_site
from tests.unit.publish_sample import catalogue


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project that builds."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text('# Home {{ verdict("cold-start") }}\n')
    (tmp_path / "mkdocs.yml").write_text(publish_site.CONFIG)
    (tmp_path / "entry.py").write_text(publish_site.ENTRY)
    monkeypatch.setattr(publish_site, "_PROVIDE", [catalogue])
    return tmp_path


def leftovers(project: Path) -> list[str]:
    return sorted(path.name for path in project.iterdir() if path.name.startswith("site"))


def test_a_whole_build_takes_the_place_of_the_old_site(project: Path) -> None:
    """After a build there is the new site, nothing of the old one, and nothing beside it."""
    (project / "site").mkdir()
    (project / "site" / "gone.html").write_text("old")
    build.build_site(project, quiet=True)
    assert (project / "site" / "index.html").is_file()
    assert not (project / "site" / "gone.html").exists()
    assert leftovers(project) == ["site"]


def test_a_failed_build_leaves_the_old_site_standing(project: Path) -> None:
    """An author's mistake comes out as invalid input with its position, and the site is as it was."""
    (project / "site").mkdir()
    (project / "site" / "index.html").write_text("old")
    (project / "docs" / "index.md").write_text('# Home {{ verdict("nobody") }}\n')
    with pytest.raises(InvalidInput) as invalid:
        build.build_site(project, quiet=True)
    assert [(str(one.path), one.line) for one in invalid.value.problems] == [("docs/index.md", 1)]
    assert (project / "site" / "index.html").read_text() == "old"
    assert leftovers(project) == ["site"]


def test_a_link_that_leads_nowhere_fails_the_build(project: Path) -> None:
    """Builds are strict: a warning of MkDocs is no site."""
    (project / "docs" / "index.md").write_text("[nowhere](nowhere.md)\n")
    with pytest.raises(InvalidInput, match="MkDocs stopped"):
        build.build_site(project, quiet=True)


def test_a_failure_of_the_lab_is_no_mistake_of_the_pages(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No engine stays EnvironmentFailed through MkDocs, so that the command can exit with its code."""

    def no_engine(claims: Path) -> object:
        raise EnvironmentFailed("no engine; start one")

    monkeypatch.setattr(publish_site, "_PROVIDE", [no_engine])
    with pytest.raises(EnvironmentFailed, match="no engine; start one"):
        build.build_site(project, quiet=True)


def test_a_build_killed_between_the_renames_is_repaired_by_the_next_start(project: Path) -> None:
    """The old site, moved away and not yet replaced, is put back before anything else happens."""
    (project / "site.old").mkdir()
    (project / "site.old" / "index.html").write_text("old")
    (project / "site.next").mkdir()
    build.recover(project / "site")
    assert (project / "site" / "index.html").read_text() == "old"
    assert leftovers(project) == ["site"]


def test_a_build_killed_after_the_swap_leaves_the_new_site(project: Path) -> None:
    """With both there, the one in place is the new one; the old one goes."""
    for name in ("site", "site.old"):
        (project / name).mkdir()
        (project / name / "index.html").write_text(name)
    build.recover(project / "site")
    assert (project / "site" / "index.html").read_text() == "site"
    assert leftovers(project) == ["site"]


def test_an_interrupt_in_the_middle_leaves_the_old_site(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C at any moment before the swap changes nothing."""
    (project / "site").mkdir()
    (project / "site" / "index.html").write_text("old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "swap", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build.build_site(project, quiet=True)
    assert (project / "site" / "index.html").read_text() == "old"
    assert leftovers(project) == ["site"]


def test_the_plain_copy_has_the_same_words_without_the_macros(project: Path) -> None:
    """The benchmark's yardstick: an ordinary MkDocs project with every macro's output pasted in, claim pages too."""
    settings = (project / "mkdocs.yml").read_text().replace("strict: true", "strict: true\nwatch: [docs]")
    (project / "mkdocs.yml").write_text(settings)
    plain_copy(project, project / "plain")
    assert not (project / "plain" / "site").exists()
    assert "macros" not in (project / "plain" / "mkdocs.yml").read_text()
    assert "<span>confirmed</span>" in (project / "plain" / "docs" / "index.md").read_text()
    mkdocs_build(load_config(str(project / "plain" / "mkdocs.yml")))
    page = (project / "plain" / "site" / "claims" / "arms" / "index.html").read_text()
    assert "claims run arms --fresh" in page
    assert 'id="controls"' in page


def test_two_builds_of_one_site_do_not_mix(project: Path) -> None:
    """The second one stops at once and says why."""
    handle = os.open(project, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(EnvironmentFailed, match="another build of a site"):
            build.build_site(project, quiet=True)
    finally:
        os.close(handle)
