"""Whether the verdicts can be trusted: `make bench-verdicts`. Takes some hours; all seeds are fixed.

sentinel      processes of known work beside real loads: whether those that were slowed are called loud
idle          the same on an idle machine: how often it is called loud
known         claims with known answers beside those loads, through the lab: how often a decisive verdict is wrong
simulated     simulated claims of known truth in nine families of noise: the same
layouts       a program against itself in other layouts, in real processes: how often it is called different
coverage      programs of known duration: whether the intervals hold the truth
again         real claims verified again and again, half of the time beside those loads: contradictory verdicts
idle-or-busy  the catalogue run anew on an idle machine and beside half duty on one core: verdicts that differ
mutants       the catalogue's expectations falsified, and judged on the samples that are in the ledger
analyses      verdicts that hold in every other analysis of those samples
expected      wrong decisive cells to be expected in the catalogue

Figures go to bench/verdicts.json as a list of {check, target, value, met}, and from there to the site's page on trust.
A part that is run alone (`--only`) replaces its own figures there and leaves the others.

`idle`, `known` and `again` take longer than a machine is left alone. What they have is kept in bench/sessions, and each
run of such a part adds what is missing, for at most `--minutes`; `--anew` begins again.
"""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from rich.console import Console

from bench import known_sessions, sentinel, stored
from bench.again import verify_again
from bench.checks import Check, at_least, at_most, run_parts
from bench.families import FAMILIES
from bench.idle_or_busy import compare
from bench.keeping import code_digest, ledger_to_throw_away
from bench.loads import LOADS, Place
from bench.programs import BUILD_KNOWN, an_image, box_with
from bench.real import BUILD_LAYOUTS, a_against_a, coverage
from bench.simulation import decided_share, runs_saved, try_family, upper_bound
from macros import steps
from macros.lab.engine.runner import DockerRunner
from macros.report import display
from macros.results.catalogue import CatalogueResult
from macros.run import plan

ROOT = Path(__file__).parents[1]
FILE = ROOT / "bench" / "verdicts.json"
CACHE = ROOT / ".cache"
SESSIONS = ROOT / "bench" / "sessions"
SEED = 20240601

console = Console(stderr=True)


@contextlib.contextmanager
def _place() -> Iterator[Place]:
    image = an_image(ROOT)
    with DockerRunner() as runner:
        yield Place(runner.cpus(), runner, image.id)


def sees_loads(rounds: int) -> list[Check]:
    with _place() as place:
        return sentinel.beside_loads(place, rounds, CACHE / "rounds-beside-loads.jsonl")


def idle(stretch: float, minutes: float) -> list[Check]:
    rounds = CACHE / "rounds-idle.jsonl"
    with _place() as place:
        return sentinel.called_loud(sentinel.idle_stretches(place, stretch, minutes, SESSIONS / "idle.jsonl", rounds))


def known(sessions: int, minutes: float) -> list[Check]:
    """Sessions with known answers beside the loads in turn."""
    known_ledger = plan.Project(ROOT / "claims").ledger
    with _place() as place, ledger_to_throw_away(known_ledger) as ledger:
        lab = known_sessions.Lab(place, an_image(ROOT), ledger)
        found = known_sessions.run_known(lab, sessions, SEED, minutes, SESSIONS / "known.jsonl")
    for one in found.told:
        if one.wrong:
            print(f"wrong: {one}")
    for name in LOADS:
        beside = [one for one in found.told if one.load == name]
        print(f"beside {name}: {sum(one.decisive for one in beside)} of {len(beside)} decided")
    wrong, decided, total = (
        sum(one.wrong for one in found.told),
        sum(one.decisive for one in found.told),
        len(found.told),
    )
    what = "claims with known answers beside these loads"
    moved = "largest factor between an idle time before these sessions and after"
    return [
        at_least(f"sessions of {what}", 500, total),
        at_most(f"{total} sessions of {what}: decisive and wrong, 95 % bound", 0.01, upper_bound(wrong, total)),
        Check("share of these sessions that decided", "shown", round(decided / max(total, 1), 3), True),
        *([] if found.drift is None else [Check(moved, "shown", round(found.drift, 3), True)]),
        _by_this_code(one.code for one in found.told),
    ]


def _by_this_code(codes: Iterable[str]) -> Check:
    """Sessions of several days may be of several versions; readers are told of how many."""
    now = sum(code == code_digest() for code in codes)
    return Check("of these sessions, those whose lab and judges were what they are now", "shown", now, True)


def simulated(claims: int) -> list[Check]:
    """The nine families, and what their claims cost."""
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


def layouts(tests: int) -> list[Check]:
    with _place() as place, box_with(place.runner, place.image, BUILD_LAYOUTS) as box:
        different = a_against_a(box, tests, SEED)
    print(f"A/A: {different} of {tests} different")
    what = f"{tests} A/A ratios of real processes with other layouts on each side: called different"
    return [at_most(what, 0.01, different / tests)]


def covered(series: int) -> list[Check]:
    checks = []
    with _place() as place, box_with(place.runner, place.image, BUILD_KNOWN) as box:
        for how in ("spin", "sleep"):
            found = coverage(box, how, series)
            what = f"{found.series} series of programs that {how} for a known time: intervals that hold it"
            checks.append(at_least(what, found.level, found.held / found.series))
    return checks


def again(sessions: int, minutes: float) -> list[Check]:
    """Real claims, many times."""
    done = verify_again(ROOT, sessions, SEED, minutes, SESSIONS / "again.jsonl")
    for cell in done.contradictory:
        print(f"contradictory: {cell}: {dict(done.verdicts[cell])}")
    for failure in done.failed:
        print(f"a session that failed to measure: {failure}")
    flips = len(done.contradictory)
    return [
        at_least("sessions of real claims, half of them beside these loads in turn", 300, done.measured),
        at_most("cells that were confirmed in one of these sessions and refuted in another", 0, flips),
        Check("share of verdicts in them that are not the cell's usual one, undecided ones included", "shown",
              round(done.flip_rate, 4), True),
        Check("sessions in them that failed to measure", "shown", len(done.failed), True),
        _by_this_code(one.code for one in done.sessions if not one.failed),
    ]  # fmt: skip


def idle_or_busy(idle_feed: Path | None) -> list[Check]:
    with display.progress(console, display.Live) as progress:
        found = compare(ROOT, CACHE, progress, idle_feed)
    for name in found.differing:
        print(f"differs: {name}: idle {found.idle[name].verdict}, busy {found.busy[name].verdict}")
    for name, cell in found.contradictory:
        print(f"contradictory: {name} [{cell}]")
    what = f"{len(found.both)} claims run on an idle machine and again beside 50 % duty on one core"
    named = f" ({', '.join(found.differing)})" if found.differing else ""
    return [
        at_most(f"{what}: verdicts that differ{named}", 3, len(found.differing)),
        at_most("cells that one of these two runs confirms and the other refutes", 0, len(found.contradictory)),
    ]


@cache
def results() -> CatalogueResult:
    """The catalogue's, from the ledger; what is missing there is run."""
    inputs = steps.load(ROOT / "claims")
    with display.progress(console, display.Live) as progress:
        return steps.execute(inputs, inputs.catalogue.select(()), mode=plan.Mode.of_environment(), progress=progress)


def parts_of(arguments: argparse.Namespace) -> dict[str, Callable[[], Sequence[Check]]]:
    """The parts by name, in the order in which they run."""
    return {
        "sentinel": lambda: sees_loads(arguments.rounds),
        "idle": lambda: idle(arguments.idle_minutes, arguments.minutes),
        "known": lambda: known(arguments.known, arguments.minutes),
        "simulated": lambda: simulated(arguments.claims),
        "layouts": lambda: layouts(arguments.tests),
        "coverage": lambda: covered(arguments.series),
        "again": lambda: again(arguments.sessions, arguments.minutes),
        "idle-or-busy": lambda: idle_or_busy(arguments.idle_feed),
        "mutants": lambda: stored.mutants(results()),
        "analyses": lambda: stored.analyses(results()),
        "expected": lambda: stored.spent(results()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40, help="of each work in each box, beside each load")
    parser.add_argument("--idle-minutes", type=float, default=60, help="of an idle machine, in all")
    parser.add_argument("--known", type=int, default=500, help="sessions with known answers")
    parser.add_argument("--claims", type=int, default=10_000, help="simulated claims in each family")
    parser.add_argument("--tests", type=int, default=500, help="A/A tests")
    parser.add_argument("--series", type=int, default=200, help="series of programs of known duration, of each kind")
    parser.add_argument("--sessions", type=int, default=300, help="sessions of real claims")
    parser.add_argument(
        "--minutes", type=float, default=90, help="of a part that keeps its sessions: how long it may add to them"
    )
    parser.add_argument("--anew", action="store_true", help="forget the sessions that such a part has kept")
    parser.add_argument("--idle-feed", type=Path, help="a claims.json of an idle run, in place of running it")
    names = list(parts_of(argparse.Namespace()))
    parser.add_argument("--only", choices=names, action="append", help="only these parts")
    arguments = parser.parse_args()
    if arguments.anew:
        for name in arguments.only or names:
            (SESSIONS / f"{name}.jsonl").unlink(missing_ok=True)
    run_parts(parts_of(arguments), arguments.only or (), FILE)


if __name__ == "__main__":
    main()
