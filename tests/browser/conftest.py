"""The real site in a real browser: built once for the session, through the real pipeline.

What the build executes lands in the project's ledger, so a later `make site` runs none of it again.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from macros.publish.build import build_site
from tests.browser.serving import serving
from tests.chromium import launched

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site's folder, beside and not instead of the project's own. Of several processes one builds it for all."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return build_site(PROJECT, tmp_path_factory.mktemp("built") / "site", quiet=True)
    shared = tmp_path_factory.getbasetemp().parent / "built"
    shared.mkdir(exist_ok=True)
    with (shared.parent / "built.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return shared / "site" if (shared / "site").is_dir() else build_site(PROJECT, shared / "site", quiet=True)


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served, with a slash at the end."""
    with serving(site) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with launched() as chromium:
        yield chromium
