"""What the sentinel sees: processes of known work beside real loads, and on an idle machine.

A round is one measured process by the lab's own path, with the witnesses that the sentinel gave of it. Its work is
known, so it is known whether something slowed it; whether it would be called loud is asked of the judges.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.checks import Check, at_least, at_most
from bench.judging import Levels, levels_of, loud, loud_in_a_run
from bench.keeping import keep, kept
from bench.loads import LOADS, NONE, Place, load
from bench.programs import BUILD_WORK, CPUS, WORKS, Cpus, Round, box_with, medians, run_watched
from macros.lab.box import Box

SLOWED = 1.25
"""A process is slowed that took more than so many times its idle median."""

IDLE_ROUNDS = 40
"""Of each work in each box: the idle times and the quiet levels come from them."""

SESSION = 96
"""Processes: about as many as count in one claim's session, on average over the measured ones."""


@dataclass(frozen=True)
class Seen:
    """Rounds of an idle machine from which it is learnt, and rounds that are judged by them."""

    idle: Sequence[Round]
    judged: Sequence[Round]

    @property
    def levels(self) -> Levels:
        return levels_of([one.witnesses for one in self.idle])

    def slowed(self, name: str) -> list[Round]:
        """The rounds beside that load in which the work took too long."""
        times = medians(self.idle)
        return [one for one in self.judged if one.load == name and _slowed(one, times)]

    def loud(self, rounds: Sequence[Round]) -> list[Round]:
        """Those that the judges call loud."""
        levels = self.levels
        return [one for one in rounds if loud(one.witnesses, levels)]


def beside_loads(place: Place, rounds: int, file: Path) -> list[Check]:
    """So many rounds of each work in each box beside each load; they are kept in `file` as well."""
    with _boxes(place) as boxes, _keeping(file) as keep_round:
        idle = [keep_round(one) for one in rounds_of(boxes, NONE, IDLE_ROUNDS)]
        beside: list[Round] = []
        for name in LOADS:
            with load(name, place):
                beside += [keep_round(one) for one in rounds_of(boxes, name, rounds)]
    return caught(Seen(idle, beside))


def caught(seen: Seen) -> list[Check]:
    """For each load: how many of the rounds that it slowed are called loud. Where it slowed none, none was missed."""
    checks = []
    for name in LOADS:
        slowed = seen.slowed(name)
        share = len(seen.loud(slowed)) / len(slowed) if slowed else 1.0
        total = sum(one.load == name for one in seen.judged)
        what = f"beside {name}: of the {len(slowed)} of {total} rounds in which known work took over {SLOWED} times its"
        checks.append(at_least(f"{what} idle time, called loud", 0.95, share))
    return checks


@dataclass(frozen=True)
class Stretch:
    """So many minutes of an idle machine: its rounds, those called loud, those that something slowed all the same.

    `caught`: of the slowed ones, those called loud.
    """

    minutes: float
    rounds: int
    loud: int
    slowed: int
    caught: int


def stretch_of(rounds: Sequence[Round], minutes: float) -> Stretch:
    """What its rounds come to, in the order in which they ran: judged as if a run of the catalogue had measured them.

    Levels learnt once, from its first seconds, would be another sentinel than the lab's.
    """
    times = medians(rounds)
    witnesses = [one.witnesses for one in rounds]
    sessions = (witnesses[first : first + SESSION] for first in range(0, len(witnesses), SESSION))
    called = [bool(names) for names in loud_in_a_run(sessions)]
    slowed = [_slowed(one, times) for one in rounds]
    both = sum(loud and slow for loud, slow in zip(called, slowed, strict=True))
    return Stretch(minutes, len(rounds), sum(called), sum(slowed), both)


def idle_stretches(place: Place, minutes: float, now: float, file: Path, rounds_file: Path) -> list[Stretch]:
    """Stretches of so many minutes in all: those kept in `file`, and what is missing: at most `now` minutes of it.

    The rounds of this run are also in `rounds_file`.
    """
    found = [Stretch(**row) for row in kept(file)]
    now = min(minutes - sum(one.minutes for one in found), now)
    if now > 0:
        with _boxes(place) as boxes, _keeping(rounds_file) as keep_round:
            ends = time.monotonic() + now * 60
            rounds: list[Round] = []
            while time.monotonic() < ends:
                rounds += [keep_round(one) for one in rounds_of(boxes, NONE, 1)]
        found.append(stretch_of(rounds, now))
        keep(file, asdict(found[-1]))
    return found


def called_loud(stretches: Sequence[Stretch]) -> list[Check]:
    """How many of the rounds of an idle machine are called loud, how many something slowed, and how many are both."""
    total, minutes = sum(one.rounds for one in stretches), sum(one.minutes for one in stretches)
    share = sum(one.loud for one in stretches) / total if total else 1.0
    span = "an idle hour" if minutes >= 60 else f"{minutes:g} idle minutes"
    return [
        at_most(f"{total:,} rounds of {span}: called loud", 0.05, share),
        Check(f"of these rounds, those in which known work took over {SLOWED} times its median all the same", "shown",
              sum(one.slowed for one in stretches), True),
        Check("of those in turn, called loud", "shown", sum(one.caught for one in stretches), True),
    ]  # fmt: skip


def _slowed(one: Round, times: Mapping[tuple[str, str], float]) -> bool:
    """Whether its work took too long. `times`: what it usually takes, in milliseconds, by `Round.kind`."""
    return one.milliseconds > SLOWED * times[one.kind]


def rounds_of(boxes: Mapping[Cpus, Box], name: str, count: int) -> Iterator[Round]:
    """So many rounds of each work in each box, in turns."""
    for _ in range(count):
        for cpus, box in boxes.items():
            for work in WORKS:
                yield run_watched(box, name, cpus, work)


@contextlib.contextmanager
def _boxes(place: Place) -> Iterator[dict[Cpus, Box]]:
    """One on a processor of its own and one on all, with the programs in them."""
    with contextlib.ExitStack() as stack:
        yield {cpus: stack.enter_context(box_with(place.runner, place.image, BUILD_WORK, cpus)) for cpus in CPUS}


@contextlib.contextmanager
def _keeping(file: Path) -> Iterator[Callable[[Round], Round]]:
    """Each round is also written to a file, one a line: for whoever wants to know why one was missed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as out:

        def keep_round(one: Round) -> Round:
            out.write(json.dumps(one.to_json()) + "\n")
            out.flush()
            return one

        yield keep_round
