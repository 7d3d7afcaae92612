"""No folder but one of ours is ever replaced or removed, however it is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from macros.problems import EnvironmentFailed, InvalidInput
from macros.publish import build, site_folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with its pages, claims and history in a home with other things; nothing of it may ever be gone."""
    home = tmp_path / "home"
    project = home / "work" / "project"
    for name in (".git/HEAD", "docs/index.md", "claims/one/claim.yml", "mkdocs.yml", "mine/notes.txt"):
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("precious")
    (home / "letters").mkdir()
    (home / "letters" / "one.txt").write_text("precious")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(project)
    return project


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(project: Path, out: Path, what: str) -> None:
    """The folder is refused with its reason and a next step, and nothing has changed."""
    before = everything(project.parents[1])
    with pytest.raises(InvalidInput, match=what) as invalid:
        build.build_site(project, out)
    assert invalid.value.problems[0].fix
    assert everything(project.parents[1]) == before


@pytest.mark.parametrize(
    ("out", "what"),
    [
        (".", "is .*project, which building a site must not touch"),
        ("..", "contains .*project"),
        ("../..", "contains .*project"),
        ("/", "contains .*project"),
        ("docs/..", "is .*project"),
        ("nowhere/..", "is .*project"),
        ("docs", "is .*docs"),
        ("claims", "is .*claims"),
        ("claims/site", "lies inside .*claims"),
        ("docs/site", "lies inside .*docs"),
        (".git/site", r"lies inside .*\.git"),
        ("mine", "is not empty, and this program did not write it"),
        ("../../letters", "is not empty"),
        ("mkdocs.yml", "is not a folder"),
        ("mkdocs.yml/site", "mkdocs.yml is not a folder"),
    ],
)
def test_a_folder_that_is_somebody_elses_is_refused(project: Path, out: str, what: str) -> None:
    """The project, what is around it, what it is made from, and any folder with other things in it: nothing is lost."""
    refused(project, Path(out), what)
    refused(project, project / out, what)


def test_the_home_of_a_user_whose_project_is_elsewhere_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An empty home too, and one with a mark that got there by mistake."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "elsewhere"))
    refused(project, tmp_path / "elsewhere", "is .*elsewhere")
    site_folder.mark(tmp_path / "elsewhere")
    refused(project, tmp_path / "elsewhere", "is .*elsewhere")


@pytest.mark.parametrize("target", [".", "..", "docs", "mine", "mkdocs.yml"])
def test_a_link_is_what_it_leads_to(project: Path, target: str) -> None:
    """A link to a folder that may not be replaced is no way round; nor is one somewhere on the path."""
    (project / "link").symlink_to(project / target)
    refused(project, project / "link", "must not touch|not empty|not a folder")
    (project / "around").symlink_to(project.parent)
    refused(project, project / "around" / "project" / target, "must not touch|not empty|not a folder")


def test_links_in_a_circle_are_refused(project: Path) -> None:
    """As a message, not as an exception that nobody foresaw."""
    (project / "a").symlink_to(project / "b")
    (project / "b").symlink_to(project / "a")
    refused(project, project / "a", "cannot be used|not a folder")


def test_a_folder_that_is_marked_but_holds_the_project_is_refused(project: Path) -> None:
    """A mark is no leave to remove what the site is made from."""
    for folder in (project, project.parent):
        site_folder.mark(folder)
        refused(project, folder, "must not touch")


def test_a_repository_is_refused_though_it_is_marked(project: Path) -> None:
    """A site that somebody made a repository of has a history that a build would remove."""
    site_folder.mark(project / "site")
    (project / "site" / ".git").mkdir()
    (project / "site" / ".git" / "HEAD").write_text("precious")
    refused(project, project / "site", "is a Git repository")


@pytest.mark.parametrize("suffix", [site_folder.NEXT, site_folder.OLD])
def test_what_lies_beside_the_site_is_no_leftover_unless_it_is_ours(project: Path, suffix: str) -> None:
    """A folder of the user's own whose name ends like a leftover's is refused by name, not removed."""
    (project / f"site{suffix}").mkdir()
    (project / f"site{suffix}" / "notes.txt").write_text("precious")
    refused(project, project / "site", rf"site\{suffix}:1:1: is not empty")


def test_a_site_of_an_older_version_is_named_with_the_next_step(project: Path) -> None:
    """It has no mark. Whether anybody needs it the program cannot know, so its owner is told how to remove it."""
    for name in ("index.html", "claims.json", "sitemap.xml"):
        (project / "site").mkdir(exist_ok=True)
        (project / "site" / name).write_text("old")
    refused(project, project / "site", r"an older version .*; if nobody needs it, remove it \(rm -r .*/site\)")


@pytest.mark.parametrize(
    "forge",
    [
        lambda marker: marker.write_text("something else"),
        lambda marker: marker.mkdir(),
        lambda marker: marker.symlink_to("../real"),
        lambda marker: marker.write_bytes(b"\xff\xfe"),
    ],
    ids=["other words", "a folder", "a link", "no text"],
)
def test_only_the_real_mark_counts(project: Path, forge: Callable[[Path], object]) -> None:
    """A file that happens to have its name, or a link to a real one, is no mark."""
    (project / "real").write_text(site_folder.MARK)
    (project / "site").mkdir()
    forge(project / "site" / site_folder.MARKER)
    refused(project, project / "site", "not empty")


def test_a_new_an_empty_and_a_marked_folder_may_be_used(project: Path) -> None:
    """Also inside the project, which is where the site lies by default, and through a link to such a folder."""
    assert build.place(project) == project / "site"
    (project / "site").mkdir()
    assert build.place(project) == project / "site"
    site_folder.mark(project / "site")
    (project / "site" / "index.html").write_text("old")
    assert build.place(project) == project / "site"
    (project / "link").symlink_to("site")
    assert build.place(project, out=project / "link") == project / "site"


def test_a_folder_filled_while_the_site_was_built_is_left_alone(project: Path) -> None:
    """What was empty at the start may have become somebody's by the time of the swap."""
    site_folder.mark(project / "site.next")
    (project / "site").mkdir()
    (project / "site" / "notes.txt").write_text("precious")
    with pytest.raises(InvalidInput, match="is not empty"):
        site_folder.swap(project / "site.next", project / "site", project / "site.old")
    assert (project / "site" / "notes.txt").read_text() == "precious"


def test_the_mark_is_the_last_to_go(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A removal that is interrupted leaves a folder that the next build still knows as its own."""
    site_folder.mark(project / "site.old")
    (project / "site.old" / "assets").mkdir()
    (project / "site.old" / "index.html").write_text("old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(site_folder.shutil, "rmtree", interrupted)
        with pytest.raises(KeyboardInterrupt):
            site_folder.remove(project / "site.old")
    assert site_folder.is_ours(project / "site.old")
    site_folder.remove(project / "site.old")
    assert not (project / "site.old").exists()


def test_leftovers_that_cannot_be_removed_are_an_environment_failure(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next build says so, with the next step; it does not end as a defect of ours."""
    site_folder.mark(project / "site.old")

    def denied(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(site_folder, "remove", denied)
    with pytest.raises(EnvironmentFailed, match="remove it by hand"):
        site_folder.recover(project / "site")


def test_removing_follows_no_link(project: Path) -> None:
    """A link inside an old site goes; what it leads to stays."""
    site_folder.mark(project / "site.old")
    (project / "site.old" / "link").symlink_to(project / "mine")
    site_folder.remove(project / "site.old")
    assert (project / "mine" / "notes.txt").read_text() == "precious"
