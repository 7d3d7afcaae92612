"""Whether two hosts are worth having: sleeping cells on two against one, and what a scheduler adds to a session.

Both hosts are this machine, with an engine each.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import docker

from bench.checks import Check, at_least, at_most, seconds
from bench.engines import can_start, second_engine
from macros import steps
from macros.claim.scaffold import scaffold
from macros.lab.images import base_image, building
from macros.lab.images.image import find
from macros.lab.setup import Leave
from macros.ledger.store import Ledger
from macros.run.obtain import lab_of
from macros.run.plan import Inputs, Mode, make_plan
from macros.run.pool.hosts import Sent, connected
from macros.run.pool.messages import Answer, Errand, needs
from macros.run.pool.network import Network
from macros.run.pool.obtain import Hosts
from macros.run.pool.serving import Serving
from macros.run.progress import Progress

ROOT = Path(__file__).parents[1]
TOOLCHAIN = "shell"
CLAIMS, CASES, NAP = 8, 5, 2.0
REPEATED = 10
JOIN_SECONDS = 120.0


def many_hosts() -> Sequence[Check]:
    """Nothing where no second engine can be started."""
    if not can_start():
        print("no second engine: `dockerd` is started by root alone; these checks are left out")
        return ()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        claims = napping_claims(folder / "claims")
        inputs = steps.load(claims)
        with (
            second_engine(_images(inputs)) as engine,
            _scheduler(folder) as address,
            _worker(folder, claims, address, "one", {}),
        ):
            alone = _run(inputs, address, folder, Mode.FRESH)
            added = _added(inputs, address, folder / "one")
            with _worker(folder, claims, address, "two", {"DOCKER_HOST": engine}):
                together = _run(inputs, address, folder, Mode.FRESH)
    print(f"{CLAIMS} sessions: {alone:.1f} s on one host, {together:.1f} s on two")
    return (
        at_least("sleeping cells on two hosts, as many times as fast as on one", 1.8, alone / together),
        at_most("seconds that the scheduler adds to a session", 0.05, added),
    )


def napping_claims(claims: Path) -> Path:
    """A catalogue of claims that do nothing but sleep."""
    claims.mkdir(parents=True)
    for name in ("toolchains.yml", "catalogue.yml"):
        shutil.copy(ROOT / "claims" / name, claims)
    shutil.copytree(ROOT / "claims" / "_template", claims / "_template")
    shutil.copy(ROOT / "Dockerfile", claims.parent)
    cases = ", ".join(f"{{name: nap-{number}}}" for number in range(CASES))
    script = f"""  run: |\n    sleep {NAP}; printf '{{"metric": "length", "value": %s}}' "${{SIZE:-10}}"\n"""
    for number in range(CLAIMS):
        scaffold(claims, f"nap-{number}")
        path = claims / f"nap-{number}" / "claim.yml"
        text = path.read_text("utf-8")
        text = text.replace("toolchains: [go1.22, go1.27]", f"toolchains: [{TOOLCHAIN}]\ncases: [{cases}]")
        text = text.replace("  build: go build -o claim main.go\n", "  witness: file\n")
        path.write_text(re.sub(r"^  run: .*\n", lambda _: script, text, flags=re.MULTILINE), encoding="utf-8")
    return claims


def _images(inputs: Inputs) -> list[str]:
    """The names of the images that a host needs, built if they are not there."""
    root = inputs.catalogue.dockerfile.parent
    building.ensure(inputs.toolchains, [TOOLCHAIN], root=root, leave=Leave.given())
    client = docker.APIClient()
    image = find(client, inputs.toolchains, [TOOLCHAIN], root)[TOOLCHAIN]
    base = base_image.find(client, inputs.toolchains.base)
    assert base is not None
    return [tag for one in (image.id, base.reference) for tag in client.inspect_image(one)["RepoTags"]]


def _run(inputs: Inputs, address: str, folder: Path, mode: Mode) -> float:
    """Seconds of a run whose client knows nothing yet."""
    ledger = tempfile.mkdtemp(dir=folder)
    os.environ["CLAIMS_LEDGER"] = ledger
    try:
        return seconds(lambda: _all(inputs, address, mode))
    finally:
        del os.environ["CLAIMS_LEDGER"]


def _all(inputs: Inputs, address: str, mode: Mode) -> None:
    result = steps.execute(inputs, inputs.catalogue.select(()), mode=mode, hosts=Hosts(Network(address)))
    assert not result.problems, result.problems


def _added(inputs: Inputs, address: str, ledger: Path) -> float:
    """Seconds a session, of sessions that the one host has in its ledger: beyond what its own answers take."""
    with connected(Network(address)) as pool:
        (card,) = pool.cards()
        images = {TOOLCHAIN: list(card.images.values())}
        plan = make_plan(inputs, inputs.catalogue.select(()), (TOOLCHAIN,), images, None, Mode.FRESH)
        sent = [
            Sent(Errand(session=session), needs(session, card.program, ()))
            for _ in range(REPEATED)
            for session in plan.sessions
        ]
        there = seconds(lambda: pool.run(sent, lambda one, answer: None))
    serving = Serving(card, lab_of(inputs), Ledger(ledger), Progress(), print)

    def answered(errand: Errand) -> Answer:
        return Answer.model_validate_json(serving.answer(errand.model_dump_json(by_alias=True)))

    here = seconds(lambda: [answered(one.errand) for one in sent])
    return (there - here) / len(sent)


@contextmanager
def _scheduler(folder: Path) -> Iterator[str]:
    arguments = ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    with _process(folder / "scheduler.log", arguments, {}) as log:
        yield _said(log, r"Scheduler at: +(tcp://\S+)")


@contextmanager
def _worker(folder: Path, claims: Path, address: str, name: str, environment: Mapping[str, str]) -> Iterator[None]:
    """One that counts as quiet, since sleeping needs no quiet: its patience is what this run can spare."""
    arguments = ["-m", "macros.cli", "worker", address, "--name", name, "--toolchain", TOOLCHAIN]
    arguments += ["--claims", str(claims), "--patience", str(JOIN_SECONDS)]
    ledger = {"CLAIMS_LEDGER": str(folder / name)}
    with _process(folder / f"{name}.log", arguments, {**ledger, **environment}) as log:
        _said(log, "works for")
        yield


@contextmanager
def _process(log: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[Path]:
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield log
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _said(log: Path, pattern: str) -> str:
    last = time.monotonic() + JOIN_SECONDS + 60
    while time.monotonic() < last:
        if found := re.search(pattern, log.read_text("utf-8", "replace")):
            return found[found.re.groups and 1]
        time.sleep(0.1)
    raise RuntimeError(f"{log.name} does not say {pattern!r}:\n{log.read_text('utf-8', 'replace')[-2000:]}")
