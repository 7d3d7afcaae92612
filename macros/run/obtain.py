"""How the cells of the selected claims come by their records: looked up, or run where that is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from macros.claim.loading import LoadedClaim
from macros.claim.scope import cells_of
from macros.lab.box import Runner
from macros.lab.laboratory import DockerLab, Lab
from macros.lab.setup import Leave
from macros.ledger.record import Record
from macros.problems import Problem
from macros.run.host import Host, run_sessions
from macros.run.plan import Images, Inputs, Mode, Plan, make_plan, require_all
from macros.run.progress import Progress
from macros.run.session import Fault


@dataclass
class Faults:
    """What went wrong with single cells."""

    found: list[Fault] = field(default_factory=list)

    @property
    def of_environment(self) -> bool:
        return any(fault.environment for fault in self.found)

    def problems(self, inputs: Inputs) -> tuple[Problem, ...]:
        """With the file and line of each."""
        claims = inputs.catalogue.claims
        return tuple(
            sorted({claims[one.cell.claim].document.problem(one.where, one.what, one.fix) for one in self.found})
        )


def lab_of(inputs: Inputs) -> Lab:
    """The lab of this machine's engine, with the catalogue's pins and recipe."""
    return DockerLab(inputs.toolchains, inputs.catalogue.dockerfile.parent)


def look_up(inputs: Inputs, lab: Lab, selected: Sequence[LoadedClaim], toolchains: tuple[str, ...]) -> Plan:
    """What the ledger has, from any machine. Raises EnvironmentFailed where it lacks a result."""
    images = noted_images(inputs, lab, needed_toolchains(inputs, selected, toolchains))
    plan = make_plan(inputs, selected, toolchains, only_noted(images), None, Mode.FROZEN)
    require_all(inputs, plan, [name for name, ways in images.items() if not ways])
    return plan


def run_missing(
    inputs: Inputs,
    lab: Lab,
    selected: Sequence[LoadedClaim],
    toolchains: tuple[str, ...],
    mode: Mode,
    leave: Leave,
    progress: Progress,
) -> tuple[Plan, Faults]:
    """Run what has no result of this machine, and look everything up.

    Images are built only where something must run. Their content may then differ from what was noted.
    """
    needed = needed_toolchains(inputs, selected, toolchains)
    if not needed:
        return Plan(), Faults()
    lab.ready(leave, progress.image)
    noted = noted_images(inputs, lab, needed)
    if mode is Mode.FRESH or not all(noted[name] for name in needed):
        ensure_images(inputs, lab, needed, leave, progress)
        noted = noted_images(inputs, lab, needed)
    with lab.runner() as runner:
        facts = runner.facts().to_json()
        plan = make_plan(inputs, selected, toolchains, noted, facts, mode)
        if plan.missing:
            ensure_images(inputs, lab, sorted({cell.toolchain for cell in plan.missing}), leave, progress)
            built = noted_images(inputs, lab, needed)
            if built != noted:
                plan = make_plan(inputs, selected, toolchains, built, facts, mode)
        return plan, _run(inputs, plan, runner, progress)


def _run(inputs: Inputs, plan: Plan, runner: Runner, progress: Progress) -> Faults:
    faults = Faults()

    def report(result: Record | Fault) -> None:
        if isinstance(result, Fault):
            faults.found.append(result)
        else:
            plan.records[result.cell] = result

    if plan.sessions:
        run_sessions(Host(runner, inputs.project.ledger), plan.sessions, report, progress)
    return faults


def needed_toolchains(inputs: Inputs, selected: Sequence[LoadedClaim], toolchains: tuple[str, ...]) -> list[str]:
    """The toolchains of all cells; a control may run in another one than its claim."""
    settings = inputs.catalogue.settings
    by_claim = [cells_of(loaded.claim, toolchains, settings) for loaded in selected]
    return sorted({cell.toolchain for both in by_claim for cells in both for cell in cells})


def ensure_images(
    inputs: Inputs, lab: Lab, names: Sequence[str], leave: Leave, progress: Progress
) -> dict[str, dict[str, str]]:
    """Build or find images, and note what they hold: what a record says of each."""
    images = {name: dict(facts) for name, facts in lab.images(names, leave, progress.image).items()}
    for name, recipe in lab.recipes(names).items():
        inputs.project.ledger.note_image(recipe, images[name])
    return images


def noted_images(inputs: Inputs, lab: Lab, names: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """What the ledger notes of the images that today's recipes gave, by toolchain, the newest first."""
    return {name: inputs.project.ledger.images(recipe) for name, recipe in lab.recipes(names).items()}


def only_noted(images: Images) -> Images:
    """A stand-in for an image that is not noted: no record can have its content."""
    nothing = {"image": "", "image_content": "unknown"}
    return {name: ways or [nothing] for name, ways in images.items()}
