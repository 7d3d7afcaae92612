"""`claims replicate`: claims run on a reader's machine, and what it showed as one small file for the catalogue."""

from __future__ import annotations

from pathlib import Path

import click

from macros.options import FILE, claims_option, fresh_option, once
from macros.problems import InvalidInput, Problem
from macros.report.outputs import Outputs, write
from macros.report.screen import Screen
from macros.running import load, run_selected

out, errors = Screen(), Screen(stderr=True)

NEXT = """\
Next: put it into `replications/` of the catalogue's repository, run `claims lint`, and open a pull request.
It holds the numbers of each process and the facts of this machine that the verdicts rest on: its processor, cores,
kernel release and container engine. It holds no host name, no user name, no path and no printed output."""


@click.command(
    "replicate",
    params=[
        click.Argument(["ids"], nargs=-1, required=True, metavar="ID...", callback=once),
        fresh_option,
        click.Option(["--out", "file"], type=FILE, help="The file to write; default: named after the machine, here."),
        claims_option,
    ],
)
def replicate(folder: Path, ids: tuple[str, ...], fresh: bool, file: Path | None) -> int:
    """Run claims here, and write a file to contribute."""
    from macros.report import terminal, verification
    from macros.results.own import file_name, replication_of, require_experiments
    from macros.run.plan import Mode

    Outputs(out=file).checked(folder)
    mode = Mode.of_environment(fresh)
    if mode is Mode.FROZEN:
        what = "frozen takes any machine's results, and a replication has this machine's own"
        raise InvalidInput([Problem(Path("CLAIMS_MODE"), 1, 1, what, "unset it")])
    inputs, selected = load(folder, ids)
    require_experiments(selected)
    result = run_selected(errors, inputs, selected, mode)
    replication = replication_of(result)
    report = verification.check(result)
    out.say(terminal.results(report, out.columns))
    if replication is None:
        return report.lost_code
    target = file or Path(file_name(replication))
    text = replication.text()
    write(target, text)
    errors.note(f"wrote {target} ({len(text.encode()) / 1024:.0f} KiB, claims: {len(replication.claims)})\n{NEXT}")
    return report.lost_code
