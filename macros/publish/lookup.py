"""Finding what a macro names in the catalogue's results; whatever is not there is a PageProblem that says what is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from macros.claim.natural import natural_key
from macros.ledger.record import Output
from macros.publish.page_problems import PageProblem, nothing_called
from macros.results.catalogue import CatalogueResult, CellResult, ClaimResult
from macros.verdict.finding import Estimate
from macros.words import speak

BEFORE_RUN = ("probe", "build")
"""The stages whose kept output bears the stage's name; that of a run bears the arm's."""


def toolchains_of(result: ClaimResult) -> list[str]:
    """The toolchains in which the claim ran, oldest first."""
    return sorted({cell.cell.toolchain for cell in result.cells}, key=natural_key)


def cases_of(result: ClaimResult) -> list[str]:
    """The cases that ran, in the order of the claim file."""
    ran = {cell.cell.case for cell in result.cells}
    return [case.name for case in result.claim.cases if case.name in ran]


def program_files(result: ClaimResult) -> dict[str, str]:
    """The claim's program files by name, its own and the shared ones, as they were when they ran."""
    return {name: content.decode("utf-8", errors="replace") for name, content in result.files.items()}


def files_of(result: ClaimResult) -> dict[str, str]:
    """The same, and the claim's own file before them."""
    return {"claim.yml": (result.folder / "claim.yml").read_text("utf-8"), **program_files(result)}


def find_claim(results: CatalogueResult, claim: str) -> ClaimResult:
    if claim not in results.claims:
        raise nothing_called("claim", claim, results.claims)
    return results.claims[claim]


def find_figure(result: ClaimResult, index: int) -> str:
    """One of the figures that the source gives, as it gives it."""
    figures = result.claim.source.figures
    if not 0 <= index < len(figures):
        count = f"{len(figures)}, counted from 0" if figures else "none"
        raise PageProblem(f"claim `{result.claim.id}` has no figure {index}", f"the source gives {count}")
    return figures[index]


def find_cell(result: ClaimResult, toolchain: str | None, case: str | None) -> CellResult:
    """The cell named; by default the newest toolchain's, and the first case's."""
    name = result.claim.id
    if not result.cells:
        raise PageProblem(f"claim `{name}` has no measured cells: its kind is {result.claim.kind.value}")
    return _pick(result.cells, toolchain, case, [case.name for case in result.claim.cases], f"of claim `{name}`")


def _pick(
    cells: Sequence[CellResult], toolchain: str | None, case: str | None, order: Iterable[str], whose: str
) -> CellResult:
    toolchains = sorted({cell.cell.toolchain for cell in cells}, key=natural_key)
    cases = [name for name in order if any(cell.cell.case == name for cell in cells)]
    if case is not None and case not in cases:
        raise nothing_called(f"case {whose}", case, cases)
    case = case or cases[0]
    if toolchain is not None and toolchain not in toolchains:
        raise nothing_called(f"toolchain {whose}", toolchain, toolchains)
    there = {cell.cell.toolchain: cell for cell in cells if cell.cell.case == case}
    chosen = toolchain or max(there, key=natural_key)
    if chosen not in there:
        raise nothing_called(f"toolchain {whose} in the case `{case}`", chosen, sorted(there, key=natural_key))
    return there[chosen]


def find_control(result: ClaimResult, name: str, toolchain: str | None) -> CellResult:
    """A control's run, by default in the newest of its toolchains."""
    names = list(dict.fromkeys(control.control.name for control in result.controls))
    runs = {
        control.result.cell.toolchain: control.result for control in result.controls if control.control.name == name
    }
    if not runs:
        raise nothing_called(f"control of claim `{result.claim.id}`", name, names)
    chosen = toolchain or max(runs, key=natural_key)
    if chosen not in runs:
        raise nothing_called(f"toolchain of the control `{name}`", chosen, sorted(runs, key=natural_key))
    return runs[chosen]


def arms_of(result: ClaimResult) -> list[str]:
    experiment = result.claim.experiment
    return list(experiment.arms) if experiment else []


def estimate_name(metric: str, arm: str | None) -> str:
    """The name under which a cell's estimates hold a metric: of one arm, where several print it."""
    return f"{metric}@{arm}" if arm else metric


def find_estimate(result: ClaimResult, cell: CellResult, metric: str, arm: str | None) -> Estimate:
    """A metric's estimate in a cell. Ratios are there too, as `metric of/over`."""
    there = cell.judged.estimates
    whose = f"of claim `{result.claim.id}`"
    if arm is not None and arm not in arms_of(result):
        raise nothing_called(f"arm {whose}", arm, arms_of(result))
    for name in (estimate_name(metric, arm), metric):
        if name in there:
            return there[name]
    if metric in result.claim.metrics:
        arms = [name for name in arms_of(result) if estimate_name(metric, name) in there]
        if arms and arm is None:
            raise PageProblem(f"several arms print the metric `{metric}` {whose}", f"add arm= one of {', '.join(arms)}")
        reason = speak("en").finding(cell.judged.finding) or cell.record.evidence.missing or "no process printed it"
        raise PageProblem(f"the metric `{metric}` {whose} has no value in {cell.cell}: {reason}")
    raise nothing_called(f"metric {whose}", metric, there)


def find_output(cell: CellResult, stage: str, arm: str | None) -> Output:
    """The raw output that was kept of `probe`, `build` or `run`; of one arm of `run`, by default the first."""
    kept = {output.stage: output for output in cell.record.outputs}
    of_run = [name for name in kept if name not in BEFORE_RUN]
    wanted = (arm or (of_run[0] if of_run else stage)) if stage == "run" else stage
    if wanted not in kept:
        kind = "arm" if stage == "run" and arm else "stage"
        raise nothing_called(f"{kind} with kept output in {cell.cell}", wanted, of_run if kind == "arm" else kept)
    return kept[wanted]
