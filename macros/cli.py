"""The `claims` command: arguments and exit codes. What it does is in `steps`, what it says in `report`.

Imports stand inside the commands: `claims --help` should not wait for the lab's libraries.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from macros.hosts import hosts_options, worker_command
from macros.options import (
    FILE,
    claims_option,
    fresh_option,
    id_argument,
    ids_argument,
    json_option,
    ledger_option,
    ledgers_argument,
    once,
    out_option,
    previous_option,
    programs_option,
    sample_option,
    save_option,
    schema_option,
    seed_option,
    shard_option,
    since_option,
    strict_option,
    timings_option,
    toolchain_option,
    verification_options,
)
from macros.preview.command import preview_command
from macros.problems import ExitCode, InvalidInput
from macros.replicating import replicate
from macros.report import endings
from macros.report.for_github import COMMANDS
from macros.report.outputs import Outputs
from macros.report.screen import Screen
from macros.running import basis_of, execute, load, run_selected

if TYPE_CHECKING:
    from macros.run.shards import Part

out, errors = Screen(), Screen(stderr=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def claims() -> None:
    """Executable claims: experiments in pinned containers, and the verdicts that they give."""


def command(*parameters: click.Parameter) -> Callable[[Callable[..., Any]], click.Command]:
    """A command of the group, named as its function. Every one of them serves any catalogue."""
    params = [*parameters, claims_option]
    return lambda function: claims.command(function.__name__.strip("_"), params=params)(function)


@command(schema_option, programs_option)
def lint(folder: Path, write_schema: bool, programs: bool) -> None:
    """Check claims and pages; what is wrong as file:line:column."""
    from macros import steps
    from macros.check.catalogue import doubts
    from macros.check.programs import check_programs
    from macros.check.schema import write_schema as write
    from macros.claim.loading import load_settings
    from macros.lab.setup import Leave
    from macros.publish.unbound import unbound_prose
    from macros.report import linting

    if write_schema:
        write(folder, load_settings(folder)[0])
    inputs = steps.load(folder, tidy=True)
    if programs and (problems := check_programs(inputs.catalogue, inputs.toolchains, Leave.given())):
        raise InvalidInput(problems)
    unbound, wrong = unbound_prose(inputs)
    if wrong and unbound:
        raise InvalidInput(unbound)
    warnings = [*doubts(inputs.catalogue, inputs.toolchains.names), *unbound]
    errors.say(linting.passed(len(inputs.catalogue.claims), len(inputs.toolchains.names), warnings))


@command(ids_argument, toolchain_option, fresh_option, json_option, timings_option, *hosts_options)
def run(
    folder: Path, ids: tuple[str, ...], toolchains: tuple[str, ...], fresh: bool, json: Path | None, timings: bool
) -> int:
    """Run what is missing, and print a line for each claim."""
    from macros.report import terminal, verification

    outputs = Outputs(json=json).checked(folder)
    begun = time.monotonic()
    result = execute(errors, folder, ids, fresh=fresh, toolchains=toolchains)
    outputs.write(result)
    report = verification.check(result)
    out.say(terminal.results(report, out.columns))
    if timings:
        out.say(terminal.timings(result, time.monotonic() - begun))
    return report.lost_code


@command(ids_argument, fresh_option, since_option, shard_option, *verification_options, *hosts_options)
def verify(
    folder: Path,
    ids: tuple[str, ...],
    fresh: bool,
    changed_since: str | None,
    shard: Part | None,
    annotations: bool,
    accept: bool,
    **files: Path | None,
) -> int:
    """Run what is missing, and compare with the recorded verdicts."""
    from macros import ci, steps
    from macros.run.plan import Mode

    told = ci.Telling.here(folder, Outputs(**files), out, annotations, accept)
    with told.running():
        mode = Mode.of_environment(fresh)
        inputs, selected = load(folder, ids)
        narrowed = ci.narrow(inputs, selected, changed_since, shard)
        if narrowed.said:
            errors.note(narrowed.said)
        result = narrowed.of(run_selected(errors, inputs, narrowed.claims, mode))
        if (export := files["export"]) is not None:
            steps.export_run(inputs, result, export, narrowed.cut)
    return told.conclude(inputs, result)


@command(ledgers_argument, *verification_options)
def merge(
    folder: Path, ledgers: tuple[Path, ...], annotations: bool, accept: bool, export: Path | None, **files: Path | None
) -> int:
    """Judge the exported records of several runs as one run."""
    from macros import ci, steps

    told = ci.Telling.here(folder, Outputs(export=export, **files), out, annotations, accept)
    with told.running():
        inputs = steps.load(folder)
        result = steps.merge(inputs, ledgers, export)
    return told.conclude(inputs, result)


@command(id_argument)
def show(folder: Path, id: str) -> None:
    """Show one claim's result as the ledger has it; runs nothing."""
    from macros.report import terminal

    out.say(terminal.claim(execute(errors, folder, (id,), runs=False).claims[id], out.page))


@command(ids_argument)
def mutants(folder: Path, ids: tuple[str, ...]) -> None:
    """Judge confirmed statements again, falsified a little."""
    from macros.report import terminal
    from macros.results.mutants import score

    out.say(terminal.mutants(score(execute(errors, folder, ids, runs=False)), out.columns))


@command(sample_option, seed_option, save_option)
def falsify(folder: Path, sample: int | None, seed: int, save: Path | None) -> int:
    """Change pages so that they are wrong; none may build."""
    import datetime

    from macros import steps
    from macros.publish import build
    from macros.publish.falsify import counted
    from macros.publish.falsify import falsify as tried_pages
    from macros.report import falsified, outputs

    Outputs(save=save).checked(folder)
    project = build.project_of(folder)
    result = execute(errors, folder, (), runs=False)
    steps.require_whole(result)
    tried = tried_pages(result, project, seed=seed, sample=sample)
    found = counted(tried, datetime.datetime.now(datetime.UTC).date().isoformat())
    if save is not None:
        outputs.write(save, found.to_json())
    out.say(falsified.outcome(found))
    return ExitCode.OK if found.falsified == found.pages else ExitCode.CONTRADICTED


@command(id_argument)
def why(folder: Path, id: str) -> None:
    """Say why each cell of a claim would run or not."""
    from macros import steps
    from macros.report.why import reasons

    inputs = steps.load(folder, (id,))
    out.say(reasons(steps.explain_cells(inputs, inputs.catalogue.select((id,))), out.page))


@command(id_argument)
def new(folder: Path, id: str) -> None:
    """Scaffold a claim that passes lint and runs."""
    from macros.claim.scaffold import scaffold

    files = scaffold(folder, id)
    errors.note(f"wrote {', '.join(str(file) for file in files)}; now edit them, `claims lint`, `claims run {id}`")


@command(click.Argument(["names"], nargs=-1, metavar="[TOOLCHAIN]...", callback=once))
def images(folder: Path, names: tuple[str, ...]) -> None:
    """Build or find the toolchain images."""
    from macros import steps
    from macros.report import display, terminal

    inputs = steps.load(folder)
    with display.progress(errors, display.Live) as progress:
        found = steps.find_images(inputs, names, progress)
    out.say(terminal.images(found))


@command()
def doctor(folder: Path) -> int:
    """Check this machine against what is needed."""
    from macros import steps
    from macros.lab.doctor import examine
    from macros.report import checks

    found = examine(steps.load(folder).toolchains.architecture)
    out.say(checks.checks(found, out.page))
    return checks.code(found)


@command(
    click.Argument(["base"], type=FILE),
    click.Argument(["head"], type=FILE),
    click.Option(["--json"], type=FILE, help="Write all of it as JSON."),
    click.Option(["--markdown"], type=FILE, help="Write it as one comment for a pull request."),
)
def diff(folder: Path, base: Path, head: Path, **reports: Path | None) -> None:
    """Compare two claims.json: what flipped, and why."""
    from macros.report import diff_markdown, diff_terminal
    from macros.results import diff as comparison
    from macros.results.feed import read_files

    outputs = Outputs(**reports).checked(folder)
    found = comparison.diff(*read_files(base, head))
    outputs.write_texts(json=lambda: diff_terminal.json_text(found), markdown=lambda: diff_markdown.comment(found))
    out.say(diff_terminal.lines(found, out.columns))


@command(click.Argument(["file"], type=FILE), ids_argument)
def export_(folder: Path, file: Path, ids: tuple[str, ...]) -> None:
    """Write records, of all claims or of those named, as one file."""
    from macros import steps

    Outputs(FILE=file).checked(folder)
    errors.note(f"records in {file}: {steps.export_records(steps.load(folder, ids), ids, file)}")


@command(click.Argument(["exported"], type=FILE, nargs=-1, required=True, metavar="FILE...", callback=once))
def import_(folder: Path, exported: tuple[Path, ...]) -> int:
    """Take exported records into the ledger; overwrites none."""
    from macros import steps
    from macros.report import terminal

    done = steps.import_records(steps.load(folder), exported)
    errors.say(terminal.imported(done))
    return ExitCode.INVALID if done.rejected else ExitCode.OK


@command()
def prune(folder: Path) -> None:
    """Remove the records that the catalogue no longer asks for."""
    from macros import steps

    errors.note(f"records removed: {steps.prune(steps.load(folder))}")


@command(out_option, ledger_option, previous_option, strict_option)
def site(folder: Path, site_folder: Path | None, ledger: Path | None, previous: Path | None, strict: bool) -> None:
    """Run what is missing and build the site. A site that is up to date is left as it is."""
    from macros import steps
    from macros.publish.build import build_site, place, project_of
    from macros.publish.given import Given
    from macros.publish.up_to_date import Watch
    from macros.report import terminal
    from macros.report.verification import check
    from macros.results.history import last_published

    project = project_of(folder)
    # Both before hours of measuring, not after them.
    target = place(project, folder, site_folder)
    last = last_published(previous)
    watch = Watch(basis_of(project, folder, ledger, previous, strict), target)
    if watch.up_to_date:
        errors.note(f"nothing has changed since the site in {target}/ was built; remove it to force a build")
        return
    with steps.only_from(folder, ledger):
        result = execute(errors, folder, ())
        steps.require_whole(result)
        if (report := check(result)).contradicted:
            errors.say(terminal.contradictions(report, errors.page))
        if not report.contradicted and not result.warnings:
            watch.has_run()
        errors.note("building the pages")
        build_site(project, target, quiet=True, given=Given(folder.resolve(), result, strict, last))
    watch.built()
    errors.note(f"the site is in {target}/")


for each in (*COMMANDS, preview_command, replicate, worker_command):
    claims.add_command(each)


def main() -> NoReturn:
    """The console script."""
    endings.run(claims, errors)


if __name__ == "__main__":
    main()
