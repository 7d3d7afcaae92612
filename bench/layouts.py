"""How far the layout of the code moves what is measured: `make bench-layouts`. Takes about a quarter of an hour.

Every claim that measures times, in its first case and its newest toolchain, is built in eight layouts and run in each
of them equally often, in rounds, as in a session. Of each figure that is judged the table gives how far the medians of
the layouts lie apart, and what share of the scatter that makes. It goes to bench/layouts.json, worst first, and from
there to the site's page on trust; claims that are run alone replace their own lines there and leave the others.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from bench.checks import named, today
from macros import steps
from macros.claim.layouts import layouts_of
from macros.claim.loading import LoadedClaim
from macros.claim.scope import cells_of
from macros.evidence.observation import Evidence, Observation
from macros.lab import machine
from macros.lab.box import Runner
from macros.lab.engine.runner import DockerRunner
from macros.lab.images import building
from macros.lab.setup import Leave
from macros.results.layout_effects import SURELY, LayoutEffect, read_layout_effects, write_layout_effects
from macros.run import arranged
from macros.run.arranged import Layouts
from macros.run.plan import Inputs, session_of
from macros.run.processes import CellFailed, OutputLost, Processes
from macros.run.session import Session, plan_cell
from macros.run.workplace import Workplace
from macros.verdict.describing import subject_of
from macros.verdict.layouts import ByLayout
from macros.verdict.quantities import CannotJudge
from macros.verdict.statistical import series

ROOT = Path(__file__).parents[1]
LAYOUTS = 8
ROUNDS = 5
"""Of each layout."""


def of_claim(inputs: Inputs, loaded: LoadedClaim, runner: Runner, rng: random.Random) -> Iterator[LayoutEffect]:
    """What the layouts do to each of a claim's judged figures; nothing where the machine lacks the means."""
    own, _ = cells_of(loaded.claim, inputs.toolchains.names, inputs.catalogue.settings)
    cell = [each for each in own if each.case == own[0].case][-1]
    facts = building.ensure(inputs.toolchains, [cell.toolchain], root=ROOT, leave=Leave.given())[cell.toolchain]
    described = facts.describe()
    session = session_of(inputs, loaded, (plan_cell(loaded, cell, described["image"], described),))
    with machine.alone():
        evidence = _measured(session, runner, rng)
    judged = [each for each in loaded.claim.expect if each.statistical and each.applies_to(cell.case)]
    for subject, expectation in {subject_of(loaded.claim, each): each for each in judged}.items():
        sample = ByLayout.of(series(loaded.claim, expectation, evidence))
        medians = tuple(sorted(statistics.median(group) for group in sample.groups.values()))
        if medians:
            apart = medians[-1] / medians[0] - 1 if medians[0] > 0 else None
            name = f"{subject.metric} {subject.of}/{subject.over}" if subject.of else subject.metric
            yield LayoutEffect(
                cell.claim, cell.toolchain, cell.case, name, subject.unit, medians, apart, sample.share,
                sample.differ(SURELY), today(), named(runner.facts()),
            )  # fmt: skip


def _measured(session: Session, runner: Runner, rng: random.Random) -> Evidence:
    """So many rounds in each layout."""
    (plan,) = session.cells
    numbers = arranged.drawn(LAYOUTS, rng)
    layouts = Layouts(numbers, rng)
    processes = Processes(session, plan, runner, rng, Workplace(numbers))
    processes.open()
    try:
        if processes.probe() is not None:
            return Evidence()
        built = processes.build(numbers)
        for layout in numbers:
            for arm in plan.arms:
                processes.warm_up(arm, layout)
        runner.settle()
        seen = []
        for number in range(LAYOUTS * ROUNDS):
            for arm in session.arms(plan, number):
                ran = processes.run(arm, layouts.of(number))
                seen.append(Observation(arm, number, ran.seconds, ran.readings, layouts.of(number)))
        return Evidence(tuple(seen), built)
    finally:
        processes.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these claims")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    console = Console()
    rng = random.Random(given.seed)
    inputs = steps.load(ROOT / "claims")
    selected = [one for one in inputs.catalogue.select(tuple(given.ids)) if layouts_of(one.claim) > 1]
    kept = list(read_layout_effects(ROOT))
    with DockerRunner() as runner:
        for loaded in selected:
            try:
                found = list(of_claim(inputs, loaded, runner, rng))
            except (CellFailed, OutputLost, CannotJudge) as failure:
                console.print(f"{loaded.claim.id}: {failure}", markup=False, soft_wrap=True)
                continue
            for one in found:
                share = "" if one.share is None else f", {one.share:.0%} of the scatter"
                moves = "an unknown factor" if one.apart is None else f"{one.apart:.1%}"
                sure = "" if one.differ else ", which may be chance"
                console.print(f"{one.claim}: {one.figure} moves by {moves}{share}{sure}", markup=False, soft_wrap=True)
            kept = [one for one in kept if one.claim != loaded.claim.id] + found
            write_layout_effects(ROOT, kept)


if __name__ == "__main__":
    main()
