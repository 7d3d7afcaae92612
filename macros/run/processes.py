"""One cell's processes: each is run, timed, diagnosed, and read.

What fails here has one of four names. `CellFailed`: the experiment does not work. `RunFailed`: a process of the run
failed, which one in thousands may. `OutputLost`: the engine did not deliver all that was printed. BoxFailed (of
`problems`): there is no box.
"""

from __future__ import annotations

import random
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from macros.evidence.extract import NoReading, ProcessText, extract
from macros.evidence.observation import Points, Value
from macros.evidence.points import all_points
from macros.lab.box import Outcome, Runner
from macros.ledger.record import Output
from macros.run import arranged
from macros.run.diagnose import diagnose, place
from macros.run.session import CellPlan, Fault, Session
from macros.run.workplace import Ready, Workplace

MISSING_MEANS = 69
"""The exit status by which a probe says that the machine lacks something (EX_UNAVAILABLE of sysexits.h)."""

NO_CONDITIONS = 75
"""The exit status by which a measuring process says that this time the machine did not let it measure (EX_TEMPFAIL)."""

SHOWN_BYTES = 64 * 1024
"""How much of a stream is kept for readers."""


class CellFailed(Exception):
    """The experiment itself does not work: a fault of the claim, never a verdict."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.what)
        self.fault = fault


class RunFailed(CellFailed):
    """A process of the run failed: one in thousands may, so the round is run once more in another box."""


class OutputLost(Exception):
    """The engine did not deliver all that a process printed. The cell starts over in another box."""


@dataclass(frozen=True)
class Ran:
    """One process that counts: host seconds, its readings (none where it could not measure), its witnesses.

    `points`: what its growths were taken over.
    """

    seconds: float
    readings: Mapping[str, Value]
    witnesses: Mapping[str, float]
    points: Mapping[str, Points]


class Processes:
    """A cell's processes. `outputs` has the first that counts of each stage and arm; `seconds` the time by stage.

    `rng` pads the environments. `place` is where they run; other cells may share it.
    """

    def __init__(self, session: Session, plan: CellPlan, runner: Runner, rng: random.Random, place: Workplace) -> None:
        self._session = session
        self._plan = plan
        self._runner = runner
        self._rng = rng
        self._place = place
        self._inside = False
        self.outputs: dict[str, Output] = {}
        self.seconds = {"probe": 0.0, "build": 0.0, "run": 0.0}

    def open(self) -> None:
        """Get a box with the claim's files in it; if there was one, another, which no other cell shares."""
        if self._inside:
            self.close()
            self._place = Workplace(self._place.layouts)
        self._place.enter(lambda: self._runner.open(self._session.box(self._plan)))
        self._inside = True

    def close(self) -> None:
        """Let the box go."""
        if self._inside:
            self._inside = False
            self._place.leave()

    def prepare(self) -> Ready:
        """Probe and build, unless another cell has done so for this one as well."""
        with self._place.turn:
            if self._place.ready is None:
                missing = self.probe()
                built = {} if missing is not None else self.build(self._place.layouts)
                shared: dict[str, Output] = {
                    name: self.outputs[name] for name in ("probe", "build") if name in self.outputs
                }
                self._place.ready = Ready(missing, built, shared)
            self.outputs.update(self._place.ready.outputs)
            return self._place.ready

    def probe(self) -> str | None:
        """What the machine lacks, as the probe says it; None where it lacks nothing."""
        if self._plan.probe is None:
            return None
        outcome = self._process("probe", self._plan.probe, "", self._plan.build_deadline, (0, MISSING_MEANS))
        self._keep("probe", self._plan.probe, outcome)
        if outcome.status != MISSING_MEANS:
            return None
        said = outcome.stdout.decode("utf-8", "replace").strip().splitlines()
        return said[0] if said else "the probe does not say what"

    def build(self, layouts: Sequence[int]) -> dict[str, Value]:
        """Build every layout. The readings must be the same in all, because they count for every process."""
        readings: dict[str, Value] = {}
        for layout in layouts:
            script = self._plan.build if self._plan.build is not None else ":"
            if script == ":" and layout == arranged.OWN:
                continue
            before = arranged.making(layout)
            outcome = self._process("build", script, "", self._plan.build_deadline, (0,), before=before)
            if self._plan.build is None:
                continue
            found = self._read("build", "", outcome)
            self._keep("build", self._plan.build, outcome)
            if layout != layouts[0] and found != readings:
                raise CellFailed(self._differs(layouts[0], layout, readings, found))
            readings = found
        return readings

    def _differs(self, first: int, other: int, one: Mapping[str, Value], two: Mapping[str, Value]) -> Fault:
        name = next(name for name in one if one[name] != two.get(name))
        what = f"build reads {name} as {one[name]} in layout {first} and as {two.get(name)} in layout {other}"
        fix = "read something that no layout changes, or state `layouts: {count: 1}` with its reason"
        where = place(self._session, self._plan, "build", "")
        return Fault(cell=self._plan.cell, where=where, what=f"{self._plan.cell}: {what}", fix=fix)

    def run(self, arm: str, layout: int) -> Ran:
        """One fresh process."""
        allowed = self._session.experiment.exit
        if self._session.measuring:
            allowed = (*allowed, NO_CONDITIONS)
        before = self._entering(layout)
        outcome = self._process(
            "run",
            self._plan.arms[arm],
            arm,
            self._plan.run_deadline,
            allowed,
            before=before,
            watched=self._session.measuring,
        )
        if self._session.measuring and outcome.status == NO_CONDITIONS:
            return Ran(outcome.seconds, {}, outcome.witnesses, {})
        readings = self._read("run", arm, outcome)
        self._keep(arm, self._plan.arms[arm], outcome)
        texts = (stream.decode("utf-8", "replace") for stream in (outcome.stdout, outcome.stderr))
        points = all_points(self._session.claim.metrics, arm, *texts)
        return Ran(outcome.seconds, readings, outcome.witnesses, points)

    def warm_up(self, arm: str, layout: int) -> None:
        """A process that fills caches. It is not read and does not count."""
        allowed = (*self._session.experiment.exit, NO_CONDITIONS)
        before = self._entering(layout)
        self._process("run", self._plan.arms[arm], arm, self._plan.run_deadline, allowed, before=before)

    def _entering(self, layout: int) -> str:
        own = "".join(f"export {name}={shlex.quote(value)}; " for name, value in self._plan.run_env.items())
        padding = arranged.padded(self._rng) if self._session.measuring else ""
        return arranged.entering(layout) + own + padding

    def _process(
        self,
        stage: str,
        script: str,
        arm: str,
        deadline: float,
        allowed: tuple[int, ...],
        *,
        before: str = "",
        watched: bool = False,
    ) -> Outcome:
        """`before`: what the script begins with beside its own words."""
        outcome = self._place.run(before + script, deadline=deadline, watched=watched)
        self.seconds[stage] += outcome.seconds
        if outcome.lost:
            raise OutputLost(f"{self._plan.cell}: the engine lost output of {stage}")
        fault = diagnose(self._session, self._plan, stage, arm, outcome, deadline, allowed)
        if fault is not None:
            raise RunFailed(fault) if stage == "run" else CellFailed(fault)
        return outcome

    def _keep(self, name: str, script: str, outcome: Outcome) -> None:
        """For readers, the first output of each stage and arm that is neither empty nor a failure."""
        if name not in self.outputs:
            self.outputs[name] = Output(
                stage=name,
                script=script,
                status=outcome.status,
                stdout=shown(outcome.stdout),
                stderr=shown(outcome.stderr),
            )

    def _read(self, stage: str, arm: str, outcome: Outcome) -> dict[str, Value]:
        text = ProcessText(
            outcome.stdout.decode("utf-8", "replace"), outcome.stderr.decode("utf-8", "replace"), outcome.status or 0
        )
        try:
            return extract(self._session.claim.metrics, stage=stage, arm=arm, text=text, sources=self._session.sources)
        except NoReading as error:
            where = place(self._session, self._plan, stage, arm)
            fault = Fault(cell=self._plan.cell, where=where, what=f"{self._plan.cell}: {error}")
            raise (RunFailed if stage == "run" else CellFailed)(fault) from error


def shown(stream: bytes) -> str:
    """A stream for readers, cut where it is long."""
    text = stream[:SHOWN_BYTES].decode("utf-8", "replace")
    return text if len(stream) <= SHOWN_BYTES else text + "\n[cut here; the rest is not kept]\n"
