"""The runtime that CLAIMS_RUNTIME names, on an engine that has a second one: runc, under a name of the test's own."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from docker.errors import NotFound

from macros import steps
from macros.claim.fields import VerdictName
from macros.lab import doctor, sandbox
from macros.lab.images.pins import Toolchains
from macros.lab.setup import Leave
from macros.ledger.store import Ledger
from macros.results.catalogue import CatalogueResult
from macros.run.plan import Mode
from macros.run.progress import Progress
from tests.builders import printing_claim
from tests.own_engine import OwnEngine, give_base, own_engine, small_catalogue

pytestmark = pytest.mark.container

NAME = "a-second-runtime"


@pytest.fixture(scope="module")
def engine(toolchains: Toolchains, any_image: str) -> Iterator[OwnEngine]:
    runc = shutil.which("runc", path="/usr/bin:/usr/sbin:/usr/local/bin:/usr/local/sbin")
    if runc is None:
        pytest.skip("no `runc` to give a second name to")
    with own_engine(f"--add-runtime={NAME}={runc}") as engine:
        give_base(engine, toolchains, any_image)
        yield engine


class Looking(Progress):
    """Notes what runs and, whenever a cell has ended, the runtimes of the claim's containers."""

    def __init__(self, client: docker.APIClient) -> None:
        self._client = client
        self.ran: list[str] = []
        self.runtimes: set[str] = set()

    def ends(self, cell: object, fault: object) -> None:
        self.ran.append(str(cell))
        for made in self._client.containers(filters={"label": f"{sandbox.CLAIM_LABEL}=inspects"}):
            with contextlib.suppress(NotFound):  # It may be gone by now: its cell has ended too.
                self.runtimes.add(self._client.inspect_container(made["Id"])["HostConfig"]["Runtime"])


def run(claims: Path, engine: OwnEngine) -> tuple[CatalogueResult, Looking]:
    inputs = steps.load(claims)
    looking = Looking(engine.client)
    selected = inputs.catalogue.select(())
    result = steps.execute(inputs, selected, mode=Mode.AUTO, leave=Leave.given(), progress=looking)
    return result, looking


def test_a_named_runtime_starts_every_container_of_a_claim_and_the_verdict_is_the_same(
    engine: OwnEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it ran has an address of its own, so each runtime's results are kept and neither is run again."""
    monkeypatch.setenv("DOCKER_HOST", engine.address)
    claims = small_catalogue(tmp_path)
    printing_claim(claims, "inspects", cases=["a", "b", "c"], before="sleep 0.2", apart=True)
    for name, runtime in (("", "runc"), (NAME, NAME)):
        monkeypatch.setenv("CLAIMS_RUNTIME", name)
        result, looked = run(claims, engine)
        assert len(looked.ran) == 4
        assert looked.runtimes == {runtime}
        assert result.claims["inspects"].finding.verdict is VerdictName.CONFIRMED
        assert [control.ok for control in result.claims["inspects"].controls] == [True]
    assert len(list(Ledger(tmp_path / ".ledger").addresses())) == 8
    for name in ("", NAME):
        monkeypatch.setenv("CLAIMS_RUNTIME", name)
        assert run(claims, engine)[1].ran == []


def test_doctor_says_which_runtimes_there_are_and_which_is_missing(
    engine: OwnEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that is asked for is there; the one that isolates is not, with the way to get it."""
    monkeypatch.setenv("DOCKER_HOST", engine.address)
    monkeypatch.setenv("CLAIMS_RUNTIME", NAME)
    (check,) = (check for check in doctor.examine("amd64") if check.name == "runtime")
    assert NAME in check.found
    assert "no runsc" in check.found
    assert check.ok == "warning"
    assert "install gVisor" in check.next_step
