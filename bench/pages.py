"""What people wait for: from an edit to the page in `make serve`, and the pages of large catalogues."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench.checks import Check, at_most
from macros import steps
from macros.publish import chinese
from macros.publish.build import build_site
from macros.publish.given import Given
from macros.results.catalogue import CatalogueResult, ClaimResult
from macros.run.plan import Mode

PAGE = "chapter-1/2-goroutines"
LONGEST = 900
"""Seconds to wait for a page."""

SETTINGS = """
site_name: many claims
theme: {name: material, font: false}
plugins: [search, macros: {module_name: entry, on_error_fail: true, on_undefined: strict}]
"""
ENTRY = "from macros import define_env\n"


def edit_to_page(root: Path, edits: int = 5) -> Check:
    """From the moment at which a sentence is saved to the moment at which the server shows it."""
    with tempfile.TemporaryDirectory() as folder, _served(_copy(root, Path(folder))) as address:
        path = Path(folder) / "docs" / f"{PAGE}.md"
        text = path.read_text("utf-8")
        waited = []
        for number in range(edits):
            said = f"Sentence number {number} of the benchmark."
            begun = time.monotonic()
            path.write_text(f"{text}\n{said}\n", encoding="utf-8")
            _wait_for(f"{address}{PAGE}/", said)
            waited.append(time.monotonic() - begun)
    return at_most("seconds in make serve from an edit of prose to the page", 4, statistics.median(waited))


def _copy(root: Path, folder: Path) -> Path:
    """The project, with pages of its own to edit; claims, program and ledger are those of `root`."""
    shutil.copytree(root / "docs", folder / "docs")
    shutil.copy(root / "mkdocs.yml", folder)
    for name in ("claims", "macros", "bench"):
        (folder / name).symlink_to(root / name)
    return folder


@contextlib.contextmanager
def _served(project: Path) -> Iterator[str]:
    """The address of the project's pages, as `make serve` shows them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "mkdocs", "serve", "--quiet", "--dirty", "--dev-addr", place]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    server = subprocess.Popen(command, cwd=project, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_for(f"http://{place}/", "<article")
        yield f"http://{place}/"
    finally:
        server.terminate()
        server.wait()


def _wait_for(address: str, words: str) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < LONGEST:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            if words in urllib.request.urlopen(address, timeout=LONGEST).read().decode("utf-8"):
                return
        time.sleep(0.02)
    raise TimeoutError(f"{address} does not show {words!r}")


def page_of_many(root: Path, few: int = 100, many: int = 1_000) -> Check:
    """Building the pages of many claims over those of few: processor time per page, judging left out."""
    inputs = steps.load(root / "claims")
    results = steps.execute(inputs, inputs.catalogue.select(()), mode=Mode.of_environment())
    chinese.prepare()
    ratios = []
    for _ in range(3):
        large, small = (_per_page(root, _of_size(results, count)) for count in (many, few))
        ratios.append(large / small)
    return at_most(f"building a page, {many:,} claims over {few:,}", 1.2, statistics.median(ratios))


def _of_size(results: CatalogueResult, count: int) -> CatalogueResult:
    """So many claims: the catalogue's own ones, in turn, under other names and without relations."""
    kinds = list(results.claims.values())
    claims = {f"claim-{number}": _renamed(kinds[number % 100], f"claim-{number}") for number in range(count)}
    return dataclasses.replace(results, claims=claims)


def _renamed(result: ClaimResult, name: str) -> ClaimResult:
    claim = result.claim.model_copy(update={"id": name, "related": (), "premises": ()})
    return dataclasses.replace(result, claim=claim)


def _per_page(root: Path, results: CatalogueResult) -> float:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "docs").mkdir()
        (project / "docs" / "index.md").write_text("# Home\n\n{{ summary() }}\n\n{{ grid() }}\n", encoding="utf-8")
        (project / "mkdocs.yml").write_text(SETTINGS, encoding="utf-8")
        (project / "entry.py").write_text(ENTRY, encoding="utf-8")
        begun = time.process_time()
        build_site(project, given=Given(root / "claims", results), quiet=True)
        return (time.process_time() - begun) / len(results.claims)
