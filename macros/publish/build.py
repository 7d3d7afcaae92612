"""The site is built beside the old one and takes its place in one step, or not at all."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from macros.problems import EnvironmentFailed, InvalidInput, Problem
from macros.publish import site_folder
from macros.publish.given import Given, giving
from macros.publish.site_folder import NEXT, OLD, sibling

_FORMAT = "%(levelname)-7s -  %(message)s"


def project_of(claims: Path) -> Path:
    """The project of a claims' folder, where its mkdocs.yml is: the folder around it, or the folder itself."""
    folder = claims.resolve()
    for project in (folder.parent, folder):
        if (project / "mkdocs.yml").is_file():
            return project
    raise InvalidInput(
        [Problem(folder.parent / "mkdocs.yml", 1, 1, "no such file, so there is no site to build", "write one")]
    )


def place(project: Path, claims: Path | None = None, out: Path | None = None) -> Path:
    """The real folder of the site, by default the project's `site`. Raises InvalidInput for one that is not ours.

    To be asked before anything runs: hours of measuring must not end at a folder that cannot be used.
    """
    project = project.resolve()
    inputs = [project, project / "docs", claims or project / "claims"]
    return site_folder.checked(out or project / "site", inputs)


def build_site(project: Path, out: Path | None = None, *, given: Given | None = None, quiet: bool = False) -> Path:
    """Build the pages of `project` (the folder of mkdocs.yml) into `out`, by default its `site`; returns that folder.

    `given` says which claims the pages are about, and may bring their results; without it they are those of a plain
    `mkdocs build`, and asked for.
    Whatever stops it, even a kill, leaves the old site standing or to be put back by the next build.
    Raises InvalidInput for pages or claims that are wrong and for an `out` that is somebody else's,
    EnvironmentFailed where claims could not be run.
    """
    out = place(project, given.claims if given else None, out)
    with replacing(out) as fresh, giving(given):
        _mkdocs(project.resolve(), fresh, quiet)
    return out


@contextlib.contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """A new folder that takes the place of `out` when the block ends; if it fails, `out` stays as it was."""
    fresh, old = sibling(out, NEXT), sibling(out, OLD)
    with _alone(out):
        site_folder.recover(out)
        try:
            site_folder.mark(fresh)
            yield fresh
            site_folder.swap(fresh, out, old)
        finally:
            site_folder.discard(fresh)


@contextlib.contextmanager
def _alone(out: Path) -> Iterator[None]:
    """One build at a time for a folder. The kernel drops the lock with the process, however it ends."""
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(site_folder.lock_of(out), blocking=False):
            yield
    except Timeout as error:
        raise EnvironmentFailed(f"another build of {out} is under way; wait for it to end") from error


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
    """MkDocs' messages on stderr, as its own command shows them; with `quiet`, only what is wrong.

    A failure of the claims' side is raised to the caller, who tells it: MkDocs, which logs it too, is kept quiet.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.addFilter(lambda _: _cause(sys.exc_info()[1]) is None)
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
