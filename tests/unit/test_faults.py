"""What can happen to a run from outside: the disk fills, another run comes along, the clock is set back."""

from __future__ import annotations

import datetime
import multiprocessing
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from macros import steps
from macros.claim.fields import VerdictName
from macros.ledger.record import read_record
from macros.problems import EnvironmentFailed, ExitCode
from macros.publish import build
from macros.report.endings import ending
from macros.results.catalogue import CatalogueResult
from macros.run import host
from macros.run.plan import Mode
from macros.run.progress import Progress
from tests.builders import printing_claim, with_settings
from tests.fake_lab import HERE, FakeLab
from tests.unit import publish_site
from tests.unit.publish_sample import catalogue
from tests.unit.test_publish_build import leftovers, ours

CELLS = 9
"""Of the small catalogue: three claims with two cases and a control each."""


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    folder = with_settings(tmp_path / "claims")
    for name in ("one", "two", "three"):
        printing_claim(folder, name, cases=["a", "b"])
    return folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 512 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounting.returncode != 0:
        pytest.skip(f"a small disk needs the right to mount one: {mounting.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


class Counting(Progress):
    """Notes which cells ran."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def ends(self, cell: object, fault: object) -> None:
        self.ran.append(str(cell))


def run(
    claims: Path, progress: Progress | None = None, lab: FakeLab | None = None, mode: Mode = Mode.AUTO
) -> CatalogueResult:
    inputs = steps.load(claims)
    return steps.execute(inputs, inputs.catalogue.select(()), mode=mode, progress=progress, lab=lab or FakeLab())


def verdicts(results: CatalogueResult) -> set[VerdictName]:
    assert len(results.claims) == 3
    return {claim.finding.verdict for claim in results.claims.values()}


def records(ledger: Path) -> list[str]:
    """The cells that have a record, each of which is whole."""
    return [str(read_record(path.read_text("utf-8")).cell) for path in ledger.glob("records/*/*.json")]


def fill(folder: Path, but: int = 0) -> Path:
    """Take all of a disk's room but so many bytes."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                pass
        file.truncate(max(0, file.tell() - but))
    return filler


def test_a_disk_that_fills_during_a_run_costs_what_did_not_fit_and_nothing_else(
    claims: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the file, what was kept is whole, and with room again only the rest runs."""
    monkeypatch.setenv("CLAIMS_LEDGER", str(small_disk))
    filler = fill(small_disk, but=48 * 1024)
    with pytest.raises(EnvironmentFailed, match=r"cannot write .*No space left.*nothing was lost"):
        run(claims)
    kept = records(small_disk)
    assert 0 < len(kept) < CELLS
    assert not [file for file in small_disk.rglob(".*") if file.suffix != ".lock"]  # nothing half-written
    filler.unlink()
    again = Counting()
    assert verdicts(run(claims, again)) == {VerdictName.CONFIRMED}
    assert len(again.ran) == CELLS - len(kept)
    assert not {*again.ran} & {*kept}
    before = {path: path.read_bytes() for path in small_disk.glob("records/*/*.json")}
    fill(small_disk)
    with pytest.raises(EnvironmentFailed, match="No space left"):
        run(claims, mode=Mode.FRESH)
    assert {path: path.read_bytes() for path in small_disk.glob("records/*/*.json")} == before


def test_a_disk_that_is_full_leaves_the_old_site_standing(
    tmp_path: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole, without anything half-written beside it, and it is said whose fault it was."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text('# Home {{ verdict("cold-start") }}\n')
    (tmp_path / "mkdocs.yml").write_text(publish_site.CONFIG)
    (tmp_path / "entry.py").write_text(publish_site.ENTRY)
    monkeypatch.setattr(publish_site, "_PROVIDE", [catalogue])
    ours(small_disk / "site", "old")
    with pytest.raises((OSError, EnvironmentFailed)) as error:
        build.build_site(tmp_path, small_disk / "site", quiet=True)  # the theme alone is larger than the disk
    code, message = ending(error.value, [])
    assert code is ExitCode.ENVIRONMENT
    assert "No space left" in message.plain
    assert (small_disk / "site" / "index.html").read_text() == "old"
    assert leftovers(small_disk) == ["site"]


def test_two_runs_at_once_on_one_ledger_come_to_the_same_and_leave_every_record_whole(claims: Path) -> None:
    """Whichever writes a record last: both have the result of the same experiment."""
    forked = multiprocessing.get_context("fork")
    begin, ended = forked.Barrier(2), forked.Queue()

    def one() -> None:
        begin.wait(timeout=60)
        ended.put(verdicts(run(claims)))

    processes = [forked.Process(target=one) for _ in range(2)]
    for process in processes:
        process.start()
    assert [ended.get(timeout=60) for _ in processes] == [{VerdictName.CONFIRMED}] * 2
    for process in processes:
        process.join()
    assert len(records(claims.parent / ".ledger")) == CELLS
    again = Counting()
    run(claims, again)
    assert again.ran == []


def test_a_clock_that_is_set_back_again_and_again_changes_no_result(
    claims: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour with each look at it: durations are of another clock, and a date decides nothing."""
    printing_claim(claims, "timed", kind="measure", expect="below: 11 B", unit="B", samples="at_least: 4, at_most: 40")
    now = time.time()

    class SetBack(datetime.datetime):
        """Each look is an hour earlier than the last."""

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            nonlocal now
            now -= 3600
            return datetime.datetime.fromtimestamp(now, tz)

    monkeypatch.setattr(host.datetime, "datetime", SetBack)
    monkeypatch.setattr(time, "time", lambda: SetBack.now().timestamp())
    results = run(claims)
    assert {claim.finding.verdict for claim in results.claims.values()} == {VerdictName.CONFIRMED}
    for claim in results.claims.values():
        assert all(0 <= taken < 60 for cell in claim.every_cell() for taken in cell.record.seconds.values())
    again = Counting()
    run(claims, again)
    assert again.ran == []


def test_one_core_is_enough(claims: Path) -> None:
    """Nothing waits for a second one: neither the boxes that are opened ahead nor a measurement."""
    printing_claim(claims, "timed", kind="measure", expect="below: 11 B", unit="B", samples="at_least: 4, at_most: 40")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        results = run(claims, lab=FakeLab(replace(HERE, cores=1)))
    finally:
        os.sched_setaffinity(0, before)
    assert {claim.finding.verdict for claim in results.claims.values()} == {VerdictName.CONFIRMED}
