"""Two hosts with an engine each, here on one machine: real workers as `claims worker` starts them, in real containers.

The machine counts as quiet whatever else it does, because the catalogue's policy and the quiet levels in the hosts'
ledgers allow it; the levels of one host say that it never is.
"""

from __future__ import annotations

import datetime
import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from bench.engines import can_start, second_engine
from macros.lab.engine.runner import DockerRunner
from macros.lab.images import base_image, building
from macros.lab.images.image import find
from macros.lab.images.pins import Toolchains
from macros.lab.setup import Leave
from macros.ledger.address import machine_half
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.run import levels
from macros.run.host import NOTE
from tests.builders import printing_claim, with_settings
from tests.pools import Pool, pool

ROOT = Path(__file__).parents[2]
TOOLCHAIN = "shell"
INSPECTING, MEASURING = 15, 5

pytestmark = [
    pytest.mark.container,
    pytest.mark.alone,
    pytest.mark.skipif(not can_start(), reason="a second engine is started by root alone, from `dockerd`"),
]


@pytest.fixture(scope="module")
def other_engine(toolchains: Toolchains) -> Iterator[str]:
    building.ensure(toolchains, [TOOLCHAIN], root=ROOT, leave=Leave.given())
    client = docker.APIClient()
    image = find(client, toolchains, [TOOLCHAIN], ROOT)[TOOLCHAIN]
    base = base_image.find(client, toolchains.base)
    assert base is not None
    tags = [tag for one in (image.id, base.reference) for tag in client.inspect_image(one)["RepoTags"]]
    with second_engine(tags) as address:
        yield address


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    """Twenty claims, each process of which says when it ran."""
    folder = with_settings(tmp_path / "claims")
    shutil.copy(ROOT / "Dockerfile", tmp_path)
    settings = folder / "catalogue.yml"
    shares = "\n  ".join(f"{name}: 1.0" for name in ("others", "neighbours", "stolen", "stalled"))
    settings.write_text(settings.read_text("utf-8").replace("policy:\n", f"policy:\n  {shares}\n"), encoding="utf-8")
    names = [(f"look-{number}", "inspect") for number in range(INSPECTING)]
    names += [(f"time-{number}", "measure") for number in range(MEASURING)]
    for name, kind in names:
        made = printing_claim(
            folder,
            name,
            kind=kind,
            before="begun=$(date +%s.%N)",
            expect="at_most: 10 B" if kind == "inspect" else "below: 11 B",
            unit="B",
            samples="at_least: 4, at_most: 40, warm_up: 0",
        )
        path = made / "claim.yml"
        text = path.read_text("utf-8").replace("[go1.22]", f"[{TOOLCHAIN}]")
        said = """    for when in "begun $begun" "ended $(date +%s.%N)"; do
      printf '{"metric": "%s", "value": %s}\\n' ${when% *} ${when#* }
    done
"""
        text = text.replace("metrics:\n", "METRICS\n  begun: {from: json}\n  ended: {from: json}\n", 1)
        head, _, tail = text.partition("  samples:" if "  samples:" in text else "METRICS")
        mark = "  samples:" if "  samples:" in text else "METRICS"
        path.write_text((head + said + mark + tail).replace("METRICS", "metrics:"), encoding="utf-8")
    return folder


def ledger_with_levels(folder: Path, *, quiet: bool) -> Path:
    """A host's ledger that knows its machine: as one that is as loud as it ever gets when it is quiet, or never."""
    with DockerRunner() as runner:
        here = machine_half(runner.facts().to_json(), whole=True).key
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    many = levels.ENOUGH
    always = {
        name: (many, [1.0] * len(levels.PARTS)) for name in ("others_here", "others_elsewhere", "stalled", "stolen")
    }
    never = {f"latency/{cores}": (many, [1e-9] * len(levels.PARTS)) for cores in (1, os.cpu_count())}
    note = levels.with_noted(None, here, {today: always if quiet else never})
    Ledger(folder).change_note(NOTE, lambda _: note)
    return folder


def start(there: Pool, name: str, claims: Path, ledger: Path, engine: str | None, patience: float = 60) -> None:
    environment = {"CLAIMS_LEDGER": str(ledger), **({"DOCKER_HOST": engine} if engine else {})}
    where = ["worker", there.address, "--name", name, "--toolchain", TOOLCHAIN, "--claims", str(claims)]
    there.start(name, ["-m", "macros.cli", *where, "--patience", str(patience)], environment)


def records(folder: Path) -> list[Record]:
    ledger = Ledger(folder)
    return [record for address in ledger.addresses() if (record := ledger.get(address)) is not None]


def spans(record: Record) -> list[tuple[float, float]]:
    """When each of a cell's processes ran."""
    of = record.evidence.sample
    return list(zip(of("begun"), of("ended"), strict=True))  # type: ignore[arg-type]


def test_twenty_sessions_over_two_hosts_one_of_which_is_killed(tmp_path: Path, claims: Path, other_engine: str) -> None:
    """Every session has one result, of one host; nothing is lost, and nothing runs beside a measuring session."""
    one, two, loud = (ledger_with_levels(tmp_path / name, quiet=name != "loud") for name in ("one", "two", "loud"))
    mine = tmp_path / "mine"
    with pool(tmp_path) as there:
        start(there, "one", claims, one, None)
        start(there, "two", claims, two, other_engine)
        start(there, "loud", claims, loud, other_engine, patience=0)
        there.joined("one", "two")
        assert there.ends("loud") == 3
        assert "this host is not quiet, so it gets no work: latency" in there.printed("loud")
        there.start(
            "client",
            ["-m", "macros.cli", "run", "--hosts", there.address, "--claims", str(claims)],
            {"CLAIMS_LEDGER": str(mine)},
        )
        while len(records(one)) < 6:
            assert there.processes["client"].poll() is None, there.printed("client")
            time.sleep(0.1)
        there.kill("one", signal.SIGKILL)
        there.ends("one")
        start(there, "one", claims, one, None)
        assert there.ends("client") == 0, there.printed("client")
    kept = records(mine)
    assert len({record.cell for record in kept}) == len(kept) == 2 * (INSPECTING + MEASURING)
    of_hosts = {record.model_dump_json() for folder in (one, two) for record in records(folder)}
    assert {record.model_dump_json() for record in kept} <= of_hosts
    homes = {record.cell: home for home in (one, two) for record in records(home) if record in kept}
    claims_of = {cell.claim: {home for other, home in homes.items() if other.claim == cell.claim} for cell in homes}
    assert all(len(where) == 1 for where in claims_of.values())
    assert set.union(*claims_of.values()) == {one, two}
    assert_alone([record for folder in (one, two) for record in records(folder)])


def assert_alone(everything: list[Record]) -> None:
    """From the first process of a measuring session to its last, no process of another claim ran on the machine."""
    by_claim: dict[str, list[tuple[float, float]]] = {}
    for record in everything:
        by_claim.setdefault(record.cell.claim, []).extend(spans(record))
    sessions = {
        name: (min(begun for begun, _ in of), max(ended for _, ended in of))
        for name, of in by_claim.items()
        if name.startswith("time-")
    }
    assert len(sessions) == MEASURING
    for (name, (begun, ended)), (other, of) in itertools.product(sessions.items(), by_claim.items()):
        if name != other:
            assert not [span for span in of if span[0] < ended and begun < span[1]], (name, other)


def test_the_console_command_says_what_is_missing(tmp_path: Path) -> None:
    """Exit code 3 without a scheduler, 2 for what is no address."""
    for address, code, words in (
        ("tcp://127.0.0.1:9", 3, "no scheduler answers at tcp://127.0.0.1:9"),
        ("127.0.0.1:9", 2, "write tcp://host:port"),
        ("tls://127.0.0.1:9", 2, "--tls-ca, --tls-cert, --tls-key"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "macros.cli", "run", "--hosts", address, "sort-numeric-order"],
            env={**os.environ, "CLAIMS_LEDGER": str(tmp_path), "CLAIMS_DIR": "tests/catalogues/shell-tools/claims"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, words in done.stderr) == (code, True), done.stderr
