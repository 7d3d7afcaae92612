"""From a claim and a cell to what is run: the scripts, the box, the number of processes. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from macros.claim import units
from macros.claim.cell import Cell
from macros.claim.experiment import Experiment
from macros.claim.loading import LoadedClaim
from macros.claim.model import Claim
from macros.claim.scope import control_of
from macros.evidence.extract import VERSION
from macros.lab import sandbox
from macros.lab.box import BoxSpec
from macros.lab.sandbox import usable_cpus
from macros.ledger.address import digest
from macros.ledger.record import SCHEMA


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


def key_parts(job: Job, image_content: str, machine: Mapping[str, str]) -> dict[str, str]:
    """The digests by part. A measuring cell also depends on the processor's model."""
    experiment = job.experiment.model_dump(mode="json", exclude={"samples", "witness", "depends_on"})
    scripts = {
        **experiment,
        "probe": job.probe,
        "build": job.build,
        "arms": dict(job.arms),
        "env": dict(job.env),
        "run": None,
    }
    files = {name: hashlib.sha256(content).hexdigest() for name, content in job.loaded.files.items()}
    where = [machine["architecture"], machine["cpu"] if job.measuring else ""]
    return {
        "scripts": digest(scripts),
        "metrics": digest(_readings(job.claim)),
        "files": digest(files),
        "image": image_content,
        "sandbox": digest(sandbox.fingerprint()),
        "format": digest([SCHEMA, VERSION]),
        "machine": digest(where),
    }


def _readings(claim: Claim) -> dict[str, Any]:
    return {
        name: metric.model_dump(mode="json", by_alias=True, exclude={"title"}) for name, metric in claim.metrics.items()
    }
