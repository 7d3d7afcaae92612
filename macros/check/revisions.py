"""What git says has changed since another revision: the only module that calls it for that."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from macros.problems import EnvironmentFailed, InvalidInput, Problem

_SECONDS = 60
_OPTION = Path("--changed-since")


@dataclass(frozen=True)
class Change:
    """What differs between a revision and the files as they are now.

    `root` is the repository's folder, absolute, and `paths` are relative to it, with slashes. Files that git does not
    know yet are among them, ignored ones are not. `before` holds what the files that were asked for were before.
    """

    root: Path
    paths: frozenset[str]
    before: dict[str, str] = field(default_factory=dict)


def changed_since(folder: Path, revision: str, *, keep: tuple[Path, ...] = ()) -> Change:
    """What changed since the commit at which this branch left `revision`, committed or not.

    `keep`: the files whose former text is wanted. Raises InvalidInput where `folder` is in no repository, where the
    revision is unknown, and where nothing joins it to this one; EnvironmentFailed where git is missing.
    """
    root = Path(_git(folder, "rev-parse", "--show-toplevel", fix="leave --changed-since out").strip())
    commit = _git(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}",
        what=f"`{revision}` is no revision of the repository {root}",
        fix="check its name, or `git fetch` it; a CI checkout needs its whole history (fetch-depth: 0)",
    ).strip()  # fmt: skip
    base = _git(
        root, "merge-base", commit, "HEAD",
        what=f"`{revision}` and HEAD have no commit in common",
        fix="the clone may be shallow: git fetch --unshallow",
    ).strip()  # fmt: skip
    differing = _git(root, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-relative", base, "--")
    unknown = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    paths = frozenset(path for path in (differing + unknown).split("\0") if path)
    before = {}
    for file in keep:
        path = path_in(root, file)
        if path in paths and _git(root, "ls-tree", "-z", base, "--", path):
            before[path] = _git(root, "show", f"{base}:{path}")
    return Change(root, paths, before)


def path_in(root: Path, file: Path) -> str:
    """A file's path as git calls it; empty for one outside of the repository."""
    whole = file.resolve()
    return whole.relative_to(root.resolve()).as_posix() if whole.is_relative_to(root.resolve()) else ""


def _git(folder: Path, *arguments: str, what: str = "", fix: str = "") -> str:
    """What git prints. Raises InvalidInput with `what` or git's own words, and `fix`."""
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, timeout=_SECONDS)
    except FileNotFoundError as error:
        raise EnvironmentFailed(
            "git is not installed, and --changed-since asks it; install git, or leave the option out"
        ) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentFailed(f"git {arguments[0]} did not answer: {error}; run it by hand in {folder}") from error
    if done.returncode == 0:
        return done.stdout.decode("utf-8", "surrogateescape")
    said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
    raise InvalidInput([Problem(_OPTION, 1, 1, what or f"git {arguments[0]}: {said}", fix or f"run it in {folder}")])
