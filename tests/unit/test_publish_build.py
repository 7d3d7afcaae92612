"""The site is replaced as a whole or not at all."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config

from bench.plain_pages import plain_copy
from macros import cli, steps
from macros.claim.loading import Catalogue
from macros.lab.setup import Leave
from macros.problems import EnvironmentFailed, ExitCode, InvalidInput
from macros.publish import build, site_folder
from macros.publish.given import Given
from macros.publish.plugin import claims_folder
from macros.report import endings
from macros.report.screen import Screen
from macros.results.feed import feed_of
from tests.conftest import ROOT
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


def ours(folder: Path, words: str) -> Path:
    """A site of ours with one page."""
    site_folder.mark(folder)
    (folder / "index.html").write_text(words)
    return folder


def leftovers(project: Path) -> list[str]:
    return sorted(path.name for path in project.iterdir() if path.name.startswith("site"))


def test_a_whole_build_takes_the_place_of_the_old_site(project: Path) -> None:
    """After a build there is the new site, nothing of the old one, and nothing beside it."""
    (ours(project / "site", "old") / "gone.html").write_text("old")
    build.build_site(project, quiet=True)
    assert (project / "site" / "index.html").is_file()
    assert not (project / "site" / "gone.html").exists()
    assert leftovers(project) == ["site"]


def test_a_failed_build_leaves_the_old_site_standing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An author's mistake comes out as invalid input with its position, for the caller alone to tell; and the site is
    as it was.
    """
    ours(project / "site", "old")
    (project / "docs" / "index.md").write_text('# Home {{ verdict("nobody") }}\n')
    with pytest.raises(InvalidInput) as invalid:
        build.build_site(project, quiet=True)
    assert [(str(one.path), one.line) for one in invalid.value.problems] == [("docs/index.md", 1)]
    assert capsys.readouterr().err == ""
    assert (project / "site" / "index.html").read_text() == "old"
    assert leftovers(project) == ["site"]


def test_a_link_that_leads_nowhere_fails_the_build(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Builds are strict: a warning of MkDocs, which it tells itself, is no site."""
    (project / "docs" / "index.md").write_text("[nowhere](nowhere.md)\n")
    with pytest.raises(InvalidInput, match="MkDocs stopped"):
        build.build_site(project, quiet=True)
    assert "nowhere.md" in capsys.readouterr().err


def test_a_failure_of_the_lab_is_no_mistake_of_the_pages(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No engine stays EnvironmentFailed through MkDocs, so that the command can exit with its code."""

    def no_engine(claims: Path) -> object:
        raise EnvironmentFailed("no engine; start one")

    monkeypatch.setattr(publish_site, "_PROVIDE", [no_engine])
    with pytest.raises(EnvironmentFailed, match="no engine; start one"):
        build.build_site(project, quiet=True)
    assert capsys.readouterr().err == ""


def test_a_build_killed_between_the_renames_is_repaired_by_the_next_start(project: Path) -> None:
    """The old site, moved away and not yet replaced, is put back before anything else happens."""
    ours(project / "site.old", "old")
    ours(project / "site.next", "next")
    site_folder.recover(project / "site")
    assert (project / "site" / "index.html").read_text() == "old"
    assert leftovers(project) == ["site"]


def test_a_build_killed_after_the_swap_leaves_the_new_site(project: Path) -> None:
    """With both there, the one in place is the new one; the old one goes."""
    for name in ("site", "site.old"):
        ours(project / name, name)
    site_folder.recover(project / "site")
    assert (project / "site" / "index.html").read_text() == "site"
    assert leftovers(project) == ["site"]


def test_an_interrupt_in_the_middle_leaves_the_old_site(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C at any moment before the swap changes nothing."""
    ours(project / "site", "old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(site_folder, "swap", interrupted)
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
    """The second one stops at once and says why; the first one's next site stays as it is."""
    ours(project / "site.next", "being built")
    with (
        FileLock(project / ".site.lock"),
        pytest.raises(EnvironmentFailed, match=r"another build of .*site is under way"),
    ):
        build.build_site(project, quiet=True)
    assert (project / "site.next" / "index.html").read_text() == "being built"


def test_a_plain_mkdocs_build_leaves_a_site_that_can_be_replaced(project: Path) -> None:
    """`mkdocs build`, then `claims site`: the folder that MkDocs began is one of ours."""
    mkdocs_build(load_config(str(project / "mkdocs.yml")))
    assert site_folder.is_ours(project / "site")
    build.build_site(project, quiet=True)


def test_a_plain_mkdocs_build_claims_no_folder_of_others(project: Path) -> None:
    """MkDocs leaves what begins with a dot, such as a repository, in the folder that it writes to; it must survive."""
    (project / "site" / ".git").mkdir(parents=True)
    mkdocs_build(load_config(str(project / "mkdocs.yml")))
    assert (project / "site" / "index.html").is_file()
    assert not site_folder.is_ours(project / "site")


def test_the_site_is_of_the_catalogue_that_was_asked_for(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--claims` and CLAIMS_DIR reach the pages; without them it is the folder beside mkdocs.yml."""
    asked: list[Path] = []

    def provide(claims: Path) -> object:
        asked.append(claims)
        return catalogue(claims)

    monkeypatch.setattr(publish_site, "_PROVIDE", [provide])
    other = Given(project / "other")
    build.build_site(project, quiet=True)
    build.build_site(project, given=other, quiet=True)
    monkeypatch.setenv("CLAIMS_DIR", str(project / "third"))
    build.build_site(project, given=other, quiet=True)
    build.build_site(project, quiet=True)
    assert [path.name for path in asked] == ["claims", "other", "other", "third"]


def test_results_at_hand_are_not_asked_for_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`claims site` has run everything; its build sets what it got, and looks nothing up a second time."""

    def never(claims: Path) -> object:
        raise AssertionError("asked for results that were given")

    monkeypatch.setattr(publish_site, "_PROVIDE", [never])
    build.build_site(project, given=Given(project / "claims", catalogue(project / "claims")), quiet=True)
    assert (project / "site" / "claims" / "arms" / "index.html").is_file()
    with pytest.raises(AssertionError):
        build.build_site(project, quiet=True)


def test_the_last_build_that_was_given_is_compared_with(project: Path) -> None:
    """`claims site --previous` brings it; the new feed goes on with its history."""
    results = catalogue(project / "claims")
    last = feed_of(replace(results, generated="2025-01-01T00:00:00+00:00"))
    build.build_site(project, given=Given(project / "claims", results, previous=last), quiet=True)
    history = json.loads((project / "site" / "claims.json").read_text())["history"]
    assert (history["first"]["generated"], history["builds"]) == (last.generated, 1)


def test_a_last_build_that_is_none_stops_the_command_before_anything_runs(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hours of measuring must not end at a mistyped name."""
    monkeypatch.setattr(steps, "execute", None)
    arguments = ["site", "--claims", str(project / "claims"), "--previous", str(project / "none.json")]
    with (project / "said").open("w") as said:
        assert endings.call(cli.claims, arguments, Screen(file=said)) is ExitCode.INVALID
    assert "none.json:1:1: cannot be read" in (project / "said").read_text()


def test_a_plain_mkdocs_build_may_change_nothing_on_the_host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`mkdocs build` and `make serve` install nothing, start no engine and build no image: they get no leave."""
    leaves: list[object] = []

    def execute(*_: object, leave: object = steps.NO_LEAVE, **__: object) -> object:
        leaves.append(leave)
        raise EnvironmentFailed("starting an engine would change this machine; run `claims images`")

    monkeypatch.setattr(steps, "load", lambda claims: SimpleNamespace(catalogue=Catalogue(claims, {})))
    monkeypatch.setattr(steps, "execute", execute)
    monkeypatch.setattr(publish_site, "_PROVIDE", [steps.for_site])
    with pytest.raises(publish_site.Failed, match="run `claims images`"):
        publish_site.build_pages(tmp_path, {"index.md": "# Home\n"})
    assert leaves == [Leave.none()]


def test_the_catalogue_of_claims_dir_is_found_from_where_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative CLAIMS_DIR means the same to `mkdocs build` as to `claims`: from the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLAIMS_DIR", "mine")
    assert claims_folder(tmp_path / "project") == tmp_path / "mine"


@pytest.mark.parametrize("given", ["claims", "../project/claims", "claims/../claims"])
def test_the_project_is_where_the_pages_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """However the claims' folder is written, the project is the folder around it that has mkdocs.yml."""
    project = tmp_path / "project"
    (project / "claims").mkdir(parents=True)
    (project / "mkdocs.yml").write_text("site_name: x\n")
    monkeypatch.chdir(project)
    assert build.project_of(Path(given)) == project
    monkeypatch.chdir(project / "claims")
    assert build.project_of(Path()) == project


def test_claims_without_pages_are_told_where_the_pages_would_be(tmp_path: Path) -> None:
    """A catalogue without a mkdocs.yml has no site; the message names the file that is missing."""
    with pytest.raises(InvalidInput, match=r"mkdocs\.yml:1:1: no such file"):
        build.project_of(tmp_path / "claims")


def test_pages_that_nobody_wrote_are_not_missed_in_the_navigation(
    project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """MkDocs lists an author's page that the navigation leaves out, and none of the claims' pages, which are there."""
    settings = (project / "mkdocs.yml").read_text() + "nav: [index.md, claims/index.md]\n"
    (project / "mkdocs.yml").write_text(settings)
    (project / "docs" / "lost.md").write_text("# Lost\n")
    with caplog.at_level("INFO", logger="mkdocs"):
        mkdocs_build(load_config(str(project / "mkdocs.yml")))
    said = next(text for text in caplog.messages if "not included in the" in text)
    assert said.splitlines()[1:] == ["  - lost.md"]
    page = (project / "site" / "claims" / "arms" / "index.html").read_text()
    assert 'aria-label="Next' not in page
    assert (project / "site" / "sitemap.xml").is_file()


def test_another_project_needs_nothing_of_this_ones_folders(tmp_path: Path) -> None:
    """A catalogue elsewhere names the installed package in its mkdocs.yml, and has its own pages and claims."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text('# Shells\n\n{{ claims_table() }}\n\n{{ card("arms") }}\n')
    settings = publish_site.CONFIG.replace("module_name: entry", "modules: [macros]")
    (tmp_path / "mkdocs.yml").write_text(settings)
    claims = tmp_path / "statements"
    project = build.project_of(claims)
    site = build.build_site(project, given=Given(claims, catalogue(claims)), quiet=True)
    assert site == tmp_path / "site"
    assert "claims run arms --fresh" in (site / "claims" / "arms" / "index.html").read_text()
    assert (site / "claims.json").is_file()


def test_a_site_can_be_built_where_nothing_could_be_run(project: Path) -> None:
    """Results at hand need neither file locks nor processor sets of Linux: a reader's laptop may have neither."""
    (project / "docs" / "index.md").write_text("# Home\n")
    (project / "mkdocs.yml").write_text(publish_site.CONFIG.replace("module_name: entry", "modules: [macros]"))
    program = f"""
import os, sys, warnings
warnings.simplefilter("ignore")
sys.modules["fcntl"] = None
del os.sched_getaffinity
import subprocess
import sys
from pathlib import Path
from macros.publish import build
from macros.publish.given import Given
from tests.unit.publish_sample import catalogue
project = Path({str(project)!r})
build.build_site(project, given=Given(project / "claims", catalogue(project / "claims")), quiet=True)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert (project / "site" / "claims" / "arms" / "index.html").is_file()
