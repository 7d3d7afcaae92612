"""One cell's experiment, from an empty box to a record or a fault.

This is where the lab, the extractors and the judges meet: the lab's schedule steps a `CellRun`, which runs a round of
fresh processes, reads their output, and asks the judges whether that is enough.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypedDict

from macros.claim.scope import control_of
from macros.evidence.observation import Evidence, Observation, Value
from macros.lab.box import Runner
from macros.problems import BoxFailed
from macros.run.arranged import Layouts
from macros.run.processes import CellFailed, OutputLost, Processes, RunFailed
from macros.run.session import CellPlan, Fault, Session
from macros.run.watch import SessionLog, Watch, fits
from macros.run.workplace import Displaced, Workplace, workplaces
from macros.verdict.judge import judge_cell, may_be_decided_by_more, needs_more
from macros.verdict.policy import Policy
from macros.verdict.quantities import CannotJudge

LOSSES = 3
"""How often a cell starts over because the engine lost output."""

EXTENDED = 2
"""A cell may take so many times its own runs where others have left time over."""


@dataclass(frozen=True)
class Measured:
    """What came of a cell that worked. `seconds` by stage, `lab` among them; `remarks` say what was unusual."""

    plan: CellPlan
    evidence: Evidence
    processes: Processes
    seconds: dict[str, float]
    remarks: dict[str, str]


class Terms(TypedDict):
    """By what a cell is judged besides its evidence."""

    toolchains: int
    control: bool
    policy: Policy


class CellRun:
    """A cell on its way; implements `lab.schedule.Task`.

    Anything that is wrong with the cell alone becomes its fault. Only what ends the whole run is raised.
    """

    def __init__(
        self,
        session: Session,
        plan: CellPlan,
        runner: Runner,
        environment: dict[str, str],
        on_end: Callable[[Measured | Fault], None],
        watch: Watch | None = None,
        on_begin: Callable[[], None] = lambda: None,
        rng: random.Random | None = None,
        place: Workplace | None = None,
    ) -> None:
        self._session = session
        self._plan = plan
        self._on_end = on_end
        self._on_begin = on_begin
        self._environment = environment
        rng = rng or random.Random()
        if place is None:
            [(place, _)] = workplaces([plan], session.layouts, rng)
        self._processes = Processes(session, plan, runner, rng, place)
        self._observations: list[Observation] = []
        self._built: dict[str, Value] = {}
        self._missing: str | None = None
        self._fault: Fault | None = None
        self._repeated: Fault | None = None
        self._losses = 0
        self._active = 0.0
        # Runs of another kernel, engine or image are no part of this sample.
        before = plan.before
        if before is not None and all(fits(earlier, environment) for earlier in before.evidence.sessions):
            self._observations = list(before.evidence.observations)
            self._earlier = before.evidence.sessions
            self._earlier_seconds = dict(before.seconds)
        else:
            self._earlier = ()
            self._earlier_seconds = {}
        self._round = max((seen.round for seen in self._observations), default=-1) + 1
        self._layouts = Layouts(place.layouts, rng)
        self._first_round = self._round
        self._log = SessionLog(watch, environment, self._round)

    # ---- the schedule's task ---------------------------------------------------------------------------

    def open(self) -> None:
        """Get a box with the claim's files in it."""
        with self._at_work():
            self._processes.open()

    def prepare(self) -> bool:
        """Probe, build, warm up. False: there is nothing to step."""
        self._on_begin()
        with self._at_work():
            if self._fault is None and self._until_delivered(self._ready):
                return self._fault is None and (not self._round or not self._has_enough())
        return False

    def step(self) -> bool:
        """One interleaved round; True when the judges have enough."""
        with self._at_work():
            self._log.note(self._round)
            self._until_delivered(self._whole_round)
            self._round += 1
            return self._has_enough()
        return True

    def seconds_left(self) -> float:
        """What the runs that the claim allows would still have taken."""
        most = self._session.experiment.samples.at_most
        taken = len(self._observations) / len(self._plan.arms)
        return self._processes.seconds["run"] / taken * (most - taken) if 0 < taken < most else 0.0

    def wants_more(self) -> bool:
        """Undecided, and more rounds might decide it; up to twice the runs that the claim allows."""
        most = EXTENDED * self._session.experiment.samples.at_most * len(self._plan.arms)
        if self._fault is not None or len(self._observations) >= most:
            return False
        try:
            terms, evidence = terms_of(self._session, self._plan), self.evidence()
            return any(
                may_be_decided_by_more(self._session.claim, case, evidence, **terms)
                for case in cases_of(self._session, self._plan)
            )
        except CannotJudge:
            return False

    def finish(self) -> None:
        """Hand over what was seen in whole rounds, or the fault. Too few rounds are continued by the next run."""
        if self._fault is not None:
            self._on_end(self._fault)
        elif self._round or self._missing is not None:
            spent = self._processes.seconds
            now = {**spent, "lab": max(self._active - sum(spent.values()), 0.0)}
            seconds = {stage: taken + self._earlier_seconds.get(stage, 0.0) for stage, taken in now.items()}
            remarks = {} if self._repeated is None else {"repeated": f"one round, since at first {self._repeated.what}"}
            self._on_end(Measured(self._plan, self.evidence(), self._processes, seconds, remarks))

    def close(self) -> None:
        """Let the box go."""
        self._processes.close()

    def evidence(self) -> Evidence:
        """All whole rounds, of this session and of those before."""
        whole = tuple(seen for seen in self._observations if seen.round < self._round)
        return Evidence(whole, self._built, self._missing, (*self._earlier, self._log.session()))

    # ---- stages ----------------------------------------------------------------------------------------

    def _ready(self) -> bool:
        """False where the machine lacks the means."""
        ready = self._processes.prepare()
        self._missing, self._built = ready.missing, dict(ready.built)
        if self._missing is not None:
            return False
        if self._session.measuring:
            for number in range(self._session.experiment.samples.warm_up):
                for arm in self._plan.arms:
                    self._processes.warm_up(arm, self._layouts.of(number))
        return True

    def _whole_round(self) -> bool:
        layout = self._layouts.of(self._round - self._first_round)
        for arm in self._session.arms(self._plan, self._round):
            ran = self._processes.run(arm, layout)
            self._log.saw(ran.witnesses)
            seen = Observation(arm, self._round, ran.seconds, ran.readings, layout, ran.witnesses, ran.points)
            self._observations.append(seen)
        return True

    def _until_delivered(self, stage: Callable[[], bool]) -> bool:
        """Run a stage, and once more in another box where the engine lost output or one process of the run failed, or
        where another cell has spoilt the box."""
        while True:
            try:
                return stage()
            except Displaced:
                pass
            except OutputLost as lost:
                self._losses += 1
                if self._losses > LOSSES:
                    raise BoxFailed(
                        f"{lost}, {self._losses} times; the machine may be overloaded: start again later"
                    ) from lost
            except RunFailed as failure:
                if self._repeated is not None:
                    raise
                self._repeated = failure.fault
            self._begin_anew()
            if stage != self._ready:
                self._until_delivered(self._ready)

    def _begin_anew(self) -> None:
        """Another box: what was printed in the first one is lost. Whole rounds are kept."""
        self._processes.open()
        self._observations = [seen for seen in self._observations if seen.round < self._round]

    # ---- what the judges are asked ---------------------------------------------------------------------

    def _has_enough(self) -> bool:
        return has_enough(self._session, self._plan, self.evidence())

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        """Count the time that this cell takes, and keep to the cell what is wrong with it alone."""
        begun = time.monotonic()
        try:
            yield
        except CellFailed as failure:
            self._fault = failure.fault
        except CannotJudge as error:
            self._fault = Fault(cell=self._plan.cell, where=("expect",), what=f"{self._plan.cell}: {error}")
        except BoxFailed as error:
            what = f"{self._plan.cell}: {error}"
            self._fault = Fault(cell=self._plan.cell, where=("experiment",), what=what, environment=True)
        finally:
            self._active += time.monotonic() - begun


def terms_of(session: Session, plan: CellPlan) -> Terms:
    """By what a cell of the session is judged."""
    return {"toolchains": session.breadth, "control": bool(plan.cell.control), "policy": session.policy}


def cases_of(session: Session, plan: CellPlan) -> tuple[str, ...]:
    """In which cases a cell is judged: in its own, and a control also in others that it stands for."""
    control = control_of(session.claim, plan.cell)
    return (plan.cell.case,) if control is None else session.claim.cases_of(control)


def has_enough(session: Session, plan: CellPlan, evidence: Evidence) -> bool:
    """Whether a cell needs no further process. Raises CannotJudge for readings of a kind that nobody expects."""
    terms = terms_of(session, plan)
    if any(needs_more(session.claim, case, evidence, **terms) for case in cases_of(session, plan)):
        return False
    for case in cases_of(session, plan):
        judge_cell(session.claim, case, evidence, **terms)
    return True


def needs_no_more(session: Session, plan: CellPlan, evidence: Evidence) -> bool:
    """Whether stored evidence stands as it is. It is judged later, and once.

    Where it cannot be judged no further process would help, and judging says what is wrong.
    """
    try:
        terms = terms_of(session, plan)
        return not any(needs_more(session.claim, case, evidence, **terms) for case in cases_of(session, plan))
    except CannotJudge:
        return True
