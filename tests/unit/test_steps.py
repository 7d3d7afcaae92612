"""The program's steps, with real processes but no engine: what runs, what is believed, and where a value comes from."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from macros import steps
from macros.claim.cell import Cell
from macros.claim.fields import VerdictName
from macros.ledger.record import read_record, write_record
from macros.problems import EnvironmentFailed, InvalidInput
from macros.results.catalogue import CatalogueResult, Selection, State
from macros.run.explain import Explained, explain
from macros.run.plan import Mode
from macros.run.progress import Progress
from tests.builders import printing_claim, with_settings
from tests.fake_lab import FakeLab

Write = Callable[..., Path]


@pytest.fixture
def catalogue(tmp_path: Path) -> Write:
    """Writes a claim into a small catalogue with the project's own pins; returns the claims' folder."""
    claims = with_settings(tmp_path / "claims")

    def write(name: str, kind: str = "inspect", before: str = ":") -> Path:
        expect = "at_most: 10 B" if kind == "inspect" else "below: 11 B"
        samples = "at_least: 4, at_most: 40, warm_up: 0"
        printing_claim(claims, name, kind=kind, before=before, expect=expect, unit="B", samples=samples)
        return claims

    return write


class Counting(Progress):
    """Notes which cells ran."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def ends(self, cell: Cell, fault: object) -> None:
        self.ran.append(str(cell))


def run(claims: Path, lab: FakeLab, mode: Mode = Mode.AUTO) -> tuple[CatalogueResult, list[str]]:
    """Execute the whole catalogue; also the cells that ran for it."""
    inputs = steps.load(claims)
    progress = Counting()
    results = steps.execute(inputs, inputs.catalogue.select(()), mode=mode, progress=progress, lab=lab)
    return results, sorted(progress.ran)


def states(results: CatalogueResult) -> set[State]:
    return {cell.state for claim in results.claims.values() for cell in claim.every_cell()}


def test_what_has_a_result_of_this_machine_does_not_run_again(catalogue: Write) -> None:
    """Neither runs anything the second time nor asks for an image."""
    claims = catalogue("inspecting")
    catalogue("measuring", kind="measure")
    lab = FakeLab()
    results, ran = run(claims, lab)
    assert len(ran) == 4
    assert {claim.finding.verdict for claim in results.claims.values()} == {VerdictName.CONFIRMED}
    again = FakeLab()
    assert run(claims, again)[1] == []
    assert again.asked == []
    assert states(results) == {State.FRESH}


@pytest.mark.parametrize(
    "other", [{"cpu": "B"}, {"cores": 64}, {"kernel": "6.2"}, {"numa_nodes": 2}, {"counters": True}, {"runc": "2"}]
)
def test_on_another_machine_what_asks_about_the_machine_runs_and_nothing_else(
    catalogue: Write, other: dict[str, object]
) -> None:
    """An inspecting cell's result holds on every machine of the architecture; a measured one's on its own."""
    claims = catalogue("inspecting")
    catalogue("measuring", kind="measure")
    run(claims, FakeLab())
    assert run(claims, FakeLab().elsewhere(**other))[1] == [
        "measuring [go1.22, control other]",
        "measuring [go1.22, default]",
    ]


def test_on_another_architecture_everything_runs(catalogue: Write) -> None:
    """What a compiler says there is another statement."""
    claims = catalogue("inspecting")
    run(claims, FakeLab())
    assert len(run(claims, FakeLab().elsewhere(architecture="aarch64"))[1]) == 2


def test_a_frozen_run_takes_any_machine_s_results_and_says_which(catalogue: Write) -> None:
    """It asks nothing of an engine: there may be none."""
    claims = catalogue("inspecting")
    catalogue("measuring", kind="measure")
    run(claims, FakeLab())
    nowhere = FakeLab().elsewhere(architecture="riscv64", cpu="B", cores=1)
    nowhere.gone = "no engine"
    results, ran = run(claims, nowhere, Mode.FROZEN)
    assert ran == []
    assert states(results) == {State.FROZEN}
    assert [facts["cpu"] for facts in results.machines.values()] == ["Example CPU"]
    with pytest.raises(EnvironmentFailed, match="no engine"):
        run(claims, nowhere, Mode.AUTO)


def test_a_frozen_run_without_a_result_names_the_cells_and_the_next_step(catalogue: Write) -> None:
    """And an older ledger, if that is why."""
    claims = catalogue("inspecting")
    old = claims.parent / ".ledger" / "records" / "ab" / "x.json"
    old.parent.mkdir(parents=True)
    old.write_text("{}", encoding="utf-8")
    with pytest.raises(EnvironmentFailed, match=r"inspecting \[go1.22.*1 records of an older form.*claims import FILE"):
        run(claims, FakeLab(), Mode.FROZEN)


def test_records_of_an_older_form_are_named_with_the_next_step(catalogue: Write) -> None:
    """They are not read and not removed."""
    claims = catalogue("inspecting")
    old = claims.parent / ".ledger" / "records" / "ab" / "x.json"
    old.parent.mkdir(parents=True)
    old.write_text("{}", encoding="utf-8")
    results, ran = run(claims, FakeLab())
    assert len(ran) == 2
    assert ["claims prune" in warning for warning in results.warnings] == [True]
    assert old.exists()


def test_a_fresh_run_believes_no_record_that_lies_in_the_ledger(catalogue: Write) -> None:
    """The published site is built so. Whoever could plant a result, in a cache say, would else have it published."""
    claims = catalogue("inspecting")
    run(claims, FakeLab())
    paths = sorted((claims.parent / ".ledger" / "records").rglob("*.json"))
    one, other = (read_record(path.read_text("utf-8")) for path in paths)  # the cell and its control
    for path, record, evidence in ((paths[0], one, other.evidence), (paths[1], other, one.evidence)):
        path.write_text(write_record(record.model_copy(update={"evidence": evidence})), "utf-8")
    assert run(claims, FakeLab())[0].claims["inspecting"].finding.verdict is not VerdictName.CONFIRMED
    results, ran = run(claims, FakeLab(), Mode.FRESH)
    assert results.claims["inspecting"].finding.verdict is VerdictName.CONFIRMED
    assert len(ran) == 2


def of_an_older_form(text: str) -> str:
    """A record as it would be if its form were the one before: its digest is right."""
    begin = text.index("{", 1)
    body = text[begin:].removesuffix("}\n").replace('"schema": 4', '"schema": 3')
    assert '"schema": 3' in body
    head = re.sub("[0-9a-f]{64}", sha256(body.encode()).hexdigest(), text[:begin])
    return head + body + "}\n"


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:100],
        lambda text: "",
        lambda text: "\0" * len(text),  # what some file systems leave after a loss of power
        lambda text: text + text,
        lambda text: text.replace("10", "11"),
        of_an_older_form,
    ],
    ids=["cut", "empty", "zeros", "twice", "edited", "older"],
)
def test_a_damaged_record_is_named_and_its_cell_runs_again(catalogue: Write, damage: Callable[[str], str]) -> None:
    """The others stay."""
    claims = catalogue("inspecting")
    run(claims, FakeLab())
    path = next((claims.parent / ".ledger" / "records").glob("*/*.json"))
    path.write_text(damage(path.read_text("utf-8")), encoding="utf-8")
    results, ran = run(claims, FakeLab())
    assert len(ran) == 1
    assert [str(path) in warning and "set aside" in warning for warning in results.warnings] == [True]
    assert run(claims, FakeLab())[1] == []


def test_a_claim_that_fails_loses_only_itself(catalogue: Write) -> None:
    """The others have their verdicts; the failure has its file and line."""
    claims = catalogue("works")
    catalogue("fails", before="exit 3")
    results, ran = run(claims, FakeLab())
    assert len(ran) == 4
    assert list(results.claims) == ["works"]
    assert (results.selection, results.lost) == (None, ("fails",))
    assert len(results.problems) == 2
    assert all("exit status 3" in str(problem) for problem in results.problems)
    assert str(results.problems[0]).startswith(f"{claims / 'fails' / 'claim.yml'}:11:3:")
    assert not results.failed_by_environment
    with pytest.raises(InvalidInput):
        steps.require_whole(results)


def test_a_box_that_cannot_be_made_loses_only_its_claim(catalogue: Write) -> None:
    """It is the environment's failure, and no reason to end the others' run."""
    claims = catalogue("works")
    catalogue("strange")
    lab = FakeLab()
    lab.unopenable = "strange"
    results, _ = run(claims, lab)
    assert list(results.claims) == ["works"]
    assert results.failed_by_environment
    with pytest.raises(EnvironmentFailed, match="this box cannot be made"):
        steps.require_whole(results)


def test_an_image_with_another_content_is_another_experiment(catalogue: Write) -> None:
    """Whatever its recipe: a newer compiler in it may say something else."""
    claims = catalogue("inspecting")
    run(claims, FakeLab())
    assert len(run(claims, FakeLab(content="d" * 64), Mode.FRESH)[1]) == 2
    inputs = steps.load(claims)
    ledger = inputs.project.ledger
    assert [image["image_content"][0] for image in ledger.images("e" * 64)] == ["d", "c"]


def test_an_export_is_built_from_elsewhere_and_its_values_say_so(catalogue: Write, tmp_path: Path) -> None:
    """A ledger made on one machine gives the verdicts on another that never ran anything."""
    claims = catalogue("inspecting")
    catalogue("measuring", kind="measure")
    there, _ = run(claims, FakeLab())
    inputs = steps.load(claims)
    assert steps.export_records(inputs, (), tmp_path / "ledger.json") == 4
    shutil.rmtree(claims.parent / ".ledger")
    assert steps.import_records(inputs, [tmp_path / "ledger.json"]).added == 4
    here, ran = run(claims, FakeLab().elsewhere(cpu="B"), Mode.FROZEN)
    assert ran == []
    assert states(here) == {State.IMPORTED}
    assert here.machines == there.machines
    assert {name: claim.finding for name, claim in here.claims.items()} == {
        name: claim.finding for name, claim in there.claims.items()
    }


def test_a_narrowed_run_says_to_what(catalogue: Write) -> None:
    """Its feed must not pass for the whole catalogue's."""
    claims = catalogue("one")
    catalogue("two")
    inputs = steps.load(claims)
    whole = steps.execute(inputs, inputs.catalogue.select(()), mode=Mode.AUTO, lab=FakeLab())
    part = steps.execute(inputs, inputs.catalogue.select(("one",)), mode=Mode.AUTO, lab=FakeLab())
    assert whole.selection is None
    assert part.selection == Selection(("one",), ())


def test_what_was_asked_for_is_said_whatever_came_of_it(catalogue: Write) -> None:
    """A claim that failed belongs to what a run was narrowed to, and all claims are not listed one by one."""
    claims = catalogue("works")
    catalogue("fails", before="exit 3")
    catalogue("other")
    inputs = steps.load(claims)
    two = steps.execute(inputs, inputs.catalogue.select(("fails", "works")), mode=Mode.AUTO, lab=FakeLab())
    assert two.selection is not None
    assert (set(two.selection.claims), two.lost) == ({"fails", "works"}, ("fails",))
    of_one = steps.execute(
        inputs, inputs.catalogue.select(()), mode=Mode.AUTO, only_toolchains=["go1.22"], lab=FakeLab()
    )
    assert of_one.selection == Selection((), ("go1.22",))


def explained(claims: Path, lab: FakeLab) -> dict[str, Explained]:
    inputs = steps.load(claims)
    images = {"go1.22": inputs.project.ledger.images(lab.recipe)}
    return {one.cell.claim: one for one in explain(inputs, inputs.catalogue.select(()), images, lab.facts.to_json())}


def test_why_names_the_part_that_changed_and_in_which_half(catalogue: Write) -> None:
    """A program's edit belongs to the experiment, another kernel to the machine."""
    claims = catalogue("inspecting")
    catalogue("measuring", kind="measure")
    assert {one.because for one in explained(claims, FakeLab()).values()} == {"no-image"}
    run(claims, FakeLab())
    assert {one.because for one in explained(claims, FakeLab()).values()} == {"kept"}
    (claims / "inspecting" / "data.txt").write_text("new", encoding="utf-8")
    now = explained(claims, FakeLab().elsewhere(kernel="6.2"))
    assert (now["inspecting"].because, now["inspecting"].experiment, now["inspecting"].machine) == (
        "changed", ("the program files",), (),
    )  # fmt: skip
    assert (now["measuring"].because, now["measuring"].experiment, now["measuring"].machine) == (
        "changed", (), ("the kernel",),
    )  # fmt: skip


def test_prune_keeps_what_the_catalogue_asks_for_on_any_machine(catalogue: Write) -> None:
    """And removes the results of programs that are no more."""
    claims = catalogue("measuring", kind="measure")
    run(claims, FakeLab())
    run(claims, FakeLab().elsewhere(cpu="B"))
    (claims / "measuring" / "data.txt").write_text("new", encoding="utf-8")
    run(claims, FakeLab())
    inputs = steps.load(claims)
    assert len(list(inputs.project.ledger.addresses())) == 6
    assert steps.prune(inputs, FakeLab()) == 4
    assert run(claims, FakeLab())[1] == []


def test_prune_removes_nothing_while_an_image_of_today_s_recipe_is_unknown(catalogue: Write) -> None:
    """An edited Dockerfile is no reason to throw hours of results away: build the images first."""
    claims = catalogue("inspecting")
    run(claims, FakeLab())
    inputs = steps.load(claims)
    with pytest.raises(EnvironmentFailed, match=r"go1\.22.*claims images"):
        steps.prune(inputs, FakeLab(recipe="f" * 64))
    assert len(list(inputs.project.ledger.addresses())) == 2


@pytest.mark.parametrize("mode", [Mode.AUTO, Mode.FROZEN])
def test_an_expectation_that_the_stored_readings_cannot_answer_is_a_problem_with_a_line(
    catalogue: Write, mode: Mode
) -> None:
    """A number was stored and the edited expectation asks for words: no traceback, no verdict, and the others go on."""
    claims = catalogue("edited")
    catalogue("sound")
    run(claims, FakeLab())
    path = claims / "edited" / "claim.yml"
    path.write_text(path.read_text("utf-8").replace("at_most: 10 B", "equals: true"), encoding="utf-8")
    results, _ = run(claims, FakeLab(), mode)
    assert list(results.claims) == ["sound"]
    assert all(str(problem).startswith(f"{path}:") for problem in results.problems)
    assert "cannot be compared" in str(results.problems[0])
