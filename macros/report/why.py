"""Why a cell would run or not, in words: `claims why`."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from macros.report.layout import paragraph
from macros.run.explain import Explained


def reasons(explained: Sequence[Explained], page: int) -> Text:
    """A line or two for each cell; what changed stands under its half of the address."""
    blocks = [Text.assemble((str(item.cell), "bold"), "\n", paragraph(reason(item), page, "  ")) for item in explained]
    return Text("\n").join(blocks or [Text("nothing to run: the claim has no experiment")])


def reason(item: Explained) -> str:
    """Whether the cell would run, and why, in one sentence."""
    match item.because:
        case "kept":
            said = f"would not run: the ledger has it ({_processes(item.processes)}, experiment {item.key[:12]})"
        case "undecided":
            said = f"would continue: {_processes(item.processes)} did not decide it, and more are allowed"
        case "never-ran":
            said = "would run: it never ran"
        case "elsewhere":
            said = "would run: only other machines have a result for it; CLAIMS_MODE=frozen would use that"
        case "removed":
            said = "would run: nothing has changed since its last result, but the record is gone"
        case "no-image":
            said = "would run: its image was never built here; `claims images` builds it"
        case "changed":
            halves = (("the experiment", item.experiment), ("the machine", item.machine))
            changes = [f"{half} has changed ({', '.join(parts)})" for half, parts in halves if parts]
            said = f"would run: since its last result {' and '.join(changes)}"
    return said


def _processes(count: int) -> str:
    return f"{count} process{'' if count == 1 else 'es'}"
