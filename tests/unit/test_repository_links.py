"""Links to the repository exist where it is known and nowhere else; feed readers find the feeds from any page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mkdocs.config import load_config

from macros.publish.repository import edit_url
from tests.unit import publish_site
from tests.unit.publish_site import build_site

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://forge.example/owner/name"


def configured(monkeypatch: pytest.MonkeyPatch, repository: str = REPOSITORY, edit: str = "edit/main/docs/") -> None:
    given = f"repo_url: {repository}\nedit_uri: {edit}\n"
    monkeypatch.setattr(publish_site, "CONFIG", publish_site.CONFIG + given)


def test_a_claim_s_page_leads_to_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the docs folder, wherever `edit_uri` says that that is."""
    configured(monkeypatch)
    html = (build_site(tmp_path, {}) / "claims" / "noisy" / "index.html").read_text("utf-8")
    assert f'<a href="{REPOSITORY}/edit/main/claims/noisy/claim.yml">' in html


def test_the_theme_asks_the_forge_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The link to the repository stays a link: its figures would be fetched from another host at every visit."""
    configured(monkeypatch, "https://github.com/owner/name")
    html = (build_site(tmp_path, {}) / "index.html").read_text("utf-8")
    assert 'href="https://github.com/owner/name"' in html
    assert 'data-md-component="source"' not in html


def test_without_a_repository_there_is_no_link(tmp_path: Path) -> None:
    """A local build knows none, and a dead link helps nobody."""
    html = (build_site(tmp_path, {}) / "claims" / "noisy" / "index.html").read_text("utf-8")
    assert "Edit this claim" not in html


@pytest.mark.parametrize(
    ("repository", "edit", "folder"),
    [
        (REPOSITORY, "", "claims/x"),
        (REPOSITORY, "?query=docs/", "claims/x"),
        (REPOSITORY, "edit/main/docs/", "../outside/x"),
        ("", "edit/main/docs/", "claims/x"),
    ],
)
def test_a_link_that_cannot_be_made_is_left_out(tmp_path: Path, repository: str, edit: str, folder: str) -> None:
    """Addresses of a form without paths, and claims that are not in the project."""
    project = tmp_path / "project"
    (project / "docs").mkdir(parents=True)
    (project / "mkdocs.yml").write_text(f"site_name: x\nrepo_url: '{repository}'\nedit_uri: '{edit}'\n")
    assert edit_url(load_config(str(project / "mkdocs.yml")), project / folder) is None


def test_this_site_takes_both_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The workflow that publishes sets them from the forge's own variables; a local build has none."""
    for name in ("REPO_URL", "EDIT_URI"):
        monkeypatch.delenv(name, raising=False)
    assert edit_url(load_config(str(ROOT / "mkdocs.yml")), ROOT / "claims" / "cache-line-64") is None
    monkeypatch.setenv("REPO_URL", REPOSITORY)
    monkeypatch.setenv("EDIT_URI", "edit/main/docs/")
    found = edit_url(load_config(str(ROOT / "mkdocs.yml")), ROOT / "claims" / "cache-line-64")
    assert found == f"{REPOSITORY}/edit/main/claims/cache-line-64/claim.yml"
    workflow = (ROOT / ".github" / "workflows" / "publish.yml").read_text("utf-8")
    assert "REPO_URL: ${{ github.server_url }}/${{ github.repository }}" in workflow
    assert "EDIT_URI: edit/${{ github.ref_name }}/docs/" in workflow


def test_every_page_names_the_feeds_of_changes(tmp_path: Path) -> None:
    """In its head, each with its type, by an address that leads there from that page."""
    site = build_site(tmp_path, {"deep/page.md": "# Deep\n"})
    for name in ("index.html", "deep/page/index.html", "claims/noisy/index.html"):
        head = (site / name).read_text("utf-8").split("</head>", 1)[0]
        links = re.findall(r'<link rel="alternate feed" type="([^"]+)" title="[^"]+" href="([^"]+)">', head)
        assert {kind for kind, _ in links} == {"application/atom+xml", "application/feed+json"}
        for _, href in links:
            assert ((site / name).parent / href).resolve().is_file(), href
