"""One cell's experiment, from an empty box to a record in the ledger.

This is where the lab, the extractors and the judges meet: the lab's schedule steps a `CellRun`, which
runs a round of fresh processes, reads their output, asks the judges whether that is enough, and keeps the result.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from macros.evidence.extract import NoReading, ProcessText, extract
from macros.evidence.observation import Evidence, Observation, Value
from macros.lab.box import Box, Outcome, Runner
from macros.ledger.record import Output, Record
from macros.problems import EnvironmentFailed, Problem
from macros.run.diagnose import diagnose, place
from macros.run.job import Job
from macros.run.watch import Attendance, Watch, fits
from macros.verdict.quantities import CannotJudge

MISSING_MEANS = 69
"""The exit status by which a probe says that the machine lacks something (EX_UNAVAILABLE of sysexits.h)."""

NO_CONDITIONS = 75
"""The exit status by which a measuring process says that this time the machine did not let it measure (EX_TEMPFAIL)."""

SHOWN_BYTES = 64 * 1024
"""How much of a stream is kept for readers."""

Question = Callable[[Job, Evidence], bool]
"""What the judges are asked about a cell so far. May raise CannotJudge."""

LOSSES = 3
"""How often a cell begins anew because the engine lost output."""

EXTENDED = 2
"""A cell may take so many times its own runs where others have left time over."""


class CellFailed(Exception):
    """The experiment itself does not work: a problem of the claim, never a verdict."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class RunFailed(CellFailed):
    """A process of the run failed: one in thousands may, so the round is run once more in another box."""


class OutputLost(Exception):
    """The engine did not deliver all that a process printed. The cell begins anew in another box."""


@dataclass
class CellRun:
    """A cell on its way. Implements `schedule.Task`; its own failures go to `failed`, all others are raised."""

    job: Job
    image: str
    runner: Runner
    enough: Question
    worthwhile: Question
    environment: Mapping[str, str]
    keep: Callable[[Evidence, Sequence[Output], Mapping[str, float], Mapping[str, str]], Record]
    on_end: Callable[[Job, Record | Problem], None]
    before: Record | None = None
    watch: Watch | None = None

    _box: Box | None = None
    _round: int = 0
    _attendance: Attendance | None = None
    _losses: int = 0
    _failed: Problem | None = None
    _missing: str | None = None
    _problem: Problem | None = None
    _active: float = 0.0
    _built: dict[str, Value] = field(default_factory=dict)
    _observations: list[Observation] = field(default_factory=list)
    _outputs: dict[str, Output] = field(default_factory=dict)
    _seconds: dict[str, float] = field(default_factory=lambda: {"probe": 0.0, "build": 0.0, "run": 0.0})

    def open(self) -> None:
        """Get a box with the claim's files in it."""
        with self._at_work():
            self._box = self.runner.open(self.job.box(self.image))

    def prepare(self) -> bool:
        """Probe, build, warm up."""
        with self._at_work():
            return self._prepare()

    def _begin_anew(self) -> None:
        """Another box: what was printed in the first one cannot be had again. Whole rounds stay."""
        self.close()
        self._box = self.runner.open(self.job.box(self.image))
        self._observations = [seen for seen in self._observations if seen.round < self._round]

    def _prepare(self) -> bool:
        if self.before is not None and not all(
            fits(session, self.environment) for session in self.before.evidence.sessions
        ):
            self.before = None  # Another kernel, engine or image: runs of two machines are no one sample.
        if self.before is not None:
            self._observations = list(self.before.evidence.observations)
            self._round = max((seen.round for seen in self._observations), default=-1) + 1
        self._attendance = Attendance(self.watch, self.environment, self._round)
        try:
            return self._until_delivered(self._ready) and (not self._round or not self._enough())
        except CellFailed as failure:
            self._problem = failure.problem
        return False

    def _ready(self) -> bool:
        """Probe, build and warm up; False where the machine lacks the means."""
        if not self._probe():
            return False
        self._build()
        self._warm_up()
        return True

    def _until_delivered(self, stage: Callable[[], bool]) -> bool:
        while True:
            try:
                return stage()
            except OutputLost as lost:
                self._losses += 1
                if self._losses > LOSSES:
                    raise EnvironmentFailed(
                        f"{lost}, {self._losses} times; the machine may be overloaded: start again later"
                    ) from lost
            except RunFailed as failure:
                if self._failed is not None:
                    raise
                self._failed = failure.problem
            self._begin_anew()
            if stage != self._ready:
                self._until_delivered(self._ready)

    def step(self) -> bool:
        """One interleaved round; True when the judges have enough."""
        with self._at_work():
            try:
                if self._attendance is not None:
                    self._attendance.note(self._round)
                self._until_delivered(self._whole_round)
                self._round += 1
                return self._enough()
            except CellFailed as failure:
                self._problem = failure.problem
                return True

    def _whole_round(self) -> bool:
        for arm in self.job.rounds():
            self._observe(arm)
        return True

    def seconds_left(self) -> float:
        """What the runs that the claim allows would still have taken."""
        most, taken = self.job.experiment.samples.at_most, len(self._observations) / len(self.job.arms)
        return self._seconds["run"] / taken * (most - taken) if 0 < taken < most else 0.0

    def hungry(self) -> bool:
        """Undecided, and more rounds might decide it; up to twice the runs that the claim allows."""
        most = EXTENDED * self.job.experiment.samples.at_most * len(self.job.arms)
        if self._problem is not None or len(self._observations) >= most:
            return False
        try:
            return self.worthwhile(self.job, self._evidence())
        except CannotJudge:
            return False

    def finish(self) -> None:
        """Keep what was seen in whole rounds, or report the problem. Too few rounds are continued by the next run."""
        if self._problem is not None:
            self.on_end(self.job, self._problem)
        elif self._round or self._missing is not None:
            seconds = {**self._seconds, "lab": max(self._active - sum(self._seconds.values()), 0.0)}
            repeated = {} if self._failed is None else {"repeated": f"one round, since at first {self._failed.what}"}
            self.on_end(self.job, self.keep(self._evidence(), list(self._outputs.values()), seconds, repeated))

    def close(self) -> None:
        """Let the box go."""
        if self._box is not None:
            self._box.__exit__(None, None, None)
            self._box = None

    # ---- stages ----------------------------------------------------------------------------------

    def _probe(self) -> bool:
        if self.job.probe is None:
            return True
        outcome = self._process("probe", self.job.probe, "", self.job.build_deadline, (0, MISSING_MEANS))
        if outcome.status == MISSING_MEANS:
            said = outcome.stdout.decode("utf-8", "replace").strip().splitlines()
            self._missing = said[0] if said else "the probe does not say what"
        return self._missing is None

    def _build(self) -> None:
        if self.job.build is None:
            return
        outcome = self._process("build", self.job.build, "", self.job.build_deadline, (0,))
        self._built = self._read("build", "", outcome)

    def _warm_up(self) -> None:
        """Processes that fill caches and are not counted; only where time is what is measured."""
        if self.job.measuring:
            for _ in range(self.job.experiment.samples.warm_up):
                for arm in self.job.arms:
                    self._run(arm)

    def _run(self, arm: str) -> Outcome:
        allowed = self.job.experiment.exit
        if self.job.measuring:
            allowed = (*allowed, NO_CONDITIONS)
        return self._process("run", self.job.arms[arm], arm, self.job.run_deadline, allowed)

    def _observe(self, arm: str) -> None:
        """One process that counts. One that could not measure is kept without readings: it has taken its turn."""
        outcome = self._run(arm)
        blank = self.job.measuring and outcome.status == NO_CONDITIONS
        readings = {} if blank else self._read("run", arm, outcome)
        self._observations.append(Observation(arm, self._round, outcome.seconds, readings))

    def _process(self, stage: str, script: str, arm: str, deadline: float, allowed: tuple[int, ...]) -> Outcome:
        assert self._box is not None
        outcome = self._box.run(script, deadline=deadline)
        self._seconds[stage] += outcome.seconds
        if outcome.lost:
            raise OutputLost(f"{self.job.cell}: the engine lost output of {stage}")
        problem = diagnose(self.job, stage, arm, outcome, deadline, allowed)
        if problem is not None:
            raise RunFailed(problem) if stage == "run" else CellFailed(problem)
        name = arm if stage == "run" else stage
        self._outputs.setdefault(
            name, Output(name, script, outcome.status, _shown(outcome.stdout), _shown(outcome.stderr))
        )
        return outcome

    def _read(self, stage: str, arm: str, outcome: Outcome) -> dict[str, Value]:
        text = ProcessText(
            outcome.stdout.decode("utf-8", "replace"), outcome.stderr.decode("utf-8", "replace"), outcome.status or 0
        )
        sources = {name: content.decode("utf-8", "replace") for name, content in self.job.loaded.files.items()}
        try:
            return extract(self.job.claim.metrics, stage=stage, arm=arm, text=text, sources=sources)
        except NoReading as error:
            problem = self.job.loaded.document.problem(place(self.job, stage, arm), f"{self.job.cell}: {error}")
            raise (RunFailed if stage == "run" else CellFailed)(problem) from error

    def _enough(self) -> bool:
        try:
            return self.enough(self.job, self._evidence())
        except CannotJudge as error:
            raise CellFailed(self.job.loaded.document.problem(("expect",), f"{self.job.cell}: {error}")) from error

    def _evidence(self) -> Evidence:
        whole = tuple(seen for seen in self._observations if seen.round < self._round)
        sessions = self.before.evidence.sessions if self.before is not None else ()
        if self._attendance is not None:
            sessions = (*sessions, self._attendance.session())
        return Evidence(whole, self._built, self._missing, sessions)

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        """Time that this cell takes: not the time in which it waits for the other cells of its round."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self._active += time.monotonic() - begun


def _shown(stream: bytes) -> str:
    text = stream[:SHOWN_BYTES].decode("utf-8", "replace")
    return text if len(stream) <= SHOWN_BYTES else text + "\n[cut here; the rest is not kept]\n"
