"""Cells that are built alike share one box; nothing else about them changes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from macros.claim.catalogue import DEFAULTS
from macros.claim.loading import LoadedClaim, load_catalogue
from macros.claim.scope import cells_of
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.run.host import Host, run_sessions
from macros.run.session import Fault, Session, plan_cell
from macros.run.workplace import workplaces
from tests.fakes import LocalRunner

CLAIM = """\
id: c
kind: {kind}
title: {{en: t, zh: t}}
statement: {{en: s, zh: s}}
source: {{where: "1.1"}}
recorded: confirmed
toolchains: [go1.22]
cases:
  - {{name: one, run_env: {{N: "1"}}}}
  - {{name: two, run_env: {{N: "2"}}}}
  - {{name: built-otherwise, env: {{FLAGS: other}}, run_env: {{N: "1"}}}}
experiment:
  build: echo "[$FLAGS] [$N]" >built; echo built >>builds
  env: {{FLAGS: usual, N: from the build}}
  run: |
    {before}
    echo "{{\\"metric\\": \\"n\\", \\"value\\": $N{unit}}}"
    echo "{{\\"metric\\": \\"builds\\", \\"value\\": $(wc -l <builds)}}"
    cat built
  samples: {samples}
metrics:
  n: {{from: json{metric_unit}}}
  builds: {{from: json}}
expect:
  - {{metric: n, {expected}}}
controls:
  - {{name: three, expected: refuted, because: {{en: b, zh: b}}, case: one, run_env: {{N: "3"}}}}
  - {{name: in-the-build-as-well, expected: refuted, because: {{en: b, zh: b}}, case: one, env: {{N: "4"}}}}
"""

INSPECTING = {
    "kind": "inspect", "before": ":", "unit": "", "metric_unit": "", "samples": "{}", "expected": "at_most: 2",
}  # fmt: skip
MEASURING = {
    "kind": "measure", "before": ":", "unit": ', \\"unit\\": \\"ms\\"', "metric_unit": ", unit: ms",
    "samples": "{at_least: 4, at_most: 8, warm_up: 1}", "expected": "below: 2.5 ms",
}  # fmt: skip
SHARING = {"one", "two", "three"}


def claim(tmp_path: Path, kind: dict[str, str], **changed: str) -> LoadedClaim:
    folder = tmp_path / "claims" / "c"
    folder.mkdir(parents=True)
    (folder / "claim.yml").write_text(CLAIM.format(**{**kind, **changed}))
    catalogue, problems = load_catalogue(tmp_path / "claims")
    assert problems == []
    return catalogue.claims["c"]


def session_of(loaded: LoadedClaim) -> Session:
    facts = {"image": "sha256:1", "image_content": "i"}
    cells = [cell for group in cells_of(loaded.claim, ("go1.22",), DEFAULTS) for cell in group]
    plans = [plan_cell(loaded, cell, "image", facts) for cell in cells]
    return Session(claim=loaded.claim, folder=str(loaded.folder), files=loaded.files, cells=tuple(plans), breadth=1)


def run(tmp_path: Path, session: Session) -> tuple[LocalRunner, dict[str, Record | Fault]]:
    """All cells, by the name of the control or the case."""
    runner = LocalRunner()
    ended: dict[str, Record | Fault] = {}

    def report(result: Record | Fault) -> None:
        name = result.cell.control or result.cell.case
        assert name not in ended
        ended[name] = result

    run_sessions(Host(runner, Ledger(tmp_path / "ledger"), patience=0), [session], report)
    return runner, ended


def values(results: dict[str, Record | Fault], names: Sequence[str] | set[str], metric: str) -> dict[str, set[object]]:
    found = {}
    for name in names:
        record = results[name]
        assert isinstance(record, Record), record
        found[name] = {seen.readings[metric] for seen in record.evidence.observations}
    return found


def test_cells_share_a_place_only_if_nothing_but_run_env_differs(tmp_path: Path) -> None:
    """Another variable of the build, or a control that changes one, has a place of its own."""
    session = session_of(claim(tmp_path, INSPECTING))
    places = workplaces(session.cells, 1, random.Random(1))
    names = [{plan.cell.control or plan.cell.case for plan in plans} for _, plans in places]
    assert sorted(map(sorted, names)) == [["built-otherwise"], ["in-the-build-as-well"], sorted(SHARING)]


@pytest.mark.parametrize("kind", [INSPECTING, MEASURING], ids=["inspecting", "measuring"])
def test_each_run_finds_its_own_variables_and_the_build_none_of_them(tmp_path: Path, kind: dict[str, str]) -> None:
    """So a cell in a shared box comes to what it comes to alone."""
    _, ended = run(tmp_path, session_of(claim(tmp_path, kind)))
    assert len(ended) == 5
    found = {name: {str(value) for value in seen} for name, seen in values(ended, set(ended), "n").items()}
    expected = {"one": "1", "two": "2", "built-otherwise": "1", "three": "3", "in-the-build-as-well": "4"}
    assert {name: {value.split()[0].removesuffix(".0") for value in seen} for name, seen in found.items()} == {
        name: {value} for name, value in expected.items()
    }
    for name, result in ended.items():
        assert isinstance(result, Record)
        built = next(output.stdout for output in result.outputs if output.stage == "run").splitlines()[-1]
        assert built == {
            "built-otherwise": "[other] [from the build]", "in-the-build-as-well": "[usual] [4]",
        }.get(name, "[usual] [from the build]")  # fmt: skip


@pytest.mark.parametrize("kind", [INSPECTING, MEASURING], ids=["inspecting", "measuring"])
def test_what_is_built_alike_is_built_once(tmp_path: Path, kind: dict[str, str]) -> None:
    """Three boxes for five cells, each built once."""
    runner, ended = run(tmp_path, session_of(claim(tmp_path, kind)))
    used = [spec for spec in runner.opened if spec.claim == "c"]
    assert len(used) == 3
    assert {float(str(value)) for seen in values(ended, set(ended), "builds").values() for value in seen} == {1.0}


@pytest.mark.parametrize("kind", [INSPECTING, MEASURING], ids=["inspecting", "measuring"])
def test_a_cell_that_takes_the_box_with_it_leaves_the_others_unharmed(tmp_path: Path, kind: dict[str, str]) -> None:
    """It alone has no result; the others go on in boxes of their own, and keep all that they had."""
    deadly = claim(tmp_path, kind, before='if [ "$N" = 2 ]; then kill -9 $PPID; sleep 5; fi')
    _, ended = run(tmp_path, session_of(deadly))
    assert isinstance(ended.pop("two"), Fault)
    assert len(ended) == 4 and all(isinstance(result, Record) for result in ended.values())
    assert {float(str(value)) for seen in values(ended, set(ended), "builds").values() for value in seen} == {1.0}
    for result in ended.values():
        assert isinstance(result, Record)
        rounds = [seen.round for seen in result.evidence.observations]
        assert rounds == list(range(len(rounds))) and len(rounds) >= 3


def test_cells_of_a_shared_place_run_in_the_same_layouts(tmp_path: Path) -> None:
    """The ones that their place was built in, each of them at least once; another place draws its own."""
    _, ended = run(tmp_path, session_of(claim(tmp_path, MEASURING)))
    layouts = {}
    for name, result in ended.items():
        assert isinstance(result, Record)
        layouts[name] = {seen.layout for seen in result.evidence.observations}
        assert len(layouts[name]) == 4
    assert layouts["one"] == layouts["two"] == layouts["three"]
    assert layouts["one"] != layouts["built-otherwise"]  # one layout of them may be drawn twice by chance
