"""The `claims` command: arguments, printing, exit codes.

Exit codes: 0 fine; 1 a measured verdict contradicts a recorded one; 2 invalid input; 3 the
environment failed (no engine, image missing, disk full); 130 interrupted.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import click
from rich.console import Console

from macros.problems import InvalidInput

OK, CONTRADICTED, INVALID, ENVIRONMENT, INTERRUPTED = 0, 1, 2, 3, 130

console = Console(stderr=True, highlight=False)
F = TypeVar("F", bound=Callable[..., Any])


def _terminated(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def guarded(command: F) -> F:
    """Turn the project's exceptions into messages and exit codes."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        from macros.problems import EnvironmentFailed

        signal.signal(signal.SIGTERM, _terminated)
        try:
            sys.exit(command(*args, **kwargs) or OK)
        except InvalidInput as error:
            for problem in error.problems:
                console.print(str(problem), style="red", markup=False, soft_wrap=True)
            console.print(f"{len(error.problems)} problem(s) in the input")
            sys.exit(INVALID)
        except EnvironmentFailed as error:
            console.print(str(error), style="red", markup=False, soft_wrap=True)
            sys.exit(ENVIRONMENT)
        except KeyboardInterrupt:
            console.print("interrupted; what was finished is kept, start again to go on", style="yellow")
            sys.exit(INTERRUPTED)

    return run  # type: ignore[return-value]


claims_option = click.option(
    "--claims",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: Path(os.environ.get("CLAIMS_DIR", "claims")),
    show_default="claims",
    help="The folder of the catalogue.",
)
ids_argument = click.argument("ids", nargs=-1, metavar="[ID]...")
toolchain_option = click.option("--toolchain", "toolchains", multiple=True, help="Only this toolchain (repeatable).")
fresh_option = click.option("--fresh", is_flag=True, help="Run everything again, whatever the ledger has.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def main() -> None:
    """Executable claims: experiments in pinned containers, and the verdicts that they give."""


@main.command()
@claims_option
@click.option("--write-schema", is_flag=True, help="Write the JSON Schema for editors anew.")
@click.option("--programs", is_flag=True, help="Check the claims' programs too, in the newest toolchain's container.")
@guarded
def lint(folder: Path, write_schema: bool, programs: bool) -> int:
    """Validate every claim; errors as file:line:column."""
    from macros import steps
    from macros.check.programs import check_programs
    from macros.check.schema import write_schema as write
    from macros.claim.loading import load_settings
    from macros.lab.setup import Leave

    if write_schema:
        write(folder, load_settings(folder)[0])
    inputs = steps.load(folder, tidy=True)
    problems = check_programs(inputs.catalogue, inputs.toolchains, Leave.given()) if programs else []
    if problems:
        raise InvalidInput(problems)
    console.print(f"{len(inputs.catalogue.claims)} claims, {len(inputs.toolchains.names)} toolchains: no problem found")
    return OK


@main.command()
@ids_argument
@claims_option
@toolchain_option
@fresh_option
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the results as claims.json.")
@click.option("--timings", is_flag=True, help="Print where the time went, per claim and stage.")
@guarded
def run(
    ids: tuple[str, ...],
    folder: Path,
    toolchains: tuple[str, ...],
    fresh: bool,
    json_file: Path | None,
    timings: bool,
) -> int:
    """Run what is missing, with progress, and print a table."""
    from macros import steps
    from macros.report import terminal

    begun = time.monotonic()
    result = _execute(folder, ids, toolchains, fresh)
    console_out = Console(highlight=False)
    console_out.print(terminal.results(result))
    if timings:
        console_out.print(terminal.timings(result, time.monotonic() - begun))
    _write_json(json_file, result)
    steps.require_whole(result)
    return OK


@main.command()
@ids_argument
@claims_option
@fresh_option
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the results as claims.json.")
@click.option("--junit", "junit_file", type=click.Path(path_type=Path), help="Write a JUnit report.")
@click.option("--markdown", "markdown_file", type=click.Path(path_type=Path), help="Write a summary in Markdown.")
@guarded
def verify(
    ids: tuple[str, ...],
    folder: Path,
    fresh: bool,
    json_file: Path | None,
    junit_file: Path | None,
    markdown_file: Path | None,
) -> int:
    """Run, and compare the measured verdicts with the recorded ones."""
    from macros import steps
    from macros.report import terminal
    from macros.report.verification import check, junit, markdown

    result = _execute(folder, ids, (), fresh)
    report = check(result)
    _write_json(json_file, result)
    for file, render in ((junit_file, junit), (markdown_file, markdown)):
        if file is not None:
            file.write_text(render(report), encoding="utf-8")
    Console(highlight=False).print(terminal.verification(report))
    if report.contradicted:
        return CONTRADICTED
    steps.require_whole(result)
    return OK


@main.command()
@click.argument("id")
@claims_option
@guarded
def show(id: str, folder: Path) -> int:
    """Show one claim's result in the terminal, as the ledger has it; runs nothing."""
    from macros import steps
    from macros.report import terminal
    from macros.run import plan

    inputs = steps.load(folder, (id,))
    result = steps.execute(inputs, inputs.catalogue.select((id,)), mode=plan.Mode.FROZEN)
    Console(highlight=False).print(terminal.claim(result.claims[id]))
    return OK


@main.command()
@ids_argument
@claims_option
@guarded
def mutants(ids: tuple[str, ...], folder: Path) -> int:
    """Falsify every confirmed statement a little, judge it again on the stored samples, and print the score."""
    from macros.report import terminal
    from macros.results.mutants import score

    Console(highlight=False).print(terminal.mutants(score(_execute(folder, ids, (), fresh=False))))
    return OK


@main.command()
@click.argument("id")
@claims_option
@guarded
def why(id: str, folder: Path) -> int:
    """Say why each cell of a claim would run or not."""
    from macros import steps
    from macros.report import terminal

    inputs = steps.load(folder, (id,))
    Console(highlight=False).print(terminal.reasons(steps.explain_cells(inputs, inputs.catalogue.select((id,)))))
    return OK


@main.command()
@click.argument("id")
@claims_option
@guarded
def new(id: str, folder: Path) -> int:
    """Scaffold a claim that passes lint and runs."""
    from macros.claim.scaffold import scaffold

    for path in scaffold(folder, id):
        console.print(f"wrote {path}")
    console.print(f"now: edit them, `claims lint`, `claims run {id}`")
    return OK


@main.command()
@click.argument("names", nargs=-1, metavar="[TOOLCHAIN]...")
@claims_option
@guarded
def images(names: tuple[str, ...], folder: Path) -> int:
    """Build or find the toolchain images."""
    from macros import steps
    from macros.report import display, terminal

    inputs = steps.load(folder)
    with display.progress(console, display.Live) as progress:
        found = steps.find_images(inputs, names, progress)
    Console(highlight=False).print(terminal.images(found))
    return OK


@main.command()
@claims_option
@click.option("--out", type=click.Path(path_type=Path), help="The site's folder; by default `site` beside mkdocs.yml.")
@guarded
def site(folder: Path, out: Path | None) -> int:
    """Execute what is missing and build the site, beside the old one; swap it in when it is whole."""
    from macros import steps
    from macros.publish.build import build_site, place, project_of
    from macros.publish.given import Given
    from macros.report.verification import check

    project = project_of(folder)
    out = place(project, folder, out)  # before hours of measuring, not after them
    result = _execute(folder, (), (), fresh=False)
    steps.require_whole(result)
    for line in check(result).contradicted:
        console.print(f"{line.result.folder}: {line.said}", style="yellow", markup=False)
    begun = time.monotonic()
    console.print("▸ building the pages")
    build_site(project, out, given=Given(folder.resolve(), result))
    console.print(f"the site is in {out}/ (pages: {time.monotonic() - begun:.1f} s)")
    return OK


def _execute(folder: Path, ids: Sequence[str], toolchains: Sequence[str], fresh: bool) -> Any:
    from macros import steps
    from macros.lab.setup import Leave
    from macros.report import display
    from macros.run import plan

    inputs = steps.load(folder, ids)
    mode = plan.Mode.FRESH if fresh else plan.Mode.of_environment()
    steps.check_toolchains(inputs, toolchains)
    with display.progress(console, display.Live) as progress:
        result = steps.execute(
            inputs,
            inputs.catalogue.select(tuple(ids)),
            mode=mode,
            leave=Leave.given(),
            only_toolchains=toolchains,
            progress=progress,
        )
    for warning in result.warnings:
        console.print(warning, style="yellow", markup=False, soft_wrap=True)
    return result


def _write_json(file: Path | None, result: Any) -> None:
    if file is not None:
        from macros.ledger.files import write_text
        from macros.results.feed import feed_of, write

        write_text(file, write(feed_of(result)))


if __name__ == "__main__":
    main()
