"""A measuring session as a value: all that one claim needs in order to run on one machine.

Scripts, files, images, budgets and the error go in; records or faults come out. A session can be written as JSON,
sent to the host that is to run it, and read there: it holds no path, no connection and no function.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer, TypeAdapter

from macros.claim import units
from macros.claim.cell import Cell
from macros.claim.experiment import Experiment
from macros.claim.layouts import layouts_of
from macros.claim.loading import LoadedClaim
from macros.claim.model import Claim
from macros.claim.scope import control_of
from macros.evidence.extract import extractors_digest
from macros.lab import runtimes, sandbox
from macros.lab.box import BoxSpec
from macros.ledger.address import Half, digest
from macros.ledger.record import SCHEMA, Record
from macros.verdict.policy import Policy

# A claim is written as its file gave it: some of its rules ask which keys were given.
_AsGiven = PlainSerializer(lambda claim: claim.model_dump(mode="json", by_alias=True, exclude_unset=True))


class Value(BaseModel):
    """Immutable, strict about keys, and written to JSON with its bytes in base64."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_bytes="base64", val_json_bytes="base64")


class CellPlan(Value):
    """What is run for one cell, with a control's changes already in it. Deadlines in seconds.

    `env` is what every stage finds in its environment, `run_env` what a run finds besides.

    `image` is what the host's engine knows the image by, `image_facts` what a record says of it. `before` is a record
    that did not decide the cell: its samples are continued. `runtime` is what its container is started with.
    """

    cell: Cell
    image: str
    image_facts: Mapping[str, str]
    probe: str | None
    build: str | None
    arms: Mapping[str, str]
    env: Mapping[str, str]
    run_env: Mapping[str, str] = {}
    build_deadline: float
    run_deadline: float
    experiment: Half
    before: Record | None = None
    runtime: str = ""


class Session(Value):
    """One claim's cells, its controls' among them, to be run in one go on one machine.

    `folder` is how the claim's folder is called in messages. `breadth` is the number of toolchains that the claim's
    error is shared over, also where a run is narrowed to some of them.
    """

    claim: Annotated[Claim, _AsGiven]
    folder: str
    files: Mapping[str, bytes]
    cells: tuple[CellPlan, ...]
    breadth: int
    policy: Policy = Policy()

    @property
    def experiment(self) -> Experiment:
        assert self.claim.experiment is not None
        return self.claim.experiment

    @property
    def measuring(self) -> bool:
        """Whether it must have the machine to itself."""
        return self.claim.statistical

    @cached_property
    def sources(self) -> dict[str, str]:
        """The program files as text, for extractors that look for markers in them."""
        return {name: content.decode("utf-8", "replace") for name, content in self.files.items()}

    @cached_property
    def layouts(self) -> int:
        """In how many arrangements of the code in memory each cell is built."""
        return layouts_of(self.claim)

    def arms(self, plan: CellPlan, number: int) -> list[str]:
        """The arms of a round in order, one process each: A B, then B A, which a linear drift cannot tilt."""
        names = list(plan.arms)
        return names[::-1] if self.measuring and number % 2 else names

    def box(self, plan: CellPlan) -> BoxSpec:
        """The box in which a cell runs. Sizes in bytes."""
        limits = self.experiment.limits
        return BoxSpec(
            image=plan.image,
            claim=plan.cell.claim,
            files=self.files,
            env=dict(plan.env),
            memory=int(units.magnitude(limits.memory, "B")),
            processes=limits.processes,
            disk=int(units.magnitude(limits.disk, "B")),
            output=int(units.magnitude(limits.output, "B")),
            cpus=limits.cpus,
            runtime=plan.runtime,
        )


class Fault(Value):
    """Why a cell has no result: a mistake in the claim, or `environment`. `where` is a path in the claim file."""

    cell: Cell
    where: tuple[str | int, ...]
    what: str
    fix: str = ""
    environment: bool = False


SESSION = TypeAdapter(Session)


def plan_cell(
    loaded: LoadedClaim, cell: Cell, image: str, image_facts: Mapping[str, str], *, before: Record | None = None
) -> CellPlan:
    """What is run for a cell in an image."""
    claim = loaded.claim
    experiment = claim.experiment
    assert experiment is not None
    control = control_of(claim, cell)
    arms = dict(experiment.scripts)
    build = experiment.build
    env = {**experiment.env, **claim.case(cell.case).env}
    run_env = dict(claim.case(cell.case).run_env)
    if control is not None:
        env.update(control.env)
        run_env = {name: value for name, value in run_env.items() if name not in control.env} | control.run_env
        build = control.build or build
        arms.update(control.arms or {})
        if control.run is not None:
            arms = {"run": control.run}
    scripts = {"probe": experiment.probe, "build": build, "arms": arms, "exit": experiment.exit}
    runtime = "" if claim.statistical else runtimes.chosen()
    return CellPlan(
        cell=cell,
        image=image,
        image_facts=image_facts,
        probe=experiment.probe,
        build=build,
        arms=arms,
        env=env,
        run_env=run_env,
        build_deadline=units.magnitude(experiment.deadlines.build, "s"),
        run_deadline=units.magnitude(experiment.deadlines.run, "s"),
        experiment=experiment_half(loaded, cell, scripts, (env, run_env), image_facts["image_content"], runtime),
        before=before,
        runtime=runtime,
    )


def experiment_half(
    loaded: LoadedClaim,
    cell: Cell,
    scripts: Mapping[str, Any],
    environments: tuple[Mapping[str, str], Mapping[str, str]],
    image_content: str,
    runtime: str = "",
) -> Half:
    """What was done, as half of an address: everything that decides what comes out, and nothing else.

    `environments`: that of every stage, and what runs find besides.
    """
    experiment = loaded.claim.experiment
    assert experiment is not None
    limits = {part: getattr(experiment, part).model_dump(mode="json") for part in ("limits", "deadlines")}
    parts = {
        "scripts": digest(scripts),
        "environment": digest(environments if environments[1] else environments[0]),
        "limits": digest(limits),
        "layouts": str(layouts_of(loaded.claim)),
        "warm_up": str(experiment.samples.warm_up),
        "metrics": digest(_metrics(loaded.claim)),
        "files": loaded.files_digest,
        "image": image_content,
        "sandbox": sandbox_digest(runtime),
        "extractors": extractors_digest(),
        "format": str(SCHEMA),
    }
    return Half.of(parts, str(cell))


def sandbox_digest(runtime: str = "") -> str:
    """Of the sandbox's profile."""
    return hashlib.sha256(sandbox.fingerprint(runtime).encode()).hexdigest()


def _metrics(claim: Claim) -> dict[str, Any]:
    return {
        name: metric.model_dump(mode="json", by_alias=True, exclude={"title"}) for name, metric in claim.metrics.items()
    }
