"""Every claim has a result: the steps from the claim files to judged results, in the order of the data.

`CLAIMS_MODE` says what may run: `auto` what is missing, `fresh` everything, `frozen` nothing.
"""

from __future__ import annotations

import contextlib
import datetime
import random
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from macros.check.catalogue import check_catalogue
from macros.claim.cell import Cell
from macros.claim.loading import LoadedClaim, load_catalogue
from macros.claim.model import Claim
from macros.claim.scope import cells_of
from macros.evidence.observation import Evidence
from macros.lab import machine, schedule
from macros.lab.engine.box import DockerRunner
from macros.lab.images import building
from macros.lab.images.pins import load_toolchains
from macros.lab.sandbox import usable_cpus
from macros.lab.sentinel import Sentinel
from macros.ledger.record import Output, Record
from macros.ledger.store import Ledger
from macros.problems import EnvironmentFailed, InvalidInput, Problem
from macros.results.catalogue import CatalogueResult, CellResult, ClaimResult, ControlResult
from macros.run.cell import CellRun
from macros.run.job import Job
from macros.run.plan import Inputs, Mode, Plan, Project, breadth_of, enough_for, make_plan, worthwhile_for
from macros.run.progress import Progress
from macros.run.watch import Watch, known_best, with_best
from macros.verdict.combine import combine
from macros.verdict.controls import proved
from macros.verdict.judge import judge_cell


def load(claims: Path, ids: Sequence[str] = (), *, tidy: bool = False) -> Inputs:
    """Read and check all input. Raises InvalidInput with every problem of every file.

    With `ids`, only of those claims' files and the pins: a mistake in one claim is no reason not to run another.
    `tidy` checks what no run needs, too: the stored schema, the line that names it, the list of statements.
    """
    catalogue, problems = load_catalogue(claims)
    toolchains, more = load_toolchains(claims / "toolchains.yml", catalogue.settings)
    problems = [*problems, *more]
    if toolchains is not None:
        problems += check_catalogue(catalogue, toolchains.names, tidy=tidy)
    if ids:
        concerned = {claims / name for name in ids}
        problems = [one for one in problems if one.path.parent == claims or concerned & set(one.path.parents)]
    if problems or toolchains is None:
        raise InvalidInput(sorted(set(problems)))
    return Inputs(Project(claims), catalogue, toolchains)


def execute(
    inputs: Inputs,
    selected: Sequence[LoadedClaim],
    *,
    mode: Mode,
    only_toolchains: Sequence[str] = (),
    progress: Progress | None = None,
) -> CatalogueResult:
    """Make sure that the selected claims have results, and judge them.

    Raises InvalidInput for experiments that do not work (all of them, after the others have run and
    are kept) and EnvironmentFailed when the engine, an image or the disk is not there.
    """
    progress = progress or Progress()
    names = tuple(name for name in inputs.toolchains.names if not only_toolchains or name in only_toolchains)
    needed = sorted(
        {
            cell.toolchain
            for one in selected
            for cells in cells_of(one.claim, names, inputs.catalogue.settings)
            for cell in cells
        }
    )
    found = _images(inputs, needed, mode, progress)
    plan = make_plan(inputs, selected, names, found, mode)
    if plan.jobs and mode is Mode.FROZEN:
        raise _missing_in_frozen(plan)
    if plan.jobs:
        _run(inputs, plan, found, progress)
    return assemble(inputs, selected, names, plan, found, mode)


def for_site(claims: Path, progress: Progress | None = None) -> CatalogueResult:
    """The whole catalogue for a build of the site, in the mode that the environment names."""
    inputs = load(claims)
    return execute(inputs, inputs.catalogue.select(()), mode=Mode.of_environment(), progress=progress)


def check_toolchains(inputs: Inputs, names: Sequence[str]) -> None:
    """Raises InvalidInput for a name that claims/toolchains.yml does not have."""
    known = list(inputs.toolchains.names)
    path = inputs.project.claims / "toolchains.yml"
    problems = [
        Problem(path, 1, 1, f"no toolchain is named `{name}`", f"known: {', '.join(known)}")
        for name in names
        if name not in known
    ]
    if problems:
        raise InvalidInput(problems)


def find_images(inputs: Inputs, names: Sequence[str], progress: Progress) -> dict[str, building.Image]:
    """Build or find the images named, or all."""
    check_toolchains(inputs, names)
    return _images(inputs, list(names) or list(inputs.toolchains.names), Mode.AUTO, progress)


def assemble(
    inputs: Inputs,
    selected: Sequence[LoadedClaim],
    toolchains: tuple[str, ...],
    plan: Plan,
    found: Mapping[str, building.Image],
    mode: Mode,
) -> CatalogueResult:
    """Judge every record. Nothing is run and nothing is read here but the commit's name."""
    claims: dict[str, ClaimResult] = {}
    for loaded in selected:
        claim = loaded.claim
        own, for_controls = cells_of(claim, toolchains, inputs.catalogue.settings)

        def judged(cell: Cell, claim: Claim = claim, breadth: int = breadth_of(inputs, claim)) -> CellResult:
            record = plan.records[cell]
            return CellResult(
                cell,
                record,
                judge_cell(
                    claim,
                    cell.case,
                    record.evidence,
                    toolchains=breadth,
                    policy=inputs.policy,
                    control=bool(cell.control),
                ),
            )

        cells = tuple(judged(cell) for cell in own)
        by_name = {control.name: control for control in claim.controls}
        controls = tuple(ControlResult(by_name[cell.control], judged(cell)) for cell in for_controls)
        finding = combine(claim, {(one.cell.toolchain, one.cell.case): one.judged for one in cells}, toolchains)
        finding = proved(finding, [(one.control, one.result.judged.finding) for one in controls])
        claims[claim.id] = ClaimResult(claim, loaded.folder, cells, controls, finding)
    return CatalogueResult(
        claims=claims,
        environment=_environment(plan, found),
        toolchains={name: inputs.toolchains.version(name) for name in toolchains},
        generated=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        source_commit=_commit(inputs.project.root),
        frozen=mode is Mode.FROZEN,
        settings=inputs.catalogue.settings,
        policy=inputs.policy,
    )


# ---- running what is missing ---------------------------------------------------------------------


def _run(inputs: Inputs, plan: Plan, found: Mapping[str, building.Image], progress: Progress) -> None:
    problems: list[Problem] = []
    ledger = inputs.project.ledger
    here = machine.describe()
    progress.total(len(plan.jobs))
    with DockerRunner() as runner:
        engine = runner.version()
        runner.reap()

        def task(job: Job, before: Record | None, watch: Watch | None) -> CellRun:
            image = found[job.cell.toolchain]
            environment = {**here, **image.describe(), "engine": engine}
            started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")

            def keep(
                evidence: Evidence, outputs: Sequence[Output], seconds: Mapping[str, float], remarks: Mapping[str, str]
            ) -> Record:
                key, parts = plan.keys[job.cell]
                told = {**environment, "started": started, **remarks}
                record = Record(key, job.cell, evidence, tuple(outputs), told, seconds, parts)
                ledger.put(record)
                return record

            def on_end(job: Job, ended: Record | Problem) -> None:
                if isinstance(ended, Problem):
                    problems.append(ended)
                    progress.ends(job, ended)
                else:
                    plan.records[job.cell] = ended
                    progress.ends(job, None)

            return CellRun(
                job=job,
                image=image.id,
                runner=runner,
                enough=lambda job, evidence: enough_for(inputs, job, evidence),
                worthwhile=lambda job, evidence: worthwhile_for(inputs, job, evidence),
                environment=environment,
                keep=keep,
                on_end=on_end,
                before=before,
                watch=watch,
            )

        inspecting = [(job, before) for job, before in plan.jobs if not job.measuring]
        measuring = [(job, before) for job, before in plan.jobs if job.measuring]
        slots = len(usable_cpus())
        if inspecting:
            progress.stage(f"inspecting {len(inspecting)} cells, {slots} at a time", slots)
            tasks = [task(job, before, None) for job, before in inspecting]
            schedule.run_inspecting(tasks, slots, runner.close)
        if measuring:
            image = found[measuring[0][0].cell.toolchain].id
            with _watching(ledger, here["cpu"], Sentinel(runner, image)) as watch:
                for claim_id, group in groupby(measuring, key=lambda one: one[0].cell.claim):
                    _measure(claim_id, [task(job, before, watch) for job, before in group], watch, runner, progress)
    if problems:
        raise InvalidInput(sorted(set(problems)))


def _measure(claim: str, tasks: Sequence[CellRun], watch: Watch, runner: DockerRunner, progress: Progress) -> None:
    """One claim's cells in one session, alone on the machine."""
    slots = len(usable_cpus())

    def quiet() -> None:
        runner.settle()
        progress.stage(f"measuring {claim}")

    with machine.alone(on_wait=lambda: progress.stage("waiting for another run that is measuring")):
        progress.stage(f"preparing {claim}, {len(tasks)} cells", slots)
        schedule.run_measuring(tasks, slots, random.Random(), quiet, watch.before_round, runner.close)


@contextlib.contextmanager
def _watching(ledger: Ledger, cpu: str, sentinel: Sentinel) -> Iterator[Watch]:
    """A sentinel for the whole run; its best time is kept for later ones."""
    watch = Watch(sentinel, known_best(ledger.noted("sentinel"), cpu))
    try:
        sentinel.open()
        yield watch
    finally:
        sentinel.close()
        if watch.best is not None:
            ledger.note("sentinel", with_best(ledger.noted("sentinel"), cpu, watch.best))


def _images(inputs: Inputs, needed: Sequence[str], mode: Mode, progress: Progress) -> dict[str, building.Image]:
    ledger = inputs.project.ledger
    if mode is Mode.FROZEN:
        return building.recall(
            inputs.toolchains, needed, ledger.noted("images"), root=inputs.catalogue.dockerfile.parent
        )
    found = building.ensure(inputs.toolchains, needed, root=inputs.catalogue.dockerfile.parent, on_step=progress.image)
    ledger.note(
        "images", {**(ledger.noted("images") or {}), **{name: image.to_json() for name, image in found.items()}}
    )
    return found


def _missing_in_frozen(plan: Plan) -> EnvironmentFailed:
    cells = [str(job.cell) for job, _ in plan.jobs]
    shown = ", ".join(cells[:5]) + (f" and {len(cells) - 5} more" if len(cells) > 5 else "")
    return EnvironmentFailed(
        f"the ledger has no result for {shown}, and nothing may be run now; "
        "`claims run` gets them (without CLAIMS_MODE=frozen), or name a ledger that has them (CLAIMS_LEDGER)"
    )


# ---- what is said about the whole ----------------------------------------------------------------


def _environment(plan: Plan, found: Mapping[str, building.Image]) -> dict[str, object]:
    seen = next(
        iter(sorted(plan.records.values(), key=lambda record: record.environment["started"], reverse=True)), None
    )
    recorded = seen.environment if seen else {**machine.describe(), "engine": "none"}
    image = next(iter(found.values()), None)
    return {
        "cpu": recorded["cpu"],
        "cores": int(recorded["cores"]),
        "kernel": recorded["kernel"],
        "engine": recorded["engine"],
        "base": {"supplier": image.supplier if image else "none", "digest": image.base_digest if image else ""},
    }


def _commit(root: Path) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip()
