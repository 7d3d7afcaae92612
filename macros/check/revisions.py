"""What git says has changed since another revision: the only module that calls it for that."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from macros.problems import EnvironmentFailed, InvalidInput, Problem

SINCE, BASE = "--changed-since", "--base"
"""The options by which a revision is named."""

_SECONDS = 60


@dataclass(frozen=True)
class Change:
    """What differs between a revision and the files as they are now.

    `root` is the repository's folder, absolute, and `paths` are relative to it, with slashes. Files that git does not
    know yet are among them, ignored ones are not. `before` holds what the files that were asked for were before, and
    `base` is the commit that all are compared with.
    """

    root: Path
    paths: frozenset[str]
    before: dict[str, str] = field(default_factory=dict)
    base: str = ""


def changed_since(folder: Path, revision: str, *, keep: tuple[Path, ...] = (), option: str = SINCE) -> Change:
    """What changed since the commit at which this branch left `revision`, committed or not.

    `keep`: the files whose former text is wanted. `option`: where the revision comes from. Raises InvalidInput where
    `folder` is in no repository, where the revision is unknown, and where nothing joins it to this one;
    EnvironmentFailed where git is missing.
    """
    outside = "leave --changed-since out" if option == SINCE else "run it in a checkout of the claims' repository"
    git = _Git(option)
    root = Path(git(folder, "rev-parse", "--show-toplevel", fix=outside).strip())
    commit = git(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}",
        what=f"`{revision}` is no revision of the repository {root}",
        fix="check its name, or `git fetch` it; a CI checkout needs its whole history (fetch-depth: 0)",
    ).strip()  # fmt: skip
    base = git(
        root, "merge-base", commit, "HEAD",
        what=f"`{revision}` and HEAD have no commit in common",
        fix="the clone may be shallow: git fetch --unshallow",
    ).strip()  # fmt: skip
    differing = git(root, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-relative", base, "--")
    unknown = git(root, "ls-files", "--others", "--exclude-standard", "-z")
    paths = frozenset(path for path in (differing + unknown).split("\0") if path)
    before = {}
    for file in keep:
        path = path_in(root, file)
        if path in paths and git(root, "ls-tree", "-z", base, "--", path):
            before[path] = git(root, "show", f"{base}:{path}")
    return Change(root, paths, before, base)


def check_out(root: Path, commit: str, folder: Path, option: str = BASE) -> None:
    """Write the files of a commit to an empty folder. The repository, its index and its work tree stay as they are."""
    git = _Git(option)
    with tempfile.TemporaryDirectory() as beside:
        index = {"GIT_INDEX_FILE": str(Path(beside) / "index")}
        git(root, "read-tree", commit, environment=index)
        git(root, "checkout-index", "--all", "--force", f"--prefix={folder.resolve()}/", environment=index)


@dataclass(frozen=True)
class Revision:
    """A commit in short, and whether there are edits on top of it that are not committed."""

    commit: str
    edited: bool = False


def revision_of(root: Path, commit: str = "HEAD") -> Revision:
    """What `commit` is; of HEAD also whether the work tree differs from it."""
    git = _Git(BASE)
    short = git(root, "rev-parse", "--short", commit).strip()
    return Revision(short, commit == "HEAD" and bool(git(root, "status", "--porcelain", "--untracked-files=normal")))


def path_in(root: Path, file: Path) -> str:
    """A file's path as git calls it; empty for one outside of the repository."""
    whole = file.resolve()
    return whole.relative_to(root.resolve()).as_posix() if whole.is_relative_to(root.resolve()) else ""


@dataclass(frozen=True)
class _Git:
    """Git, asked because of a command line's option, to which its refusals are pinned."""

    option: str

    def __call__(
        self,
        folder: Path,
        *arguments: str,
        what: str = "",
        fix: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """What it prints. Raises InvalidInput with `what` or git's own words, and `fix`."""
        try:
            done = subprocess.run(
                ["git", "-C", str(folder), *arguments],
                capture_output=True,
                timeout=_SECONDS,
                env={**os.environ, **(environment or {})},
            )
        except FileNotFoundError as error:
            leave = ", or leave the option out" if self.option == SINCE else ""
            raise EnvironmentFailed(f"git is not installed, and {self.option} asks it; install git{leave}") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EnvironmentFailed(
                f"git {arguments[0]} did not answer: {error}; run it by hand in {folder}"
            ) from error
        if done.returncode == 0:
            return done.stdout.decode("utf-8", "surrogateescape")
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise InvalidInput(
            [Problem(Path(self.option), 1, 1, what or f"git {arguments[0]}: {said}", fix or f"run it in {folder}")]
        )
