"""The `claims preview` command. Imports stand inside, as in the command line."""

from __future__ import annotations

from pathlib import Path

import click

from macros.options import FILE, claims_option, fresh_option
from macros.report.screen import Screen


@click.command("preview")
@click.option("--base", "revision", required=True, metavar="REV", help="What the change is compared with.")
@click.option("--out", type=FILE, help="The preview's folder; default: `preview` beside mkdocs.yml.")
def preview_command(folder: Path, revision: str, out: Path | None, fresh: bool) -> None:
    """Run both sides of a change, and build the site with it."""
    from macros.lab.setup import Leave
    from macros.preview.making import COMMENT, SITE, preview
    from macros.report import diff_terminal, display
    from macros.run.plan import Mode

    screen, errors = Screen(), Screen(stderr=True)
    with display.progress(errors, display.Live) as progress:
        target, found = preview(folder, revision, out, Mode.of_environment(fresh), Leave.given(), progress)
    screen.say(diff_terminal.lines(found, screen.columns))
    errors.note(f"the site is in {target / SITE}/, and what a pull request's comment would say in {target / COMMENT}")


preview_command.params += [fresh_option, claims_option]
