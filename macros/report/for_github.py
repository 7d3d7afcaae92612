"""The commands of workflows: each does in one step what must be right however hostile a change is.

They need no catalogue. Imports stand inside, as in the command line.
"""

from __future__ import annotations

from pathlib import Path

import click

from macros.problems import InvalidInput
from macros.report.outputs import write

REPORT_MARK = "<!-- claims: verdicts that flipped -->"
REPORT_TITLE = "Measured verdicts contradict the recorded ones"
LONGEST_REPORT = 60_000

_FILE = click.Path(path_type=Path)


@click.command("comment")
@click.argument("archive", metavar="[ARTIFACT]", type=_FILE, required=False)
@click.option("--commit", help="The pull request's head; GitHub says which pull request has it.")
@click.option("--run", default="", help="The address of the run, for a link.")
@click.option("--site", default="", help="The address of the preview, for a link.")
@click.option("--failed", "job_failed", is_flag=True, help="The job failed, so there is no artifact to read.")
@click.option("--markdown", type=_FILE, help="Write the comment to this file; nobody is asked or told.")
def comment_command(
    archive: Path | None, commit: str | None, run: str, site: str, job_failed: bool, markdown: Path | None
) -> None:
    """Keep a pull request's one comment up to date."""
    from macros.report import artifact
    from macros.report.comment import MARK, comment, failed
    from macros.report.github import GitHub

    if (archive is None) != job_failed:
        raise click.UsageError("name the artifact, or say --failed")
    if (commit is None) == (markdown is None):
        raise click.UsageError("name the --commit to comment on, or the file (--markdown) to write")
    refused: InvalidInput | None = None
    body: str | None = failed(run)
    if archive is not None:
        try:
            body = comment(artifact.results(archive), run, site)
        except InvalidInput as error:
            refused = error
    if markdown is not None:
        write(markdown, body or "")
    if commit is not None:
        github = GitHub.of_environment()
        number = github.pull_request(commit)
        done = "no open pull request has this head" if number is None else github.keep_comment(number, MARK, body)
        click.echo(done, err=True)
    if refused is not None:
        raise refused


@click.command("unpack")
@click.argument("archive", metavar="ARTIFACT", type=_FILE)
@click.argument("folder", type=_FILE)
def unpack_command(archive: Path, folder: Path) -> None:
    """Write a preview's files to a new folder, within limits."""
    from macros.report import artifact

    click.echo(f"files in {folder}: {artifact.unpack(archive, folder)}", err=True)


@click.command("report")
@click.argument("summary", type=_FILE, required=False)
@click.option("--resolved", is_flag=True, help="Nothing flips any more: close the report if there is one.")
def report_command(summary: Path | None, resolved: bool) -> None:
    """Keep the one report of flipped verdicts up to date."""
    from macros.report.github import GitHub

    if (summary is None) != resolved:
        raise click.UsageError("name the summary, or say --resolved")
    body = None
    if summary is not None:
        body = f"{REPORT_MARK}\n{_fitting(summary.read_text('utf-8'))}"
    click.echo(GitHub.of_environment().keep_report(REPORT_TITLE, REPORT_MARK, body), err=True)


def _fitting(text: str) -> str:
    """As many whole lines as GitHub takes."""
    if len(text) <= LONGEST_REPORT:
        return text
    return text[: text.rfind("\n", 0, LONGEST_REPORT) + 1] + "\nThe rest is in the summary of the run.\n"


COMMANDS = (comment_command, unpack_command, report_command)
