"""What a change affects: only that is verified by `--changed-since`, and nothing of it is left out."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from macros.check.affected import affected, files_to_keep
from macros.check.revisions import Change, changed_since
from macros.claim.loading import load_catalogue
from macros.lab.images.pins import load_toolchains
from macros.problems import EnvironmentFailed, InvalidInput
from tests.builders import printing_claim, with_settings

ALL = ("in-c", "of-22", "shares")


def git(root: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    command = ["git", "-C", str(root), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a catalogue of three claims, one of them in another toolchain, one with a shared file."""
    root = tmp_path / "repository"
    claims = with_settings(root / "claims")
    for name in ALL:
        printing_claim(claims, name)
    of_21 = claims / "in-c" / "claim.yml"
    of_21.write_text(of_21.read_text().replace("[go1.22]", "[go1.27]"))
    (claims / "_shared").mkdir()
    for name in ("used.sh", "unused.sh"):
        (claims / "_shared" / name).write_text("true\n")
    shares = claims / "shares" / "claim.yml"
    shares.write_text(shares.read_text() + "uses: [used.sh]\n")
    for path in ("docs/page.md", "Dockerfile", "requirements.txt", "program/verdict/judge.py", "program/words/en.py"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("one\n")
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=base")
    git(root, "checkout", "--quiet", "-b", "change")
    return root


def claims_of(root: Path, revision: str = "main", folder: str = "claims") -> tuple[tuple[str, ...], str]:
    catalogue, problems = load_catalogue(root / folder)
    assert problems == []
    toolchains, problems = load_toolchains(root / folder / "toolchains.yml", catalogue.settings)
    assert toolchains is not None, problems
    change = changed_since(root / folder, revision, keep=files_to_keep(catalogue))
    found = affected(catalogue, toolchains.names, change, root / "program")
    return found.claims, found.because


def change(root: Path, path: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    with (root / path).open("a") as file:
        file.write("# another line\n")


@pytest.mark.parametrize(
    ("path", "claims"),
    [
        ("claims/of-22/claim.yml", ("of-22",)),
        ("claims/of-22/sub/main.go", ("of-22",)),
        ("claims/_shared/used.sh", ("shares",)),
        ("claims/_shared/unused.sh", ()),
        ("claims/_template/claim.yml", ()),
        ("claims/statements.yml", ()),
        ("claims/of-22/claim.yml~", ()),
        ("claims/toolchains.yml", ()),  # a comment
        ("docs/page.md", ()),
        ("docs/of-22/claim.yml", ()),
        ("program/words/en.py", ()),
        ("program/report/new.py", ()),
        ("program/options.py", ()),
        ("claims/catalogue.yml", ALL),
        ("Dockerfile", ALL),
        ("requirements.txt", ALL),
        ("program/verdict/judge.py", ALL),
        ("program/evidence/new.py", ALL),
        ("program/steps.py", ALL),
    ],
)
def test_a_file_affects_the_claims_that_rest_on_it(root: Path, path: str, claims: tuple[str, ...]) -> None:
    """Not committed, staged or committed: the change is what differs now. What affects all is named."""
    assert claims_of(root) == ((), "")
    because = path if claims == ALL else ""
    change(root, path)
    assert claims_of(root) == (claims, because)
    git(root, "add", "--all", "--force")
    assert claims_of(root) == (claims, because)
    git(root, "commit", "--quiet", "--message=change")
    assert claims_of(root) == (claims, because)


def test_a_pin_affects_the_claims_that_run_in_its_toolchain(root: Path) -> None:
    """A base image is everybody's; so is a toolchain that is gone, since scopes become smaller."""
    pins = root / "claims" / "toolchains.yml"
    before = pins.read_text()
    begin = before.index("  go1.22:")
    where = before.index("sha256: ", begin) + len("sha256: ")
    pins.write_text(before[:where] + "f" * 64 + before[where + 64 :])
    assert claims_of(root) == (("of-22", "shares"), "")
    pins.write_text(before.replace("variant: minbase", "variant: apt"))
    assert claims_of(root) == (ALL, "claims/toolchains.yml")
    end = before.index("  go1.22:")
    begin = before.index("  go1.21:")
    pins.write_text(before[:begin] + before[end:])
    assert claims_of(root) == (ALL, "claims/toolchains.yml")


def test_what_the_other_branch_did_since_is_no_part_of_the_change(root: Path) -> None:
    """The comparison is with the commit at which the branches parted."""
    change(root, "claims/of-22/claim.yml")
    git(root, "commit", "--quiet", "--all", "--message=change")
    git(root, "checkout", "--quiet", "main")
    change(root, "claims/in-c/claim.yml")
    git(root, "commit", "--quiet", "--all", "--message=main goes on")
    git(root, "checkout", "--quiet", "change")
    assert claims_of(root) == (("of-22",), "")


def test_a_file_that_is_moved_affects_both_claims(root: Path) -> None:
    """The one that lost it and the one that has it now: git's renames are not followed."""
    change(root, "claims/of-22/data.txt")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=data")
    git(root, "branch", "--force", "main")
    git(root, "mv", "claims/of-22/data.txt", "claims/shares/data.txt")
    assert claims_of(root) == (("of-22", "shares"), "")


def test_a_claim_that_is_removed_affects_no_other(root: Path) -> None:
    """There is nothing left to verify."""
    shutil.rmtree(root / "claims" / "of-22")
    assert claims_of(root) == ((), "")


def test_a_catalogue_may_be_its_repository(root: Path, tmp_path: Path) -> None:
    """Or lie anywhere in it; the program's own repository is another one then."""
    shutil.rmtree(root / ".git")
    git(root / "claims", "init", "--quiet", "--initial-branch=main")
    git(root / "claims", "add", "--all")
    git(root / "claims", "commit", "--quiet", "--message=base")
    change(root, "claims/of-22/claim.yml")
    change(root, "Dockerfile")
    assert claims_of(root) == (("of-22",), "")


@pytest.mark.parametrize("revision", ["no-such-branch", "--upload-pack=x", "", "main:claims", "main..change"])
def test_a_revision_that_is_unknown_is_named_with_the_next_step(root: Path, revision: str) -> None:
    """Also one that looks like an option of git."""
    with pytest.raises(InvalidInput, match=r"is no revision of the repository .*; check its name, or `git fetch` it"):
        changed_since(root / "claims", revision)


def test_histories_that_never_met_are_named(root: Path) -> None:
    """As in a clone that is too shallow."""
    git(root, "checkout", "--quiet", "--orphan", "other")
    git(root, "commit", "--quiet", "--message=other")
    with pytest.raises(InvalidInput, match=r"no commit in common; the clone may be shallow: git fetch --unshallow"):
        changed_since(root / "claims", "main")


def test_a_folder_without_git_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No repository: invalid input. No git: the environment's failure."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(InvalidInput, match=r"not a git repository.*; leave --changed-since out"):
        changed_since(tmp_path, "main")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentFailed, match="git is not installed"):
        changed_since(tmp_path, "main")


def test_names_of_files_are_taken_as_they_are(root: Path) -> None:
    """With blanks, quotes, line feeds and letters of any alphabet."""
    for name in ("a b", 'a"b', "a\nb", "断言"):
        (root / "docs" / name).write_text("x")
    git(root, "add", "--all")
    found: Change = changed_since(root, "main")
    assert found.paths == {"docs/a b", 'docs/a"b', "docs/a\nb", "docs/断言"}
