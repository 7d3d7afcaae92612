"""The site is built beside the old one and takes its place in one step, or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from macros.problems import EnvironmentFailed, InvalidInput, Problem

NEXT, OLD = ".next", ".old"
_FORMAT = "%(levelname)-7s -  %(message)s"


def build_site(project: Path, out: Path | None = None, *, quiet: bool = False) -> Path:
    """Build the pages of `project` (the folder of mkdocs.yml) into `out`, by default its `site`; returns `out`.

    Whatever stops it, even a kill, leaves the old site standing or to be put back by the next build.
    Raises InvalidInput for pages or claims that are wrong, EnvironmentFailed where claims could not be run.
    """
    out = (out or project / "site").absolute()
    fresh, old = _beside(out, NEXT), _beside(out, OLD)
    with _alone(out.parent):
        recover(out)
        try:
            _mkdocs(project, fresh, quiet)
            swap(fresh, out, old)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return out


def recover(out: Path) -> None:
    """Undo what an interrupted build left: a site that was moved away and not yet replaced comes back."""
    fresh, old = _beside(out, NEXT), _beside(out, OLD)
    if old.exists() and not out.exists():
        old.rename(out)
    for leftover in (fresh, old):
        if leftover.exists():
            shutil.rmtree(leftover)


def swap(fresh: Path, out: Path, old: Path) -> None:
    """Put `fresh` where `out` is. Between the two renames `recover` can put the old site back."""
    if out.exists():
        out.rename(old)
    fresh.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _beside(out: Path, suffix: str) -> Path:
    return out.with_name(out.name + suffix)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One build at a time for a folder. The kernel drops the lock with the process, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise EnvironmentFailed(f"another build of a site in {folder} is under way; wait for it to end") from error
        yield
    finally:
        os.close(handle)


def _mkdocs(project: Path, site: Path, quiet: bool) -> None:
    # Material's notice on MkDocs 2 is not about this site.
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import ConfigurationError

    with _logging(quiet):
        try:
            config = load_config(str(project / "mkdocs.yml"), site_dir=str(site), strict=True)
            config.plugins.on_startup(command="build", dirty=False)
            try:
                build(config)
            finally:
                config.plugins.on_shutdown()
        except ConfigurationError as error:
            raise InvalidInput(
                [Problem(project / "mkdocs.yml", 1, 1, str(error), "see MkDocs' configuration")]
            ) from error
        except SystemExit as stop:
            # MkDocs ends with Abort, the macros plugin with exit(); both after logging what is wrong.
            cause = _cause(stop)
            if cause is not None:
                raise cause from None
            raise InvalidInput(
                [Problem(project / "mkdocs.yml", 1, 1, "MkDocs stopped", "see its messages above")]
            ) from stop


def _cause(error: BaseException | None) -> InvalidInput | EnvironmentFailed | None:
    """The failure of the claims' side that MkDocs has wrapped, if that is what ended the build."""
    while error is not None:
        if isinstance(error, (InvalidInput, EnvironmentFailed)):
            return error
        error = error.__cause__ or error.__context__
    return None


@contextlib.contextmanager
def _logging(quiet: bool) -> Iterator[None]:
    """MkDocs' messages on stderr, as its own command shows them; with `quiet`, only what is wrong."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    logger = logging.getLogger("mkdocs")
    before = logger.level, logger.propagate
    logger.setLevel(logging.WARNING if quiet else logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.propagate = before[1]
