"""The options and arguments of the `claims` command that several of its commands have, or that need a line of help."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from macros.run.shards import Part


def part(context: click.Context, parameter: click.Parameter, text: str | None) -> Part | None:
    from macros.run.shards import Part

    try:
        return None if text is None else Part.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from error


def once(context: click.Context, parameter: click.Parameter, names: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is named twice is meant once."""
    return tuple(dict.fromkeys(names))


FILE = click.Path(path_type=Path)
claims_option = click.Option(
    ["--claims", "folder"], type=FILE, envvar="CLAIMS_DIR", default="claims", show_default=True, help="The catalogue."
)
id_argument = click.Argument(["id"])
ids_argument = click.Argument(["ids"], nargs=-1, metavar="[ID]...", callback=once)
ledgers_argument = click.Argument(["ledgers"], type=FILE, nargs=-1, required=True, metavar="FILE...", callback=once)
toolchain_option = click.Option(
    ["--toolchain", "toolchains"], multiple=True, callback=once, help="Only in this toolchain."
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
strict_option = click.Option(
    ["--strict"], is_flag=True, help="Stop also where timings deny prose by no more than machines differ."
)
ledger_option = click.Option(["--ledger"], type=FILE, help="Build from this exported ledger alone; nothing is run.")
previous_option = click.Option(
    ["--previous"], type=FILE, help="The claims.json of the last published site; default: what CLAIMS_PREVIOUS names."
)
sample_option = click.Option(["--sample"], type=click.IntRange(1), help="Only so many pages, drawn by lot.")
seed_option = click.Option(["--seed"], type=int, default=0, show_default=True, help="Of the lot.")
save_option = click.Option(["--save"], type=FILE, help="Keep the outcome for the page on trust.")
markdown_option = click.Option(["--markdown"], type=FILE, help="Write a summary in GitHub's Markdown.")
export_option = click.Option(["--export"], type=FILE, help="Write this run's records, for `claims merge`.")
annotations_option = click.Option(["--annotations"], is_flag=True, help="Annotate files on GitHub; the default there.")
accept_option = click.Option(["--accept"], is_flag=True, help="Write measured verdicts into the claim files.")
since_option = click.Option(["--changed-since"], metavar="REF", help="Only what a change since REF affects.")
shard_option = click.Option(
    ["--shard"], metavar="K/N", callback=part, help="Only the K-th of N parts that take about the same time."
)

verification_options = (json_option, junit_option, markdown_option, export_option, annotations_option, accept_option)
"""Of the commands that compare measured verdicts with recorded ones."""
