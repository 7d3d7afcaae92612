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
from macros.lab.sentinel import Sentinel
from macros.ledger.address import machine_half
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.run.cell import CellRun, Measured
from macros.run.progress import Progress
from macros.run.session import CellPlan, Fault, Session
from macros.run.watch import Watch, best_of, with_best

Report = Callable[[Record | Fault], None]
"""Takes what each cell came to, as soon as it is known and kept."""


@dataclass(frozen=True)
class Host:
    """The runner of an engine, and the ledger of the machine that owns it."""

    runner: Runner
    ledger: Ledger


def run_sessions(host: Host, sessions: Sequence[Session], report: Report, progress: Progress | None = None) -> None:
    """Run every session to its end: inspecting cells side by side, then each measuring session alone on the machine.

    A cell that fails is reported as a Fault and the others go on. Raises EnvironmentFailed for what ends them all: an
    engine that does not answer, a full disk.
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
            with self._watching(measuring[0].cells[0].image) as watch:
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
            self._progress.stage(f"measuring {name}")

        with machine.alone(on_wait=self._waiting):
            self._progress.stage(f"preparing {name}, {len(tasks)} cells", self._slots)
            schedule.run_measuring(
                tasks, self._slots, random.Random(), quiet, watch.before_round, self._host.runner.close
            )

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
    def _watching(self, image: str) -> Iterator[Watch]:
        """A sentinel for all measuring sessions; its best time is kept for later ones, under this machine."""
        here = machine_half(self._facts, whole=True).key
        sentinel = Sentinel(self._host.runner, image)
        watch = Watch(sentinel, best_of(self._host.ledger.noted("sentinel"), here, _today()))
        try:
            sentinel.open()
            yield watch
        finally:
            sentinel.close()
            if watch.best_seen is not None:
                seen = watch.best_seen
                self._host.ledger.change_note("sentinel", lambda noted: with_best(noted, here, _today(), seen))


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()
