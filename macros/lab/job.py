"""From a claim and a cell to what is run: the scripts, the box, the number of processes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from macros.claim import units
from macros.claim.cell import Cell
from macros.claim.fields import is_go_release
from macros.claim.loading import LoadedClaim
from macros.claim.model import Claim, Control, Experiment
from macros.lab.box import BoxSpec
from macros.lab.sandbox import usable_cpus


@dataclass(frozen=True)
class Job:
    """A cell's experiment, with a control's changes already in it. Deadlines in seconds."""

    cell: Cell
    loaded: LoadedClaim
    probe: str | None
    build: str | None
    arms: Mapping[str, str]
    env: Mapping[str, str]
    build_deadline: float
    run_deadline: float

    @property
    def claim(self) -> Claim:
        return self.loaded.claim

    @property
    def experiment(self) -> Experiment:
        assert self.claim.experiment is not None
        return self.claim.experiment

    @property
    def measuring(self) -> bool:
        """Whether it must have the machine to itself."""
        return self.claim.statistical

    def rounds(self) -> list[str]:
        """The arms of one interleaved round in order: ABBA, which a linear drift cannot tilt."""
        names = list(self.arms)
        return names if len(names) == 1 or not self.measuring else [*names, *reversed(names)]

    def box(self, image: str) -> BoxSpec:
        limits = self.experiment.limits
        cpus = usable_cpus()
        samples = self.experiment.samples
        processes = (samples.at_most + samples.warm_up + 4) * len(self.arms)
        return BoxSpec(
            image=image,
            claim=self.cell.claim,
            files=self.loaded.files,
            env=dict(self.env),
            memory=int(units.magnitude(limits.memory, "B")),
            processes=limits.processes,
            disk=int(units.magnitude(limits.disk, "B")),
            output=int(units.magnitude(limits.output, "B")),
            cpus=cpus[-1:] if limits.cpus == "one" else cpus,
            lifetime=2 * self.build_deadline + processes * self.run_deadline + 3600,
        )


def control_of(claim: Claim, cell: Cell) -> Control | None:
    return next((control for control in claim.controls if control.name == cell.control), None)


def cells_of(claim: Claim, toolchains: tuple[str, ...]) -> tuple[list[Cell], list[Cell]]:
    """The claim's own cells and its controls' cells. `toolchains`: all known ones, oldest first."""
    if not claim.kind.executable:
        return [], []
    scope = scope_of(claim, toolchains)
    own = [Cell(claim.id, toolchain, case.name) for case in claim.cases for toolchain in scope]
    controls = [
        Cell(claim.id, toolchain, control.case or claim.cases[0].name, control.name)
        for control in claim.controls
        for toolchain in (control.toolchains or scope[-1:])
    ]
    return own, controls


def scope_of(claim: Claim, toolchains: tuple[str, ...]) -> tuple[str, ...]:
    """The claim's toolchains, oldest first. `all` are the releases of Go: other toolchains are named or not meant."""
    if claim.toolchains == "all":
        return tuple(name for name in toolchains if is_go_release(name))
    return tuple(name for name in toolchains if name in claim.toolchains)


def job_of(loaded: LoadedClaim, cell: Cell) -> Job:
    """What is run for a cell."""
    claim = loaded.claim
    experiment = claim.experiment
    assert experiment is not None
    control = control_of(claim, cell)
    arms = dict(experiment.scripts)
    build = experiment.build
    env = {**experiment.env, **claim.case(cell.case).env}
    if control is not None:
        env.update(control.env)
        build = control.build or build
        arms.update(control.arms or {})
        if control.run is not None:
            arms = {"run": control.run}
    return Job(
        cell=cell,
        loaded=loaded,
        probe=experiment.probe,
        build=build,
        arms=arms,
        env=env,
        build_deadline=units.magnitude(experiment.deadlines.build, "s"),
        run_deadline=units.magnitude(experiment.deadlines.run, "s"),
    )
