"""A site is left as it is only where nothing has changed of what it was made from, or of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from macros.publish import up_to_date
from macros.publish.up_to_date import NOTE, Basis, Watch

FILES = {
    "mkdocs.yml": "site_name: One\nsite_url: !ENV [ADDRESS, '']\n",
    "docs/index.md": "# One\n",
    "claims/one/claim.yml": "id: one\n",
    "bench/speed.json": "[]",
    ".git/HEAD": "main",
    ".cache/machine.json": "{}",
    ".ledger/records/1/2.json": "{}",
    ".ledger/.quiet.json.lock": "",
    "elsewhere/previous.json": "{}",
    "site/index.html": "<h1>One</h1>",
    "site/.claims-site": "ours",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose site was built, with a program of its own."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    program = tmp_path.parent / f"{tmp_path.name}-program"
    program.mkdir()
    (program / "steps.py").write_text("pass")
    monkeypatch.setattr(up_to_date, "_PACKAGE", program)
    monkeypatch.setenv("ADDRESS", "https://example.org/")
    monkeypatch.delenv("CLAIMS_MODE", raising=False)
    return tmp_path


def basis(project: Path, machine: dict[str, object] | None = None) -> Basis:
    return Basis(
        project,
        project / "claims",
        project / ".ledger",
        (project / "elsewhere" / "previous.json",),
        {"mode": "auto"},
        lambda: {"cpu": "A"} if machine is None else machine,
    )


def watch(project: Path) -> Watch:
    return Watch(basis(project), project / "site")


def build(project: Path) -> None:
    """All that a build does about its note."""
    begun = watch(project)
    begun.has_run()
    begun.built()


def test_a_site_of_which_nothing_has_changed_is_up_to_date(project: Path) -> None:
    """Nor do caches, Git's own files, locks and the build's note count."""
    assert not watch(project).up_to_date
    build(project)
    assert watch(project).up_to_date
    for name in (".cache/machine.json", ".git/HEAD", ".ledger/.quiet.json.lock"):
        (project / name).write_text("other")
    (project / "claims" / "__pycache__").mkdir()
    (project / "claims" / "__pycache__" / "one.pyc").write_text("")
    (project / ".site.lock").write_text("")
    assert watch(project).up_to_date


def edited(name: str) -> Callable[[Path], object]:
    return lambda project: (project / name).write_text("other\n")


def removed(name: str) -> Callable[[Path], object]:
    return lambda project: (project / name).unlink()


@pytest.mark.parametrize(
    "change",
    [
        *(edited(name) for name in FILES if not name.startswith((".git", ".cache")) and not name.endswith(".lock")),
        *(
            edited(name)
            for name in ("docs/new.md", "claims/two/../new.go", ".ledger/records/1/3.json", "site/new.html")
        ),
        *(removed(name) for name in ("docs/index.md", ".ledger/records/1/2.json", "site/index.html")),
        lambda project: (project / "docs" / "index.md").rename(project / "docs" / "other.md"),
        lambda project: (up_to_date._PACKAGE / "steps.py").write_text("return"),
    ],
)
def test_a_file_that_is_edited_added_renamed_or_removed_means_a_build(
    project: Path, change: Callable[[Path], object]
) -> None:
    """Wherever it is: among the sources, in the ledger, in the program or in the site itself."""
    (project / "claims" / "two").mkdir()
    build(project)
    assert watch(project).up_to_date
    change(project)
    assert not watch(project).up_to_date


def test_so_does_a_variable_that_the_settings_name_or_that_is_ours(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any other variable does not."""
    build(project)
    monkeypatch.setenv("SOMETHING_ELSE", "1")
    assert watch(project).up_to_date
    for name in ("ADDRESS", "CLAIMS_MODE"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "frozen")
            assert not watch(project).up_to_date
    assert watch(project).up_to_date


def test_so_does_another_machine_another_option_or_another_package(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is installed counts by name and version."""
    build(project)
    site = project / "site"
    assert not Watch(basis(project, {"cpu": "B"}), site).up_to_date
    assert not Watch(replace(basis(project), options={"mode": "frozen"}), site).up_to_date
    assert not Watch(replace(basis(project), anew=True), site).up_to_date
    assert watch(project).up_to_date
    packages = project.parent / f"{project.name}-packages"
    (packages / "newcomer-1.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(packages)
    assert not watch(project).up_to_date


def test_what_changes_during_a_build_leaves_no_note(project: Path) -> None:
    """A page or a record that came while it was built has not been seen; a run that complained is not noted either."""
    for name in ("docs/index.md", ".ledger/records/1/2.json"):
        begun = watch(project)
        begun.has_run()
        (project / name).write_text(f"changed while {name} was built")
        begun.built()
        assert not watch(project).up_to_date
    begun = watch(project)
    (project / "claims" / "one" / "claim.yml").write_text("edited while it ran")
    begun.has_run()
    begun.built()
    assert not watch(project).up_to_date
    complained = watch(project)
    complained.built()
    assert not watch(project).up_to_date


def test_a_run_may_add_to_the_ledger(project: Path) -> None:
    """A build that had something to run leaves a site that is up to date."""
    begun = watch(project)
    (project / ".ledger" / "records" / "1" / "4.json").write_text("{}")
    begun.has_run()
    begun.built()
    assert watch(project).up_to_date


@pytest.mark.parametrize(
    "settings",
    ["INHERIT: base.yml\n", "docs_dir: ../docs\n", "theme:\n  custom_dir: /srv/theme\n", 'docs_dir: "/srv/docs"\n'],
)
def test_where_not_all_sources_are_known_every_build_is_made(project: Path, settings: str) -> None:
    """Settings that reach out of the project, a folder behind a link, a machine that does not answer."""
    (project / "mkdocs.yml").write_text(settings)
    build(project)
    assert not (project / "site" / NOTE).exists()
    assert not watch(project).up_to_date


def test_nor_is_a_folder_behind_a_link_or_an_unknown_machine(project: Path) -> None:
    """What a link leads to may change unseen; which machine's records count is not known."""
    unknown = replace(basis(project), machine=lambda: None)
    begun = Watch(unknown, project / "site")
    begun.has_run()
    begun.built()
    assert not Watch(unknown, project / "site").up_to_date
    (project / "docs" / "more").symlink_to(up_to_date._PACKAGE)
    build(project)
    assert not watch(project).up_to_date
