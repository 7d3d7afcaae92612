"""Many hosts: a real scheduler and workers in processes of their own. These hosts run plain processes, no engine."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from macros.claim.cell import Cell
from macros.claim.fields import VerdictName
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.problems import EnvironmentFailed
from macros.results.catalogue import CatalogueResult
from macros.run.plan import Mode
from macros.run.pool.network import Network
from macros.run.pool.obtain import Hosts
from macros.run.progress import Progress
from macros.steps import execute, load
from tests.builders import printing_claim, with_settings
from tests.fake_lab import FakeLab
from tests.pools import SECONDS, Pool, pool

pytestmark = [pytest.mark.container, pytest.mark.alone]
Run = Callable[..., CatalogueResult]

LOST_SOON = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "1s"}
"""A host that says nothing for a few seconds counts as lost; by default after five minutes."""


@pytest.fixture
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pool]:
    with pool(tmp_path, **getattr(request, "param", {})) as made:
        yield made


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    return with_settings(tmp_path / "claims")


@pytest.fixture
def run(claims: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: Pool) -> Run:
    """Runs the whole catalogue on the hosts of the scheduler, and keeps what came in the client's own ledger."""
    monkeypatch.setenv("CLAIMS_LEDGER", str(tmp_path / "ledger"))

    def run(mode: Mode = Mode.AUTO, progress: Progress | None = None, **more: Any) -> CatalogueResult:
        inputs = load(claims)
        hosts = Hosts(Network(there.address), **more)
        selected = inputs.catalogue.select(())
        return execute(inputs, selected, mode=mode, lab=FakeLab(), hosts=hosts, progress=progress)

    return run


class Watching(Progress):
    """Calls a function each time that a cell has come."""

    def __init__(self, at: Callable[[int], None]) -> None:
        self._at = at
        self.count = 0

    def ends(self, cell: Cell, fault: object) -> None:
        self.count += 1
        self._at(self.count)


def records(folder: Path) -> list[Record]:
    ledger = Ledger(folder)
    return [record for address in ledger.addresses() if (record := ledger.get(address)) is not None]


def quick_measuring(claims: Path, name: str, before: str = ":") -> None:
    printing_claim(
        claims, name, kind="measure", before=before, expect="below: 11 B", unit="B",
        samples="at_least: 4, at_most: 40, warm_up: 0",
    )  # fmt: skip


def test_every_session_has_one_result_though_a_host_is_killed_and_another_one_cannot_run_any(
    there: Pool, claims: Path, run: Run, tmp_path: Path
) -> None:
    """Twenty sessions: nothing is lost, nothing is there twice, and no claim has records of two hosts."""
    for number in range(16):
        printing_claim(claims, f"look-{number}", before="sleep 0.1")
    for number in range(4):
        quick_measuring(claims, f"time-{number}", before="sleep 0.02")
    first = there.fake_host("one", claims, facts={"cpu": "the first"})
    second = there.fake_host("two", claims, facts={"cpu": "the second"})
    there.fake_host("broken", claims, broken="its disk is full")
    there.joined("one", "two", "broken")
    result = run(progress=Watching(lambda count: there.kill("one") if count == 12 else None))
    assert result.problems == ()
    assert {claim.finding.verdict for claim in result.claims.values()} == {VerdictName.CONFIRMED}
    assert len(result.claims) == 20
    kept = records(tmp_path / "ledger")
    assert len({record.cell for record in kept}) == len(kept) == 40
    hosts: dict[str, set[object]] = {}
    for record in kept:
        hosts.setdefault(record.cell.claim, set()).add(record.facts["cpu"])
    assert all(len(where) == 1 for where in hosts.values())
    assert set.union(*hosts.values()) == {"the first", "the second"}
    known = {record.model_dump_json() for folder in (first, second) for record in records(folder)}
    assert {record.model_dump_json() for record in kept} <= known
    assert there.ends("broken") != 0
    assert "its disk is full" in there.printed("broken")


@pytest.mark.parametrize("there", [LOST_SOON], indirect=True)
def test_a_host_that_was_believed_to_be_lost_answers_too_and_counts_once(
    there: Pool, claims: Path, run: Run, tmp_path: Path
) -> None:
    """A stopped process is silent; another host runs its session. Then it goes on, and its answer changes nothing."""

    printing_claim(claims, "slow", before="sleep 4")
    ledger = there.fake_host("one", claims, facts={"cpu": "the first"})
    there.joined("one")
    came: list[CatalogueResult] = []
    client = threading.Thread(target=lambda: came.append(run()))
    client.start()
    there.said("one", "inspecting")
    other = there.fake_host("two", claims, facts={"cpu": "the second"})
    there.kill("one", signal.SIGSTOP)
    there.said("two", "inspecting")
    there.kill("one", signal.SIGCONT)
    client.join(SECONDS)
    assert came[0].claims["slow"].finding.verdict is VerdictName.CONFIRMED
    kept = records(tmp_path / "ledger")
    assert [record.facts["cpu"] for record in kept] == ["the second"] * 2
    assert len(records(other)) == 2
    there.kill("one", signal.SIGTERM)
    there.ends("one")
    assert len(records(ledger)) <= 2


def test_what_the_hosts_have_runs_nowhere_again(there: Pool, claims: Path, run: Run, tmp_path: Path) -> None:
    """Neither from the client's ledger nor, where that is gone, from the host's; a fresh run asks for new ones."""
    printing_claim(claims, "steady")
    there.fake_host("one", claims)
    there.joined("one")
    run()
    first = {record.started: record for record in records(tmp_path / "ledger")}
    ran = there.printed("one").count("inspecting")
    run()
    (tmp_path / "ledger").rename(tmp_path / "away")
    again = run()
    assert there.printed("one").count("inspecting") == ran == 1
    assert {record.started for record in records(tmp_path / "ledger")} == set(first)
    assert again.claims["steady"].finding.verdict is VerdictName.CONFIRMED
    run(Mode.FRESH)
    assert there.printed("one").count("inspecting") == 2


def test_a_session_goes_only_to_a_host_of_its_class(there: Pool, claims: Path, run: Run, tmp_path: Path) -> None:
    """Of all that a run needs, or one claim; where no host has it, nothing runs and it is said how to start one."""
    for name in ("far", "near", "plain"):
        printing_claim(claims, name)
    there.fake_host("one", claims, classes=["numa"], facts={"cpu": "with nodes"})
    there.fake_host("two", claims)
    there.joined("one", "two")
    with pytest.raises(EnvironmentFailed, match=r"no host of the class tpu for far \(.*one: numa.*--class tpu"):
        run(of_claim={"far": ("tpu",)})
    assert records(tmp_path / "ledger") == []
    run(of_claim={"far": ("numa",), "near": ("numa",)})
    cpus = {record.cell.claim: record.facts["cpu"] for record in records(tmp_path / "ledger")}
    assert (cpus["far"], cpus["near"]) == ("with nodes", "with nodes")
    run(Mode.FRESH, classes=("numa",))
    assert {record.facts["cpu"] for record in records(tmp_path / "ledger")} == {"with nodes"}


def test_an_interrupted_run_keeps_what_came_and_the_hosts_keep_the_rest(
    there: Pool, claims: Path, run: Run, tmp_path: Path
) -> None:
    """Ctrl-C ends the client at once. What has not begun never begins; the next run takes up the rest."""
    for number in range(8):
        printing_claim(claims, f"look-{number}", before="sleep 0.5")
    there.fake_host("one", claims)
    there.joined("one")

    def interrupt(count: int) -> None:
        if count == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(progress=Watching(interrupt))
    before = len(records(tmp_path / "ledger"))
    assert before >= 2
    ran = there.printed("one").count("inspecting")
    assert ran < 8
    assert len(run().claims) == 8
    assert there.printed("one").count("inspecting") == 8


def test_without_a_host_or_a_scheduler_it_is_said_what_to_start(
    there: Pool, claims: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host of another version of the program is none that could run anything."""
    from macros.run.pool import hosts as pool_hosts
    from macros.run.pool import obtain

    monkeypatch.setattr(obtain, "JOIN_SECONDS", 0.5)
    monkeypatch.setattr(pool_hosts, "CONNECT_SECONDS", 3)
    printing_claim(claims, "steady")
    with pytest.raises(EnvironmentFailed, match=r"has no host; start one with `claims worker tcp://"):
        run()
    there.fake_host("old", claims, program="0" * 64)
    there.joined("old")
    with pytest.raises(EnvironmentFailed, match="old runs another version of this program"):
        run()
    there.kill("scheduler")
    there.ends("scheduler")
    with pytest.raises(EnvironmentFailed, match=r"no scheduler answers at tcp://.*`dask scheduler`"):
        run()
    assert there.ends("old") != 0
    assert "the scheduler at tcp://" in there.printed("old")
