"""Whether the verdicts can be trusted: `make bench-verdicts`. Takes about an hour; all seeds are fixed.

1. Simulated claims of known truth in five families of noise: how often a decisive verdict is wrong.
2. A program against itself, in real processes: how often it is called different.
3. Real claims verified again and again, half of the time beside another program: contradictory flips.
4. Mutants of the catalogue's expectations.
5. Runs used against a design of fixed size; claims decided within their budget.
6. Programs of known duration: whether the intervals hold the truth.

Figures go to bench/verdicts.json as a list of {check, target, value, met}, and from there to the site's page on trust.
A part that is run alone replaces its own figures there and leaves the others.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from bench.again import verify_again
from bench.checks import Check, at_least, at_most, run_parts
from bench.families import FAMILIES
from bench.real import a_against_a, coverage, known_programs
from bench.simulation import decided_share, runs_saved, try_family, upper_bound
from macros import steps
from macros.lab.engine.runner import DockerRunner
from macros.lab.images import building
from macros.lab.setup import Leave
from macros.report import display
from macros.results.mutants import score
from macros.run import plan
from macros.words import speak

ROOT = Path(__file__).parents[1]
FILE = ROOT / "bench" / "verdicts.json"
SESSIONS = ROOT / ".cache" / "sessions-again.jsonl"
"""The repeated sessions of the last run, which an interrupted one goes on from."""

TOOLCHAIN = "go1.22"
SEED = 20240601

console = Console(stderr=True)


def simulated(claims: int) -> list[Check]:
    """The five families, and what their claims cost."""
    checks = []
    everything = []
    for family in FAMILIES:
        tried = try_family(family, claims, os.cpu_count() or 1)
        everything += tried
        wrong = sum(one.wrong for one in tried)
        print(f"{family}: {wrong} of {claims} decisive and wrong, {decided_share(tried):.1%} of the far ones decided")
        bound = upper_bound(wrong, claims)
        checks.append(at_most(f"{claims:,} simulated claims, {family}: decisive and wrong, 95 % bound", 0.01, bound))
    share = decided_share(everything)
    checks.append(at_least("claims a factor 1.25 or more from their edge, decided within the budget", 0.9, share))
    saved = runs_saved(everything)
    checks.append(at_least("runs saved against a fixed-size design, for claims a factor 1.25 or more away", 0.6, saved))
    return checks


def real(tests: int, series: int) -> list[Check]:
    """Real processes in a real container."""
    inputs = steps.load(ROOT / "claims")
    image = building.ensure(inputs.toolchains, [TOOLCHAIN], root=ROOT, leave=Leave.given())[TOOLCHAIN].id
    with DockerRunner() as runner, known_programs(runner, image) as box:
        different = a_against_a(box, tests)
        spins, sleeps = coverage(box, "spin", series), coverage(box, "sleep", series)
    print(f"A/A: {different} of {tests} different; spin {spins}, sleep {sleeps}")
    checks = [at_most(f"{tests} A/A ratios of real processes: called different", 0.01, different / tests)]
    for how, found in (("spin", spins), ("sleep", sleeps)):
        what = f"{found.series} series of programs that {how} for a known time: intervals that hold it"
        checks.append(at_least(what, found.level, found.held / found.series))
    return checks


def again(sessions: int, minutes: float) -> list[Check]:
    """Real claims, many times."""
    done = verify_again(ROOT, sessions, SEED, minutes, SESSIONS)
    for cell in done.contradictory:
        print(f"contradictory: {cell}: {dict(done.verdicts[cell])}")
    for failure in done.failed:
        print(f"a session that failed to measure: {failure}")
    flips = len(done.contradictory)
    return [
        at_least("sessions of real claims, half of them with every core kept busy", 300, done.measured),
        at_most("cells that were confirmed in one of these sessions and refuted in another", 0, flips),
        Check("share of verdicts in them that are not the cell's usual one, undecided ones included", "shown",
              round(done.flip_rate, 4), True),
        Check("sessions in them that failed to measure", "shown", len(done.failed), True),
    ]  # fmt: skip


def mutants() -> list[Check]:
    """The catalogue's mutants, on the samples that are in the ledger."""
    inputs = steps.load(ROOT / "claims")
    with display.progress(console, display.Live) as progress:
        results = steps.execute(inputs, inputs.catalogue.select(()), mode=plan.Mode.of_environment(), progress=progress)
    found = score(results)
    for trial in found.survivors:
        words = speak("en")
        why = words.excuse(trial.excuse) if trial.excuse else "DEFECT"
        change = words.change(trial.mutant.change)
        print(f"confirmed: {trial.claim} {trial.toolchain} {trial.case}: {change}: {why}")
    return [
        at_least(f"{found.total:,} mutants of the catalogue: refuted", 0.95, found.share),
        at_most("mutants that are confirmed, but for those excused by name", 0, len(found.defects)),
        Check("mutants that are confirmed because their bound is met by more than three times", "listed by name",
              len(found.survivors) - len(found.defects), True),
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=10_000, help="simulated claims in each family")
    parser.add_argument("--tests", type=int, default=500, help="A/A tests")
    parser.add_argument("--series", type=int, default=200, help="series of programs of known duration, of each kind")
    parser.add_argument("--sessions", type=int, default=300, help="sessions of real claims")
    parser.add_argument("--minutes", type=float, default=90, help="after which no further session begins")
    parser.add_argument(
        "--only", choices=["simulated", "real", "again", "mutants"], action="append", help="only these parts"
    )
    arguments = parser.parse_args()
    parts: dict[str, Callable[[], Sequence[Check]]] = {
        "real": lambda: real(arguments.tests, arguments.series),
        "again": lambda: again(arguments.sessions, arguments.minutes),
        "mutants": mutants,
        "simulated": lambda: simulated(arguments.claims),
    }
    run_parts(parts, arguments.only or (), FILE)


if __name__ == "__main__":
    main()
