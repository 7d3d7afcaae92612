"""The `claims` command: arguments and exit codes. What it does is in `steps`, what it says in `report`.

Imports stand inside the commands: `claims --help` should not wait for the lab's libraries.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from macros.problems import ExitCode, Failure, InvalidInput, Problem
from macros.report import endings
from macros.report.for_github import COMMANDS
from macros.report.outputs import Outputs
from macros.report.screen import Screen

if TYPE_CHECKING:
    from macros.results.catalogue import CatalogueResult
    from macros.run.plan import Inputs

out, errors = Screen(), Screen(stderr=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def claims() -> None:
    """Executable claims: experiments in pinned containers, and the verdicts that they give."""


def _once(context: click.Context, parameter: click.Parameter, names: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is named twice is meant once."""
    return tuple(dict.fromkeys(names))


FILE = click.Path(path_type=Path)
claims_option = click.Option(
    ["--claims", "folder"], type=FILE, envvar="CLAIMS_DIR", default="claims", show_default=True, help="The catalogue."
)
id_argument = click.Argument(["id"])
ids_argument = click.Argument(["ids"], nargs=-1, metavar="[ID]...", callback=_once)
toolchain_option = click.Option(
    ["--toolchain", "toolchains"], multiple=True, callback=_once, help="Only in this toolchain."
)
fresh_option = click.Option(["--fresh"], is_flag=True, help="Run everything again, whatever the ledger has.")
schema_option = click.Option(["--write-schema"], is_flag=True, help="Write the JSON Schema for editors again.")
programs_option = click.Option(["--programs"], is_flag=True, help="Check programs too, in the newest toolchain.")
timings_option = click.Option(["--timings"], is_flag=True, help="Print which claims took most time, by stage.")
json_option = click.Option(["--json"], type=FILE, help="Write the results as claims.json.")
junit_option = click.Option(["--junit"], type=FILE, help="Write a JUnit report.")
out_option = click.Option(
    ["--out", "site_folder"], type=FILE, help="The site's folder; default: `site` beside mkdocs.yml."
)
ledger_option = click.Option(["--ledger"], type=FILE, help="Build from this exported ledger alone; nothing is run.")
sample_option = click.Option(["--sample"], type=click.IntRange(1), help="Only so many pages, drawn by lot.")
seed_option = click.Option(["--seed"], type=int, default=0, show_default=True, help="Of the lot.")
save_option = click.Option(["--save"], type=FILE, help="Keep the outcome for the page on trust.")
markdown_option = click.Option(["--markdown"], type=FILE, help="Write a summary in Markdown.")


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
    from macros.report import linting

    if write_schema:
        write(folder, load_settings(folder)[0])
    inputs = steps.load(folder, tidy=True)
    if programs and (problems := check_programs(inputs.catalogue, inputs.toolchains, Leave.given())):
        raise InvalidInput(problems)
    warnings = doubts(inputs.catalogue, inputs.toolchains.names)
    unbound, wrong = _unbound_prose(folder, inputs)
    if wrong and unbound:
        raise InvalidInput(unbound)
    warnings = [*warnings, *unbound]
    errors.say(linting.passed(len(inputs.catalogue.claims), len(inputs.toolchains.names), warnings))


@command(ids_argument, toolchain_option, fresh_option, json_option, timings_option)
def run(
    folder: Path, ids: tuple[str, ...], toolchains: tuple[str, ...], fresh: bool, json: Path | None, timings: bool
) -> int:
    """Run what is missing, and print a line for each claim."""
    from macros.report import terminal, verification

    outputs = Outputs(json=json).checked(folder)
    begun = time.monotonic()
    result = _execute(folder, ids, fresh=fresh, toolchains=toolchains)
    outputs.write(result)
    report = verification.check(result)
    out.say(terminal.results(report, out.columns))
    if timings:
        out.say(terminal.timings(result, time.monotonic() - begun))
    return report.lost_code


@command(ids_argument, fresh_option, json_option, junit_option, markdown_option)
def verify(folder: Path, ids: tuple[str, ...], fresh: bool, **reports: Path | None) -> int:
    """Run what is missing, and compare with the recorded verdicts."""
    from macros.report import terminal, verification

    outputs = Outputs(**reports).checked(folder)
    try:
        result = _execute(folder, ids, fresh=fresh)
    except Failure as failure:
        outputs.write_failure(failure)
        raise
    outputs.write(result)
    report = verification.check(result)
    out.say(terminal.verification(report, out.page))
    return report.code


@command(id_argument)
def show(folder: Path, id: str) -> None:
    """Show one claim's result as the ledger has it; runs nothing."""
    from macros.report import terminal

    out.say(terminal.claim(_execute(folder, (id,), runs=False).claims[id], out.page))


@command(ids_argument)
def mutants(folder: Path, ids: tuple[str, ...]) -> None:
    """Judge confirmed statements again, falsified a little."""
    from macros.report import terminal
    from macros.results.mutants import score

    out.say(terminal.mutants(score(_execute(folder, ids, runs=False)), out.columns))


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
    result = _execute(folder, (), runs=False)
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


@command(click.Argument(["names"], nargs=-1, metavar="[TOOLCHAIN]...", callback=_once))
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


@command(click.Argument(["exported"], type=FILE, nargs=-1, required=True, metavar="FILE...", callback=_once))
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


@command(out_option, ledger_option)
def site(folder: Path, site_folder: Path | None, ledger: Path | None) -> None:
    """Run what is missing and build the site."""
    from macros import steps
    from macros.publish.build import build_site, place, project_of
    from macros.publish.given import Given
    from macros.report import terminal
    from macros.report.verification import check

    project = project_of(folder)
    target = place(project, folder, site_folder)  # before hours of measuring, not after them
    with steps.only_from(folder, ledger):
        result = _execute(folder, ())
        steps.require_whole(result)
        if (report := check(result)).contradicted:
            errors.say(terminal.contradictions(report, errors.page))
        errors.note("building the pages")
        build_site(project, target, quiet=True, given=Given(folder.resolve(), result))
    errors.note(f"the site is in {target}/")


def _unbound_prose(folder: Path, inputs: Inputs) -> tuple[list[Problem], bool]:
    """What the pages say without a guard, and whether that is an error; nothing of claims without pages."""
    from macros.publish.build import project_of
    from macros.publish.prose_lint import Known, lint_pages

    try:
        project = project_of(folder)
    except InvalidInput:
        return [], False
    claims = {name: loaded.claim for name, loaded in inputs.catalogue.claims.items()}
    return lint_pages(project, Known(claims, tuple(inputs.toolchains.names), inputs.catalogue.settings))


def _execute(
    folder: Path, ids: tuple[str, ...], *, fresh: bool = False, runs: bool = True, toolchains: Sequence[str] = ()
) -> CatalogueResult:
    from macros import steps
    from macros.lab.setup import Leave
    from macros.report import display
    from macros.run.plan import Mode

    mode = Mode.of_environment(fresh) if runs else Mode.FROZEN
    inputs = steps.load(folder, ids)
    selected = inputs.catalogue.select(ids)
    steps.check_toolchains(inputs, toolchains)
    with display.progress(errors, display.Live) as progress:
        result = steps.execute(
            inputs, selected, mode=mode, leave=Leave.given(), only_toolchains=toolchains, progress=progress
        )
    for warning in result.warnings:
        errors.note(warning, "yellow")
    return result


for each in COMMANDS:
    claims.add_command(each)


def main() -> NoReturn:
    """The console script."""
    endings.run(claims, errors)


if __name__ == "__main__":
    main()
