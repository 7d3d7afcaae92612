"""A host's side and a run's side of a pool, without any network: what is asked, answered, and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from macros.claim.catalogue import DEFAULTS
from macros.claim.loading import load_catalogue
from macros.claim.scope import cells_of
from macros.lab.box import Runner
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.problems import EnvironmentFailed, InvalidInput
from macros.run.obtain import needed_toolchains
from macros.run.plan import Inputs, Mode, Plan
from macros.run.pool.gate import QUIET_READINGS, until_quiet
from macros.run.pool.hosts import Sent
from macros.run.pool.messages import Answer, Card, Errand, needs
from macros.run.pool.network import Network
from macros.run.pool.obtain import Hosts, Merging, able, agreed, plan_for, require, run_missing
from macros.run.pool.serving import Serving
from macros.run.progress import Progress
from macros.run.session import Session, plan_cell
from macros.steps import load
from tests.builders import printing_claim, with_settings
from tests.fake_lab import HERE, FakeLab

CONTENT = "c" * 64
IMAGE = {"image": "image", "image_content": CONTENT}


def card(name: str = "one", **more: object) -> Card:
    return Card.model_validate(
        {"name": name, "program": "p" * 64, "facts": HERE.to_json(), "images": {"e" * 64: IMAGE}, **more}
    )


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    return with_settings(tmp_path / "claims")


@pytest.fixture
def inputs(claims: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], Inputs]:
    monkeypatch.setenv("CLAIMS_LEDGER", str(tmp_path / "ledger"))
    return lambda: load(claims)


def session_of(claims: Path, name: str, **more: str) -> Session:
    printing_claim(claims, name, **more)  # type: ignore[arg-type]
    catalogue, problems = load_catalogue(claims)
    assert problems == []
    loaded = catalogue.claims[name]
    own, controls = cells_of(loaded.claim, ("go1.22",), DEFAULTS)
    cells = tuple(plan_cell(loaded, cell, "image", IMAGE) for cell in (*own, *controls))
    return Session(claim=loaded.claim, folder=str(loaded.folder), files=loaded.files, cells=cells, breadth=1)


def errand(session: Session, run: str = "") -> str:
    return Errand(session=session, run=run).model_dump_json(by_alias=True)


class Served:
    """A host with a fake lab. `failures`: what it told its worker."""

    def __init__(self, folder: Path, lab: FakeLab | None = None) -> None:
        self.ledger = Ledger(folder)
        self.failures: list[str] = []
        self.serving = Serving(card(), lab or FakeLab(), self.ledger, Progress(), self.failures.append)

    def answer(self, text: str) -> Answer:
        return Answer.model_validate_json(self.serving.answer(text))


def test_a_session_travels_as_text_and_comes_back_as_records_that_the_host_has_kept(
    tmp_path: Path, claims: Path
) -> None:
    """One record for each cell, in the host's ledger before it is answered."""
    host, session = Served(tmp_path / "host"), session_of(claims, "steady")
    answer = host.answer(errand(session))
    assert (answer.host, answer.failed, answer.looked_up) == ("one", "", 0)
    assert {record.cell for record in answer.records} == {plan.cell for plan in session.cells}
    assert all(host.ledger.get(record.address) == record for record in answer.records)


def test_what_is_asked_again_is_looked_up(tmp_path: Path, claims: Path) -> None:
    """A task that is repeated on a host that had finished it runs nothing, also after the host was started anew."""
    session = session_of(claims, "steady")
    first = Served(tmp_path / "host").answer(errand(session))
    again = Served(tmp_path / "host").answer(errand(session))
    assert again.looked_up == len(again.records) == 2
    assert {record.cell: record for record in again.records} == {record.cell: record for record in first.records}


def test_a_fresh_run_believes_only_what_it_has_made_itself(tmp_path: Path, claims: Path) -> None:
    """What was there before runs again, once: the same run's task that is repeated finds it."""
    session = session_of(claims, "steady")
    host = Served(tmp_path / "host")
    assert host.answer(errand(session)).looked_up == 0
    assert host.answer(errand(session, run="a")).looked_up == 0
    assert Served(tmp_path / "host").answer(errand(session, run="a")).looked_up == 2
    assert host.answer(errand(session, run="b")).looked_up == 0


def test_a_cell_that_fails_is_a_fault_in_the_answer(tmp_path: Path, claims: Path) -> None:
    """The host is none the worse for it."""
    host = Served(tmp_path / "host")
    answer = host.answer(errand(session_of(claims, "fails", before="exit 3")))
    assert len(answer.faults) == 2
    assert (answer.failed, answer.records, host.failures) == ("", (), [])


def test_a_host_whose_engine_fails_says_so_and_leaves(tmp_path: Path, claims: Path) -> None:
    """The session is answered as failed, so that it is sent to another host; the worker hears of it once."""

    class Gone(FakeLab):
        def runner(self) -> AbstractContextManager[Runner]:
            raise EnvironmentFailed("the disk is full")

    host = Served(tmp_path / "host", Gone())
    assert host.answer(errand(session_of(claims, "steady"))).failed == "the disk is full"
    assert host.failures == ["the disk is full"]


def test_a_host_gets_work_only_where_it_offers_all_that_is_needed(claims: Path) -> None:
    """The same program, the content of the images, every class, and the runtime that isolates strangers' claims."""
    session = session_of(claims, "steady")
    wants = needs(session, "p" * 64, ("numa",))
    assert card(classes=("numa", "big")).offers >= wants
    assert not card().offers >= wants
    assert not card(classes=("numa",), program="q" * 64).offers >= wants
    other = {"e" * 64: {**IMAGE, "image_content": "d" * 64}}
    assert not card(classes=("numa",), images=other).offers >= wants
    isolated = session.model_copy(update={"cells": (session.cells[0].model_copy(update={"runtime": "runsc"}),)})
    assert not card().offers >= needs(isolated, "p" * 64, ())
    assert card(runtime="runsc").offers >= needs(isolated, "p" * 64, ())


def test_images_are_those_that_most_hosts_have() -> None:
    """A host with another content is left out, not mixed in."""
    other = {"e" * 64: {**IMAGE, "image_content": "d" * 64}}
    images = agreed([card("a"), card("b", images=other), card("c")], {"go1.22": "e" * 64})
    assert [image["image_content"] for image in images["go1.22"]] == [CONTENT]


def test_it_is_said_why_no_host_will_do() -> None:
    """Another version of the program, or an image that is missing; and what to do."""
    recipes = {"go1.22": "f" * 64}
    cards = [card("old", program="q" * 64), card("bare")]
    hosts = Hosts(Network("tcp://10.0.0.1:8786"))
    assert able(cards, "p" * 64, recipes) == []
    with pytest.raises(EnvironmentFailed, match=r"old runs another version.*bare lacks the image of go1.22.*commit"):
        require([], cards, "p" * 64, recipes, hosts)
    with pytest.raises(EnvironmentFailed, match=r"has no host; start one with `claims worker tcp://10.0.0.1:8786`"):
        require([], [], "p" * 64, recipes, hosts)


def test_a_class_of_a_claim_that_is_not_there_is_a_mistake(claims: Path, inputs: Callable[[], Inputs]) -> None:
    """Before any scheduler is asked: a mistyped name must not send the claim to any host."""
    printing_claim(claims, "steady")
    given = inputs()
    hosts = Hosts(Network("tcp://10.0.0.1:8786"), of_claim={"stedy": ("numa",)})
    with pytest.raises(InvalidInput, match="no claim is named `stedy`"):
        run_missing(given, FakeLab(), given.catalogue.select(()), ("go1.22",), Mode.AUTO, hosts, Progress())


def answered(claims: Path, inputs: Inputs, tmp_path: Path) -> tuple[Merging, Plan, Sent, Answer]:
    session = session_of(claims, "steady")
    plan = Plan()
    answer = Served(tmp_path / "host").answer(errand(session))
    return Merging(inputs, plan, Progress()), plan, Sent(Errand(session=session), frozenset()), answer


def test_a_second_answer_changes_nothing(claims: Path, inputs: Callable[[], Inputs], tmp_path: Path) -> None:
    """Each session has exactly one result, whoever says it again and whatever the second one says."""
    merging, plan, sent, answer = answered(claims, inputs(), tmp_path)
    merging.take(sent, answer)
    kept = dict(plan.records)
    later = [record.model_copy(update={"started": "2099-01-01T00:00:00+00:00"}) for record in answer.records]
    merging.take(sent, answer.model_copy(update={"records": tuple(later)}))
    merging.take(sent, Answer(host="two", failed="late"))
    assert plan.records == kept
    assert set(kept) == {cell.cell for cell in sent.errand.session.cells}
    assert merging.faults.found == []
    ledger = inputs().project.ledger
    assert sorted(str(ledger.get(record.address)) for record in kept.values()) == sorted(map(str, kept.values()))
    assert len(list(ledger.addresses())) == 2


def test_what_an_answer_lacks_or_makes_up_is_a_failure_of_its_host(
    claims: Path, inputs: Callable[[], Inputs], tmp_path: Path
) -> None:
    """A record of another experiment, or one that does not fit its address, is not believed."""
    merging, plan, sent, answer = answered(claims, inputs(), tmp_path)
    first, second = answer.records
    forged = second.model_copy(update={"machine": second.machine.of({"architecture": "sparc"})})
    stranger = first.model_copy(update={"experiment": second.experiment})
    merging.take(sent, answer.model_copy(update={"records": (stranger, forged)}))
    assert plan.records == {}
    assert [fault.environment for fault in merging.faults.found] == [True, True]
    assert list(inputs().project.ledger.addresses()) == []


def test_a_claim_is_looked_up_on_one_machine_or_sent_as_a_whole(
    claims: Path, inputs: Callable[[], Inputs], tmp_path: Path
) -> None:
    """Half of its records from one machine and half from another decide nothing between them."""
    for name in ("first", "second"):
        samples = "at_least: 4, at_most: 40, warm_up: 0"
        printing_claim(claims, name, kind="measure", expect="below: 11 B", unit="B", samples=samples)
    given = inputs()
    here, there = card("one"), card("two", facts={**HERE.to_json(), "cpu": "another"})
    selected = given.catalogue.select(())
    names = needed_toolchains(given, selected, ("go1.22",))

    def planned(mode: Mode = Mode.AUTO) -> Plan:
        return plan_for(given, selected, ("go1.22",), {name: [IMAGE] for name in names}, [here, there], mode)

    whole = planned()
    assert [len(session.cells) for session in whole.sessions] == [2, 2]
    first, second = whole.sessions
    ledger = given.project.ledger
    for record in (*records_of(tmp_path, first, {}), *records_of(tmp_path, second, {})[:1]):
        ledger.put(record)
    ledger.put(records_of(tmp_path, second, {"cpu": "another"})[1])
    plan = planned()
    assert {cell.claim for cell in plan.records} == {"first"}
    assert [(session.claim.id, len(session.cells)) for session in plan.sessions] == [("second", 2)]
    assert [len(session.cells) for session in planned(Mode.FRESH).sessions] == [2, 2]


def records_of(folder: Path, session: Session, facts: Mapping[str, object]) -> list[Record]:
    """The session's records of a machine, in the order of its cells."""
    lab = FakeLab().elsewhere(**facts)
    where = card(facts={**HERE.to_json(), **facts})
    ledger = Ledger(folder / f"of-{len(facts)}")
    serving = Serving(where, lab, ledger, Progress(), lambda why: None)
    records = Answer.model_validate_json(serving.answer(errand(session))).records
    order = [plan.cell for plan in session.cells]
    return sorted(records, key=lambda record: order.index(record.cell))


class Reader:
    """A null control that has been read already."""

    def __init__(self, *shares: float) -> None:
        self.shares = list(shares)

    def read(self) -> tuple[tuple[float, float], Mapping[str, float]]:
        return (1.0, 1.0), {"others_here": self.shares.pop(0)}


def gate(reader: Reader, patience: float) -> None:
    clock = iter(range(1000))
    until_quiet(
        reader,
        {"others_here": 0.1},
        lambda seen: ("others_here",) if seen["others_here"] > 0.1 else (),
        patience,
        sleep=lambda seconds: None,
        clock=lambda: float(next(clock)),
    )


def test_a_host_is_quiet_when_it_is_so_several_times_in_a_row() -> None:
    """A loud reading in between starts the count again."""
    reader = Reader(0.5, 0.0, 0.0, 0.4, *[0.0] * QUIET_READINGS, 0.9)
    gate(reader, patience=60)
    assert reader.shares == [0.9]


def test_a_host_that_stays_loud_gets_no_work() -> None:
    """What was loud is named with its limit, and what to do."""
    with pytest.raises(EnvironmentFailed, match=r"not quiet.*others_here 0\.5 \(at most 0\.1\).*--patience"):
        gate(Reader(*[0.5] * 20), patience=5)
