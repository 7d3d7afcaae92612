"""What another machine showed: written as one file, read with positions, judged by our judge, never mixed in."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from macros import steps
from macros.claim.fields import VerdictName
from macros.problems import InvalidInput
from macros.results.catalogue import CatalogueResult, State
from macros.results.own import file_name, replication_of
from macros.results.replication import ReplicatedMachine, Replication, digest_of
from macros.results.replication_files import MAX_BYTES, MOST_FILES, read_file, read_folder
from tests.fake_lab import HERE
from tests.unit.replicated import catalogue, contribute, edit, replication, run


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Replication]:
    """A small catalogue with our ledger beside it, and what another machine showed of it: measured once."""
    folder = tmp_path_factory.mktemp("ran")
    claims = catalogue(folder)
    run(claims, folder / "ours")
    return folder, replication(claims, folder / "theirs")


@pytest.fixture
def claims(tmp_path: Path, ran: tuple[Path, Replication]) -> Path:
    """A copy of the catalogue."""
    for name in ("claims", "ours"):
        shutil.copytree(ran[0] / name, tmp_path / name)
    return tmp_path / "claims"


@pytest.fixture
def theirs(ran: tuple[Path, Replication]) -> Replication:
    """What the other machine showed."""
    return ran[1]


@pytest.fixture
def file(claims: Path, theirs: Replication) -> Path:
    """That file in its place."""
    return contribute(claims, theirs)


def ours(claims: Path) -> CatalogueResult:
    return run(claims, claims.parent / "ours")


def refused(claims: Path) -> list[str]:
    """What a build says of the replications, by line; an empty list where it builds."""
    try:
        ours(claims)
    except InvalidInput as invalid:
        return [str(problem) for problem in invalid.problems]
    return []


def first_cell(data: Any) -> Any:
    return data["claims"][0]["cells"][0]


def test_a_file_comes_back_as_it_was_written(claims: Path, theirs: Replication) -> None:
    """Evidence, facts and verdicts; and the file's name is one that the folder takes."""
    written = theirs
    found, problems = read_file(contribute(claims, written, file_name(written)))
    assert problems == []
    assert found is not None
    assert found.content == written
    measured = written.claims[1].cells[0]
    assert measured.evidence.sample("n") == [10] * len(measured.processes.arms)
    assert read_folder(found.path.parent)[1] == []


def test_it_is_shown_beside_ours_and_has_no_part_in_our_verdict(claims: Path, file: Path) -> None:
    """Another machine's number is judged by our judge; what we found stays what we found."""

    def slower(data: Any) -> None:
        cell = data["claims"][1]["cells"][0]
        cell["processes"]["readings"]["n"] = [99] * len(cell["processes"]["arms"])

    edit(file, slower)
    result = ours(claims)
    (other,) = result.elsewhere["measuring"]
    assert other.result is not None
    assert other.result.cells[0].judged.finding.verdict is VerdictName.REFUTED
    assert (other.verdict, other.facts["cpu"]) == (VerdictName.INCONCLUSIVE, "Other CPU 7")  # no control confirms
    assert result.claims["measuring"].finding.verdict is VerdictName.CONFIRMED
    (cell,) = result.claims["measuring"].cells
    assert cell.record.evidence.sample("n")[0] == 10
    assert set(result.machines) == {cell.machine}


def test_the_verdict_that_a_file_states_is_not_believed(claims: Path, file: Path) -> None:
    """Only its samples count."""

    def lie(data: Any) -> None:
        data["claims"][1]["verdict"] = "refuted"
        data["claims"][1]["cells"][0]["verdict"] = "refuted"

    edit(file, lie)
    (other,) = ours(claims).elsewhere["measuring"]
    assert other.verdict is VerdictName.CONFIRMED


def test_an_unknown_experiment_stops_the_build_with_its_line(claims: Path, file: Path) -> None:
    """What its image holds may differ, since its engine built it, but then the key does too."""
    key = json.loads(file.read_text("utf-8"))["claims"][1]["cells"][1]["experiment"]
    line = next(number for number, text in enumerate(file.read_text("utf-8").split("\n"), 1) if key in text)
    file.write_text(file.read_text("utf-8").replace(key, "a" * 64), encoding="utf-8")
    seal = digest_of(json.loads(file.read_text("utf-8")))
    sealed = re.sub('"sha256": "[0-9a-f]*"', f'"sha256": "{seal}"', file.read_text("utf-8"))
    file.write_text(sealed, encoding="utf-8")
    (problem,) = refused(claims)
    assert problem.startswith(f"{file}:{line}:")
    assert "unknown experiment" in problem
    assert "claims replicate measuring" in problem


def test_another_image_of_the_same_release_is_the_same_experiment(tmp_path: Path, claims: Path) -> None:
    """Whoever builds it on another day, or from another supplier's base, has other packages in it."""
    contribute(claims, replication(claims, tmp_path / "theirs", content="d" * 64))
    assert ours(claims).elsewhere["measuring"][0].verdict is VerdictName.CONFIRMED


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["claims"][0].update(id="nowhere"), "no claim has the id `nowhere`"),
        (lambda data: first_cell(data).update(image_content="d" * 64), "unknown experiment"),
        (lambda data: first_cell(data).update(release="1.22.1"), "and the catalogue pins"),
        (lambda data: first_cell(data).update(toolchain="go1.99"), "is no cell of that claim"),
        (lambda data: first_cell(data).update(case="other"), "is no cell of that claim"),
        (lambda data: data["claims"][0]["cells"].pop(), "control other] is missing"),
        (lambda data: data["claims"][0]["cells"].append(first_cell(data)), "is there twice"),
        (lambda data: data["claims"].append(data["claims"][0]), "is also in other.json"),
        (lambda data: first_cell(data)["built"].update(x=1), "the claim has no metric `x`"),
        (lambda data: first_cell(data)["processes"]["readings"].update(n=["x", "x", "x"]), "cannot be judged"),
        (lambda data: first_cell(data)["processes"]["rounds"].pop(), "every column must have 3 entries"),
        (lambda data: first_cell(data).update(host="laptop"), "unknown key `host`"),
        (lambda data: data["machine"].update(hostname="laptop"), "unknown key `hostname`"),
        (lambda data: data["machine"].update(kernel="6.1.0-laptop"), "kernel"),
        (lambda data: data["machine"].update(cpu="<script>"), "cpu"),
        (lambda data: data["machine"].update(cpu="/home/me"), "cpu"),
        (lambda data: first_cell(data).update(missing="see /home/me/x"), "somebody's home folder"),
        (lambda data: first_cell(data).update(missing="ask me@example.org"), "e-mail address"),
        (lambda data: first_cell(data).update(missing="at 192.168.1.20"), "IP address"),
        (lambda data: first_cell(data).update(missing="a \u202e b"), "the hidden character U+202E"),
        (lambda data: first_cell(data)["processes"]["readings"].update(n=[10**30] * 3), "a number of 31 digits"),
        (lambda data: first_cell(data)["sessions"][0].update(null_pairs=[[0, 0, 1]]), "null_pairs"),
        (lambda data: data.update(form="executable-claims ledger 1"), "is no replication of this version"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_stops_the_build_with_its_line(
    claims: Path, file: Path, change: Callable[[Any], object], said: str
) -> None:
    """Also where the digest was made anew; lint says the same."""
    edit(file, change)
    problems = refused(claims)
    assert problems
    assert any(said in problem for problem in problems), problems
    assert all(problem.startswith(f"{file}:") for problem in problems)
    with pytest.raises(InvalidInput) as linted:
        steps.read_elsewhere(steps.load(claims))
    assert [str(problem) for problem in linted.value.problems] == problems


def test_a_changed_claim_s_replication_is_of_another_experiment(claims: Path, file: Path) -> None:
    """In every one of its cells; the message says what to do."""
    text = (claims / "inspecting" / "claim.yml").read_text("utf-8")
    (claims / "inspecting" / "claim.yml").write_text(text.replace("printf", "true; printf"), encoding="utf-8")
    problems = refused(claims)
    assert len(problems) == 2
    assert all("unknown experiment" in problem and "replications/earlier" in problem for problem in problems)


def test_a_file_of_an_earlier_experiment_is_named_as_such_where_it_was_put_aside(
    claims: Path, theirs: Replication
) -> None:
    """Its other claims count on; the changed one is not judged; and one that the catalogue lost is left out."""
    contribute(claims, theirs, earlier=True)
    text = (claims / "inspecting" / "claim.yml").read_text("utf-8")
    (claims / "inspecting" / "claim.yml").write_text(text.replace("printf", "true; printf"), encoding="utf-8")
    others = ours(claims).elsewhere
    assert others["inspecting"][0].result is None
    assert others["inspecting"][0].verdict is VerdictName.CONFIRMED
    assert others["measuring"][0].result is not None
    for path in (claims / "inspecting").iterdir():
        path.unlink()
    (claims / "inspecting").rmdir()
    assert list(ours(claims).elsewhere) == ["measuring"]


def test_an_edited_or_cut_file_is_refused_whole(claims: Path, file: Path) -> None:
    """Its digest covers all of it."""
    edit(file, lambda data: first_cell(data).update(verdict="refuted"), sealed=False)
    assert "cut or edited" in refused(claims)[0]
    whole = file.read_text("utf-8")
    file.write_text(whole[: len(whole) // 2], encoding="utf-8")
    assert "is not JSON" in refused(claims)[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"form": 1, "form": 2}', "a key appears twice"),
        (b'{"form": NaN}', "no number"),
        (b"\xff", "is not UTF-8"),
        (b"9" * 5000, "is not JSON"),
        (b" " * (MAX_BYTES + 1), "bytes"),
        (b'{"form": "executable-claims replication 1"}', "its digest does not match"),
    ],
)
def test_hostile_files_are_refused_soon(claims: Path, content: bytes, said: str) -> None:
    """With the file's name and the next step, and never a traceback."""
    folder = claims.parent / "replications"
    folder.mkdir()
    (folder / "bad.json").write_bytes(content)
    (problem,) = refused(claims)
    assert problem.startswith(f"{folder / 'bad.json'}:")
    assert said in problem


def test_only_regular_files_with_plain_names_are_read(claims: Path, file: Path) -> None:
    """Links, hard links, pipes and folders are named and not opened; README.md may be there."""
    folder = file.parent
    (folder / "README.md").write_text("Replications.\n")
    (folder / "link.json").symlink_to(file)
    os.mkfifo(folder / "pipe.json")
    (folder / "folder.json").mkdir()
    (folder / "Upper Case.json").write_text("{}")
    (folder / "note.txt").write_text("")
    found, problems = read_folder(folder)
    assert [one.name for one in found] == ["other.json"]
    said = "\n".join(str(problem) for problem in problems)
    for what in ("is a link", "is a pipe", "is a folder", "`Upper Case.json`", "`note.txt`"):
        assert what in said
    assert len(problems) == 5
    os.link(file, folder / "second.json")
    assert sum("hard link" in str(problem) for problem in read_folder(folder)[1]) == 2


def test_the_folder_itself_may_not_be_a_link_and_holds_so_many_files(tmp_path: Path, claims: Path) -> None:
    """Nobody reviews more."""
    folder = claims.parent / "replications"
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    assert "is a link" in refused(claims)[0]
    folder.unlink()
    folder.mkdir()
    for number in range(MOST_FILES + 1):
        (folder / f"{number}.json").write_text("")
    assert f"more than {MOST_FILES} files" in "\n".join(refused(claims))


def test_of_a_kernel_s_name_only_its_number_is_kept() -> None:
    """The rest is free text, in which whoever built it may have put the name of the machine."""
    facts = {**HERE.to_json(), "kernel": "6.1.0-21-jos-laptop", "cpu": "Intel(R) Core(TM) i7\u200b @ 1.80GHz"}
    machine = ReplicatedMachine.of(facts)
    assert machine.kernel == "6.1.0"
    assert machine.cpu == "Intel(R) Core(TM) i7 @ 1.80GHz"
    assert ReplicatedMachine.of({**facts, "kernel": "laptop"}).kernel == "0"


def test_only_this_machine_s_own_results_are_given_away(claims: Path) -> None:
    """What was imported, stored, or shown by a machine with other facts is named, with the option that runs it here."""
    result = run(claims, claims.parent / "ours", ("measuring",))
    (measured,) = result.claims.values()
    (cell,) = measured.cells
    for other in (
        replace(cell, state=State.IMPORTED),
        replace(cell, state=State.FROZEN),
        replace(cell, record=cell.record.model_copy(update={"facts": {**cell.record.facts, "kernel": "5"}})),
    ):
        changed = replace(measured, cells=(other,))
        with pytest.raises(InvalidInput, match="--fresh"):
            replication_of(replace(result, claims={"measuring": changed}))


def test_nothing_of_a_program_s_output_is_in_the_file(tmp_path: Path, theirs: Replication) -> None:
    """No stream, no script, no path: numbers, and the facts of the machine."""
    text = theirs.text()
    for word in ("printf", "stdout", str(tmp_path), "script", os.uname().nodename):
        assert word not in text
    assert max(len(line) for line in text.splitlines()) < 10_000
