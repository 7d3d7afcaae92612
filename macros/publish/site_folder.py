"""The folder that a site is built into: only a folder that this program wrote is ever replaced or removed.

Such a folder carries a mark. It is put into the next site before anything else, so that what an interrupted build
leaves is known too, and it is the last thing to go when a folder is removed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

from macros.problems import EnvironmentFailed, InvalidInput, Problem

MARKER = ".claims-site"
"""MkDocs copies no file whose name begins with a dot and, when it empties a folder, removes none."""

MARK = "Written by `claims site`, which replaces this folder as a whole. Keep nothing of your own in it.\n"
NEXT, OLD = ".next", ".old"


def checked(out: Path, inputs: Iterable[Path]) -> Path:
    """The real folder behind `out`, without links and dots, if a site may be put there.

    `inputs` are what the site is made from: it can be built neither in their place nor over nor inside them, except
    that the first one, the project, may hold it. Raises InvalidInput for these and for a folder with anything in it
    that this program did not write.
    """
    try:
        real = out.resolve()
        _check_place(out, real, [path.resolve() for path in inputs])
        _check_replaceable(out, real)
        for beside in (sibling(real, NEXT), sibling(real, OLD)):
            _check_replaceable(beside, beside)
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        raise _refused(out, f"cannot be used: {error}") from error
    return real


def sibling(out: Path, suffix: str) -> Path:
    """Where the next site grows, and where the old one waits: on the same file system, so that a rename is enough."""
    return out.with_name(out.name + suffix)


def lock_of(out: Path) -> Path:
    """Held while a site grows for this folder."""
    return out.with_name(f".{out.name}.lock")


def beside(out: Path) -> tuple[Path, ...]:
    """What a build has beside the folder."""
    return sibling(out, NEXT), sibling(out, OLD), lock_of(out)


def is_ours(folder: Path) -> bool:
    """Whether this program wrote the folder: a real folder with our mark in a real file."""
    marker = folder / MARKER
    try:
        if folder.is_symlink() or not stat.S_ISREG(marker.lstat().st_mode):
            return False
        return marker.read_text(encoding="utf-8") == MARK
    except (OSError, ValueError):
        return False


def is_new(folder: Path) -> bool:
    """Whether there is nothing yet: no such folder, or an empty one."""
    return not os.path.lexists(folder) or (folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()))


def mark(folder: Path) -> None:
    """Make the folder one of ours."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text(MARK, encoding="utf-8")


def remove(folder: Path) -> None:
    """Remove a folder of ours, or an empty one. One that is neither stays, and OSError says so."""
    if not os.path.lexists(folder):
        return
    if is_ours(folder):
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != MARKER:
                entry.unlink()
        (folder / MARKER).unlink()
    folder.rmdir()


def discard(folder: Path) -> None:
    """Remove what is of no use any more, as far as that goes; the next build tries again, and says if it cannot."""
    with contextlib.suppress(OSError):
        remove(folder)


def recover(out: Path) -> None:
    """Undo what an interrupted build left: a site that was moved away and not yet replaced comes back."""
    fresh, old = sibling(out, NEXT), sibling(out, OLD)
    try:
        if is_ours(old) and is_new(out):
            remove(out)
            old.rename(out)
        for leftover in (fresh, old):
            remove(leftover)
    except OSError as error:
        raise EnvironmentFailed(f"what an earlier build left cannot be removed: {error}; remove it by hand") from error


def swap(fresh: Path, out: Path, old: Path) -> None:
    """Put `fresh` where `out` is. Between the two renames `recover` can put the old site back.

    Raises InvalidInput if somebody has put a folder of another kind there since it was checked.
    """
    _check_replaceable(out, out)
    if out.exists():
        out.rename(old)
    fresh.rename(out)
    discard(old)


# ---- what is refused -------------------------------------------------------------------------------


def _check_place(out: Path, real: Path, inputs: list[Path]) -> None:
    project, *others = inputs
    for path in (*inputs, *_home()):
        for holder in (path, *path.parents):
            if holder == real or (real.exists() and holder.exists() and holder.samefile(real)):
                what = "is" if holder == path else "contains"
                raise _refused(out, f"{what} {path}, which building a site must not touch")
    for path in (*others, project / ".git"):
        if path in real.parents:
            raise _refused(out, f"lies inside {path}, from which the site is made")
    nearest = next(parent for parent in real.parents if os.path.lexists(parent))
    if not nearest.is_dir():
        raise _refused(out, f"{nearest} is not a folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise _refused(out, f"nothing may be written to {nearest}")


def _home() -> list[Path]:
    """The user's home; none for a user who has none, as in some containers."""
    try:
        return [Path.home()]
    except RuntimeError:
        return []


def _check_replaceable(shown: Path, real: Path) -> None:
    if is_new(real):
        return
    if real.is_symlink() or not real.is_dir():
        raise _refused(shown, "is not a folder")
    if os.path.ismount(real):
        raise _refused(shown, "is a mount point, which cannot be replaced as a whole", "name a folder inside it")
    if (real / ".git").exists():
        raise _refused(shown, "is a Git repository", "build elsewhere and copy the site into it")
    if not is_ours(real):
        if (real / "claims.json").is_file() and (real / "sitemap.xml").is_file():
            what = f"looks like a site, but has no {MARKER}: an older version of this program, or another one, wrote it"
            raise _refused(shown, what, f"if nobody needs it, remove it (rm -r {real}) and build again")
        raise _refused(shown, "is not empty, and this program did not write it")


def _refused(out: Path, what: str, fix: str = "name a new or an empty folder") -> InvalidInput:
    return InvalidInput([Problem(out, 1, 1, what, fix)])
