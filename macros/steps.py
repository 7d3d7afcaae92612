"""The program as one list of steps: load, check, look up, run what is missing, judge. What follows is published or
reported.

`CLAIMS_MODE` says what may run: `auto` what has no result of this machine, `fresh` everything, `frozen` nothing.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from macros.check.catalogue import check_catalogue
from macros.claim.loading import LoadedClaim, load_catalogue
from macros.lab.images.pins import load_toolchains
from macros.lab.laboratory import Lab
from macros.lab.setup import Leave
from macros.ledger import travel
from macros.ledger.store import Ledger
from macros.problems import EnvironmentFailed, InvalidInput, Problem
from macros.results.catalogue import CatalogueResult, ClaimResult, Selection, base_of, judge_claims, machines_of
from macros.results.elsewhere import ByClaim
from macros.results.merging import Run, join
from macros.results.relations import with_premises
from macros.results.replicated import read_elsewhere
from macros.run import obtain
from macros.run.explain import Explained, explain
from macros.run.plan import Inputs, Mode, Plan, Project, make_plan
from macros.run.pool import obtain as on_hosts
from macros.run.pool.obtain import Hosts
from macros.run.progress import Progress
from macros.run.tree import Tree

NO_LEAVE = Leave.none()


def load(claims: Path, ids: Sequence[str] = (), *, tidy: bool = False) -> Inputs:
    """Read and check all input. Raises InvalidInput with every problem of every file.

    With `ids`, only of those claims' files and the pins: a mistake in one claim does not stop another from running.
    `tidy` also checks what only matters to people who edit claims, and what other people's machines showed.
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
    inputs = Inputs(Project(claims), catalogue, toolchains)
    if tidy:
        read_elsewhere(inputs)
    return inputs


def execute(
    inputs: Inputs,
    selected: Sequence[LoadedClaim],
    *,
    mode: Mode,
    leave: Leave = NO_LEAVE,
    only_toolchains: Sequence[str] = (),
    progress: Progress | None = None,
    lab: Lab | None = None,
    hosts: Hosts | None = None,
) -> CatalogueResult:
    """Make sure that the selected claims have results, and judge them.

    `leave` says whether this may change the host (an engine started, images built). A claim whose experiment
    does not work is missing from the results and named in their `problems`. `hosts`: where sessions are sent; None:
    this one. Raises EnvironmentFailed when the engine, an image or disk space is missing, and InvalidInput before
    anything runs where the whole catalogue is asked for and a replication from another machine is wrong.
    """
    progress = progress or Progress()
    lab = lab or obtain.lab_of(inputs)
    toolchains = tuple(name for name in inputs.toolchains.names if not only_toolchains or name in only_toolchains)
    asked = tuple(loaded.claim.id for loaded in selected)
    whole = _selection(inputs, asked, only_toolchains) is None
    elsewhere: ByClaim = read_elsewhere(inputs) if whole else {}
    if mode is Mode.FROZEN:
        plan, faults = obtain.look_up(inputs, lab, selected, toolchains), obtain.Faults()
    elif hosts is not None:
        plan, faults = on_hosts.run_missing(inputs, lab, selected, toolchains, mode, hosts, progress)
    else:
        plan, faults = obtain.run_missing(inputs, lab, selected, toolchains, mode, leave, progress)
    claims, unjudged = judge_claims(
        selected,
        plan.records,
        toolchains,
        {loaded.claim.id: inputs.breadth(loaded) for loaded in selected},
        frozen=mode is Mode.FROZEN,
        settings=inputs.catalogue.settings,
        policy=inputs.policy,
    )
    return result_of(
        inputs,
        with_premises(claims),
        asked,
        mode=mode,
        only_toolchains=only_toolchains,
        faults=faults,
        unjudged=unjudged,
        warnings=_warnings(inputs.project.ledger, plan),
        elsewhere=elsewhere,
    )


def result_of(
    inputs: Inputs,
    claims: Mapping[str, ClaimResult],
    asked: tuple[str, ...],
    *,
    mode: Mode,
    only_toolchains: Sequence[str] = (),
    faults: obtain.Faults | None = None,
    unjudged: Sequence[Problem] = (),
    warnings: tuple[str, ...] = (),
    elsewhere: ByClaim | None = None,
) -> CatalogueResult:
    """Judged claims with all that is said of a run as a whole. `asked`: those that should be among them."""
    faults = faults or obtain.Faults()
    toolchains = [name for name in inputs.toolchains.names if not only_toolchains or name in only_toolchains]
    return CatalogueResult(
        claims=claims,
        machines=machines_of(claims.values()),
        base=base_of(claims.values()),
        toolchains={name: inputs.toolchains.version(name) for name in toolchains},
        generated=_now(),
        source_commit=commit_of(inputs.project.root),
        mode=mode.value,
        selection=_selection(inputs, asked, only_toolchains),
        lost=tuple(name for name in asked if name not in claims),
        problems=tuple(sorted({*faults.problems(inputs), *unjudged})),
        failed_by_environment=faults.of_environment,
        warnings=warnings,
        settings=inputs.catalogue.settings,
        policy=inputs.policy,
        elsewhere=elsewhere or {},
    )


def for_site(claims: Path, progress: Progress | None = None) -> CatalogueResult:
    """The whole catalogue for a build of the site, in the mode that the environment names. It changes no host.

    Raises InvalidInput and EnvironmentFailed also for claims that failed: a page cannot be built without its values.
    """
    inputs = load(claims)
    results = execute(inputs, inputs.catalogue.select(()), mode=Mode.of_environment(), progress=progress)
    require_whole(results)
    return results


def require_whole(results: CatalogueResult) -> None:
    """Raises the failure that stands for the claims that failed, if any did."""
    if results.problems and results.failed_by_environment:
        raise EnvironmentFailed("\n".join(str(problem) for problem in results.problems))
    if results.problems:
        raise InvalidInput(list(results.problems))


def check_toolchains(inputs: Inputs, names: Sequence[str]) -> None:
    """Raises InvalidInput for a name that the catalogue does not pin."""
    known = inputs.toolchains.names
    path = inputs.project.claims / "toolchains.yml"
    problems = [
        Problem(path, 1, 1, f"no toolchain is named `{name}`", f"known: {', '.join(known)}")
        for name in names
        if name not in known
    ]
    if problems:
        raise InvalidInput(problems)


def find_images(inputs: Inputs, names: Sequence[str], progress: Progress) -> dict[str, dict[str, str]]:
    """Build or find the images named, or all: what a record says of each."""
    check_toolchains(inputs, names)
    lab = obtain.lab_of(inputs)
    return obtain.ensure_images(inputs, lab, list(names) or list(inputs.toolchains.names), Leave.given(), progress)


def explain_cells(inputs: Inputs, selected: Sequence[LoadedClaim]) -> list[Explained]:
    """Why each cell of the selected claims would run or not. Needs an engine, to know the machine; runs no claim."""
    lab = obtain.lab_of(inputs)
    lab.ready(NO_LEAVE, Progress().image)
    with lab.runner() as runner:
        facts = runner.facts().to_json()
    return explain(inputs, selected, obtain.noted_images(inputs, lab, inputs.toolchains.names), facts)


# ---- records that travel ---------------------------------------------------------------------------------


def export_records(inputs: Inputs, ids: Sequence[str], file: Path) -> int:
    """Write the ledger's records of the claims named, or of all that the catalogue has, as one file; how many."""
    known = {loaded.claim.id for loaded in inputs.catalogue.select(tuple(ids))}
    return travel.export_records(inputs.project.ledger, lambda record: record.cell.claim in known, file)


def export_run(inputs: Inputs, result: CatalogueResult, file: Path, cut: str = "") -> int:
    """Write the records that a result rests on, and which run it is, as one file; how many records."""
    mine = {cell.record.address for claim in result.claims.values() for cell in claim.every_cell()}
    run = Run.of(result, Tree.of(inputs), cut).model_dump(mode="json")
    return travel.export_records(inputs.project.ledger, lambda record: record.address in mine, file, run)


def merge(inputs: Inputs, files: Sequence[Path], export: Path | None = None, lab: Lab | None = None) -> CatalogueResult:
    """The union of exported ledgers, judged once; nothing is run, and this machine's ledger is left alone.

    `export`: where to write the union. Raises InvalidInput for runs that are not of this tree or not of each other.
    """
    joined = join({file: Run.read(travel.run_of(file), file) for file in files}, Tree.of(inputs))
    with only_from(inputs.project.claims, files):
        selected = inputs.catalogue.select(joined.claims) if joined.claims else []
        result = joined.of(execute(inputs, selected, mode=Mode.FROZEN, lab=lab))
        if export is not None:
            export_run(inputs, result, export)
    return result


def import_records(inputs: Inputs, files: Sequence[Path]) -> travel.Imported:
    """Take the records of exported files into the ledger."""
    return travel.import_records(inputs.project.ledger, files, _now())


def prune(inputs: Inputs, lab: Lab | None = None) -> int:
    """Remove the records that today's catalogue does not ask for, on any machine, and those of an older form; how
    many.
    """
    toolchains = tuple(inputs.toolchains.names)
    claims = inputs.catalogue.select(())
    lab = lab or obtain.lab_of(inputs)
    images = obtain.noted_images(inputs, lab, obtain.needed_toolchains(inputs, claims, toolchains))
    if unknown := [name for name, noted in images.items() if not noted]:
        raise EnvironmentFailed(
            f"the ledger has no image for the current recipe of {', '.join(unknown)}, so its results would be removed; "
            "run `claims images` first"
        )
    plan = make_plan(inputs, claims, toolchains, images, None, Mode.FROZEN)
    wanted = {record.experiment.key for record in plan.records.values()}
    return inputs.project.ledger.prune(lambda address: address.experiment in wanted)


@contextlib.contextmanager
def only_from(claims: Path, exported: Path | Sequence[Path] | None) -> Iterator[None]:
    """For the time of a build: a ledger of its own that holds exported files' records, and nothing is run.

    With None everything stays as it is. Raises InvalidInput for a file with records that do not fit their keys.
    """
    if exported is None:
        yield
        return
    files = [exported] if isinstance(exported, Path) else list(exported)
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as ledger:
        os.environ.update(CLAIMS_LEDGER=ledger, CLAIMS_MODE=Mode.FROZEN.value)
        try:
            rejected = import_records(load(claims), files).rejected
            if rejected:
                raise InvalidInput(rejected)
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


# ---- what is said about the whole --------------------------------------------------------------------------


def _selection(inputs: Inputs, asked: tuple[str, ...], toolchains: Sequence[str]) -> Selection | None:
    """What the run was narrowed to, whether or not it worked; None for the whole catalogue."""
    whole = set(asked) == set(inputs.catalogue.claims)
    return Selection(() if whole else asked, tuple(toolchains)) if toolchains or not whole else None


def _warnings(ledger: Ledger, plan: Plan) -> tuple[str, ...]:
    said = [f"a record could not be read: {what}" for what in plan.damaged]
    older = ledger.older_form()
    if older:
        said.append(
            f"{ledger.folder} holds {older} records of an older form; they were not read and their cells run again. "
            "`claims prune` removes them"
        )
    return tuple(said)


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def commit_of(root: Path) -> str:
    """What the project's work tree has checked out; "unknown" outside of Git."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip()
