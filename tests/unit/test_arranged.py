"""A cell in several layouts: built in each, run in each equally often, and the same for both sides of a comparison."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from macros.claim.loading import load_catalogue
from macros.evidence.observation import Evidence
from macros.run.arranged import LONGEST_PADDING, MOVES, OWN, Layouts, drawn, entering, kind_of, making, padded
from macros.run.cell import Measured
from macros.run.session import Fault
from tests.conftest import ROOT
from tests.fakes import LocalRunner
from tests.unit.test_running import HEAD, Make, claim, half_a_record, run

__all__ = ["claim"]

BUILT = """
experiment:
  build: |
    echo "in layout ${CLAIMS_LAYOUT:-0}" >built
    printf '{"metric": "built", "value": %s}\\n' "BUILT"
  arms:
    a: |
      grep -q "in layout ${CLAIMS_LAYOUT:-0}" built
      printf '{"metric": "t", "value": 3, "unit": "us"}\\n{"metric": "n", "value": %s}\\n' "${CLAIMS_LAYOUT:-0}"
    b: |
      printf '{"metric": "t", "value": 1, "unit": "us"}\\n{"metric": "n", "value": %s}\\n' "${#CLAIMS_PADDING}"
  samples: {at_least: 8, at_most: 60}
metrics:
  t: {from: json, unit: ms}
  n: {from: json}
  built: {from: json, stage: build}
expect:
  - {ratio: {metric: t, of: a, over: b}, above: 2}
controls:
  - {name: other, expected: refuted, because: {en: b, zh: b}, env: {A: b}}
"""
ALIKE = BUILT.replace("BUILT", "1")


def measured(claim: Make, body: str = ALIKE, before: Evidence | None = None, **files: str) -> Measured:
    loaded = claim(body, kind="measure", **files)
    ended = run(loaded, before=None if before is None else half_a_record(loaded, before))
    assert isinstance(ended, Measured), ended
    return ended


def test_every_layout_is_built_and_run_equally_often(claim: Make) -> None:
    """Four, each in a folder of its own; what runs is what was built there."""
    seen = measured(claim, data_txt="x").evidence.observations
    assert len({one.layout for one in seen}) == 4
    assert OWN not in {one.layout for one in seen}
    assert all(one.readings["n"] == one.layout for one in seen if one.arm == "a")
    rounds = Counter(layout for _, layout in {(one.round, one.layout) for one in seen})
    assert max(rounds.values()) - min(rounds.values()) <= 1


def test_both_sides_of_a_round_have_its_layout_and_take_turns_to_be_first(claim: Make) -> None:
    """One process of each arm a round: A B, then B A."""
    seen = measured(claim).evidence.observations
    assert [one.arm for one in seen[:8]] == list("abbaabba")
    assert [one.round for one in seen[:4]] == [0, 0, 1, 1]
    assert len({(one.round, one.layout) for one in seen}) == len({one.round for one in seen}) == len(seen) / 2


def test_the_environment_of_each_process_is_of_another_size(claim: Make) -> None:
    """It moves the stack."""
    sizes = [one.readings["n"] for one in measured(claim).evidence.observations if one.arm == "b"]
    assert len(set(sizes)) > len(sizes) / 2
    assert all(0 <= size <= LONGEST_PADDING for size in sizes)  # type: ignore[operator]


def test_a_size_is_measured_in_the_compilers_own_layout(claim: Make) -> None:
    """And so is a claim that says so, with its reason."""
    one = ALIKE.replace("  samples:", "  layouts: {count: 1, because: {en: e, zh: z}}\n  samples:")
    for body in (one, ALIKE.replace("unit: ms", "unit: B").replace('"us"', '"kB"')):
        assert {seen.layout for seen in measured(claim, body).evidence.observations} == {OWN}


def test_a_build_that_reads_otherwise_in_another_layout_is_a_fault(claim: Make) -> None:
    """It would describe no more than one of the programs that are run."""
    fault = run(claim(BUILT.replace("BUILT", "${CLAIMS_LAYOUT:-0}"), kind="measure"))
    assert isinstance(fault, Fault)
    assert "build reads built as " in fault.what
    assert fault.where == ("experiment", "build")


def test_a_continued_cell_goes_on_in_other_layouts(claim: Make) -> None:
    """What it shows then rests on more of them."""
    whole = measured(claim).evidence
    some = Evidence(tuple(one for one in whole.observations if one.round < 6), sessions=whole.sessions)
    layouts = {one.layout for one in measured(claim, before=some).evidence.observations}
    assert {one.layout for one in some.observations} < layouts
    assert len(layouts) == 8


@pytest.mark.parametrize("count", [4, 8, 12])
def test_a_set_of_layouts_has_as_many_of_each_kind(count: int) -> None:
    """Drawn regardless of it, four of four were once of the kind in which a loop takes twice as long."""
    for seed in range(20):
        rng = random.Random(seed)
        first = drawn(count, rng)
        for numbers in (first, drawn(count, rng, first)):
            assert set(Counter(map(kind_of, numbers)).values()) == {count // 4}
            assert len(set(numbers)) == count
    assert len({drawn(2, random.Random(seed))[0] for seed in range(20)}) == 20


def test_the_kind_of_a_layout_is_what_the_c_compiler_makes_of_its_number() -> None:
    """Whether functions begin at lines, and by how many times 16 bytes the code is moved."""
    compiler = (ROOT / "macros" / "lab" / "inside" / "gcc").read_text("utf-8")
    assert f"LAYOUT_BYTES=$((layout % {MOVES} * 16 + 16))" in compiler
    assert "$([ $((layout % 2)) = 0 ] || echo -falign-functions=64)" in compiler
    assert [kind_of(number) for number in (250, 251, 252, 253)] == [
        (False, False), (True, False), (False, True), (True, False),
    ]  # fmt: skip


def test_layouts_are_drawn_and_each_set_of_rounds_has_all_of_them() -> None:
    """In an order of its own each time, and the same round has the same layout when it is run again."""
    numbers = drawn(4, random.Random(1))
    layouts = Layouts(numbers, random.Random(1))
    for first in range(0, 40, 4):
        assert {layouts.of(place) for place in range(first, first + 4)} == set(numbers)
    assert layouts.of(5) == layouts.of(5)
    assert len({layouts.of(place) for place in range(0, 40, 4)}) > 1
    assert drawn(4, random.Random(2)) != numbers
    assert not set(drawn(4, random.Random(1), numbers)) & set(numbers)


def test_the_compilers_own_layout_is_left_as_it_is() -> None:
    """Nothing is copied and nothing set."""
    assert drawn(1, random.Random(1)) == (OWN,)
    assert making(OWN) == entering(OWN) == ""


def test_a_layout_has_all_files_and_folders_and_none_of_another_layout(tmp_path: Path) -> None:
    """A layout's folder holds what the claim's folder held."""
    from macros.lab.box import BoxSpec

    files = {"a.txt": b"a", "sub/b.txt": b"b"}
    with LocalRunner().open(BoxSpec("image", "c", files=files)) as box:
        assert box.run(making(3) + "echo made >made", deadline=9).status == 0
        said = box.run(making(5) + padded(random.Random(1)) + "find . -type f | sort; echo $CLAIMS_LAYOUT", deadline=9)
    assert said.stdout.decode().split() == ["./a.txt", "./sub/b.txt", "5"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{count: 17, because: {en: b, zh: b}}", "less than or equal to 16"),
        ("{count: 0, because: {en: b, zh: b}}", "greater than or equal to 1"),
        ("{count: 1}", "`because` is missing"),
    ],
)
def test_a_mistake_in_the_layouts_is_told_with_its_line(tmp_path: Path, given: str, said: str) -> None:
    """As every other mistake in a claim file is."""
    (tmp_path / "c").mkdir()
    text = HEAD.format(kind="measure") + ALIKE.replace("  samples:", f"  layouts: {given}\n  samples:")
    (tmp_path / "c" / "claim.yml").write_text(text, encoding="utf-8")
    _, problems = load_catalogue(tmp_path)
    (line,) = [number for number, line in enumerate(text.splitlines(), 1) if "layouts:" in line]
    assert [problem.line for problem in problems] == [line]
    assert said in str(problems[0])
