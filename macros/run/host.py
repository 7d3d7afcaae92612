"""The machine that owns the engine, and how sessions run on it.

A local run, a worker of a cluster and a process that got its sessions over a pipe all call `run_sessions`. What
belongs to the machine is here and nowhere else: its runner, its facts, its lock, its sentinel, and the ledger that a
record is written to before it is reported.
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

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
from macros.run.workplace import Workplace, workplaces

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


Group = Sequence[tuple[Session, Report]]
"""Sessions that are measured together, each with what takes its results: the two sides of a claim that was changed."""


def run_sessions(host: Host, sessions: Sequence[Session], report: Report, progress: Progress | None = None) -> None:
    """Run every session to its end: inspecting cells side by side, then each measuring session alone on the machine.

    A cell that fails is reported as a Fault and the others go on. Raises EnvironmentFailed for anything that ends them
    all: an engine that does not answer, a full disk.
    """
    run_groups(host, [[(session, report)] for session in sessions], progress)


def run_groups(host: Host, groups: Sequence[Group], progress: Progress | None = None) -> None:
    """As `run_sessions`, where the measuring sessions of a group are one: all their cells take turns in every round.

    So a slow minute touches the sides of a comparison alike. Their records bear the same time of beginning.
    """
    progress = progress or Progress()
    progress.total(sum(len(session.cells) for group in groups for session, _ in group))
    _Run(host, progress).all(groups)


class _Run:
    def __init__(self, host: Host, progress: Progress) -> None:
        self._host = host
        self._progress = progress
        self._facts = host.runner.facts().to_json()
        self._slots = len(host.runner.cpus())

    def all(self, groups: Sequence[Group]) -> None:
        inspecting = [side for group in groups for side in group if not side[0].measuring]
        measuring = [[side for side in group if side[0].measuring] for group in groups]
        measuring = [group for group in measuring if group]
        if inspecting:
            self._inspect(inspecting)
        if measuring:
            with self._watching(measuring[0][0][0]) as watch:
                for group in measuring:
                    self._measure(group, watch)

    def _inspect(self, sessions: Group) -> None:
        places = self._tasks(sessions, None)
        tasks = [cells[0] if len(cells) == 1 else schedule.InTurn(cells) for cells in places]
        with machine.in_company(on_wait=self._waiting):
            count = sum(len(cells) for cells in places)
            self._progress.stage(f"inspecting {count} cells, {self._slots} at a time", self._slots)
            schedule.run_inspecting(tasks, self._slots, self._host.runner.close)

    def _measure(self, group: Group, watch: Watch) -> None:
        """One claim's cells in one session, alone on the machine."""
        name, places = group[0][0].claim.id, self._tasks(group, watch)
        # A cell that shares a place waits while another builds there, so the first of each place come first.
        tasks = [cell for cells in itertools.zip_longest(*places) for cell in cells if cell is not None]

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
        self._progress.stage("waiting for another run on this machine", 0)

    def _tasks(self, group: Group, watch: Watch | None) -> list[list[CellRun]]:
        """For each workplace its cells."""
        # By this a session is told from another, and a short one may follow within the second.
        started = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        return [
            [self._task(session, plan, place, watch, report, started) for plan in plans]
            for session, report in group
            for place, plans in workplaces(session.cells, session.layouts, random.Random())
        ]

    def _task(
        self, session: Session, plan: CellPlan, place: Workplace, watch: Watch | None, report: Report, started: str
    ) -> CellRun:
        environment = {name: str(value) for name, value in self._facts.items()}
        environment["image"] = plan.image_facts["image_content"]
        whole = session.claim.asks_machine

        def on_end(ended: Measured | Fault) -> None:
            result = ended if isinstance(ended, Fault) else self._keep(ended, started, whole)
            report(result)
            self._progress.ends(plan.cell, result if isinstance(result, Fault) else None)

        begins = partial(self._progress.begins, plan.cell)
        return CellRun(session, plan, self._host.runner, environment, on_end, watch, begins, place=place)

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
        self._progress.stage("waiting for a quiet machine", 0)


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()
