"""The machine that owns the engine, and how sessions run on it.

A local run, a worker of a cluster and a process that got its sessions over a pipe all call `run_sessions`. What
belongs to the machine is here and nowhere else: its runner, its facts, its lock, its sentinel, and the ledger that a
record is written to before it is reported.
"""

from __future__ import annotations

import contextlib
import datetime
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from macros.lab import machine, schedule
from macros.lab.box import Runner
from macros.lab.null_control import NullControl
from macros.ledger.address import machine_half
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.run import levels
from macros.run.cell import CellRun, Measured
from macros.run.progress import Progress
from macros.run.session import CellPlan, Fault, Session
from macros.run.watch import RUN_PATIENCE_SECONDS, Watch

NOTE = "quiet"
"""The ledger's note of what the sentinel's witnesses read on a quiet machine."""

Report = Callable[[Record | Fault], None]
"""Takes what each cell came to, as soon as it is known and kept."""


@dataclass(frozen=True)
class Host:
    """The runner of an engine, and the ledger of the machine that owns it.

    `patience`: for how many seconds a run may wait for a quiet machine.
    """

    runner: Runner
    ledger: Ledger
    patience: float = RUN_PATIENCE_SECONDS


def run_sessions(host: Host, sessions: Sequence[Session], report: Report, progress: Progress | None = None) -> None:
    """Run every session to its end: inspecting cells side by side, then each measuring session alone on the machine.

    A cell that fails is reported as a Fault and the others go on. Raises EnvironmentFailed for anything that ends them
    all: an engine that does not answer, a full disk.
    """
    progress = progress or Progress()
    progress.total(sum(len(session.cells) for session in sessions))
    _Run(host, report, progress).all(sessions)


class _Run:
    def __init__(self, host: Host, report: Report, progress: Progress) -> None:
        self._host = host
        self._report = report
        self._progress = progress
        self._facts = host.runner.facts().to_json()
        self._slots = len(host.runner.cpus())

    def all(self, sessions: Sequence[Session]) -> None:
        inspecting = [session for session in sessions if not session.measuring]
        measuring = [session for session in sessions if session.measuring]
        if inspecting:
            self._inspect(inspecting)
        if measuring:
            with self._watching(measuring[0]) as watch:
                for session in measuring:
                    self._measure(session, watch)

    def _inspect(self, sessions: Sequence[Session]) -> None:
        tasks = [self._task(session, plan, None) for session in sessions for plan in session.cells]
        with machine.in_company(on_wait=self._waiting):
            self._progress.stage(f"inspecting {len(tasks)} cells, {self._slots} at a time", self._slots)
            schedule.run_inspecting(tasks, self._slots, self._host.runner.close)

    def _measure(self, session: Session, watch: Watch) -> None:
        """One claim's cells in one session, alone on the machine."""
        name, tasks = session.claim.id, [self._task(session, plan, watch) for plan in session.cells]

        def quiet() -> None:
            self._host.runner.settle()
            watch.before_session()
            self._progress.stage(f"measuring {name}")

        def before_round() -> None:
            if watch.before_round():
                self._progress.stage(f"measuring {name}")

        with machine.alone(on_wait=self._waiting):
            self._progress.stage(f"preparing {name}, {len(tasks)} cells", self._slots)
            schedule.run_measuring(tasks, self._slots, random.Random(), quiet, before_round, self._host.runner.close)

    def _waiting(self) -> None:
        self._progress.stage("waiting for another run on this machine")

    def _task(self, session: Session, plan: CellPlan, watch: Watch | None) -> CellRun:
        environment = {name: str(value) for name, value in self._facts.items()}
        environment["image"] = plan.image_facts["image_content"]
        started = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        whole = session.claim.asks_machine

        def on_end(ended: Measured | Fault) -> None:
            result = ended if isinstance(ended, Fault) else self._keep(ended, started, whole)
            self._report(result)
            self._progress.ends(plan.cell, result if isinstance(result, Fault) else None)

        return CellRun(
            session, plan, self._host.runner, environment, on_end, watch, lambda: self._progress.begins(plan.cell)
        )

    def _keep(self, measured: Measured, started: str, whole: bool) -> Record:
        record = Record(
            cell=measured.plan.cell,
            experiment=measured.plan.experiment,
            machine=machine_half(self._facts, whole=whole),
            facts=self._facts,
            image=measured.plan.image_facts,
            evidence=measured.evidence,
            outputs=tuple(measured.processes.outputs.values()),
            started=started,
            seconds=measured.seconds,
            remarks=measured.remarks,
        )
        self._host.ledger.put(record)
        return record

    @contextlib.contextmanager
    def _watching(self, first: Session) -> Iterator[Watch]:
        """The guard of all measuring sessions. What it learns of the quiet levels is kept, under this machine."""
        here = machine_half(self._facts, whole=True).key
        ledger, today = self._host.ledger, _today()
        control = NullControl(self._host.runner, first.cells[0].image, random.Random())
        known = levels.noted(ledger.noted(NOTE), here)
        watch = Watch(control, known, today, first.policy, patience=self._host.patience, on_wait=self._busy)
        try:
            control.open()
            yield watch
        finally:
            control.close()
            seen = watch.seen()
            if seen:

                def learnt(note: object) -> dict[str, object]:
                    return levels.with_noted(note, here, levels.with_day(levels.noted(note, here), today, seen))

                ledger.change_note(NOTE, learnt)

    def _busy(self) -> None:
        self._progress.stage("waiting for a quiet machine")


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()
