"""A host at work: it takes sessions one at a time, looks in its ledger first, and writes there before it answers.

So a session that is sent twice, to a host that had finished it or had been killed in the middle of it, costs only what
was not kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from macros.lab.box import Runner
from macros.lab.laboratory import Lab
from macros.ledger.address import Address, machine_half
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.problems import EnvironmentFailed
from macros.run.cell import needs_no_more
from macros.run.host import Host, run_sessions
from macros.run.pool.messages import Answer, Card, Errand
from macros.run.progress import Progress
from macros.run.session import CellPlan, Fault, Session

NOTE = "runs"
"""The ledger's note of which records the latest fresh runs made."""

REMEMBERED_RUNS = 50

STOP_SECONDS = 10.0
"""How long a session that is stopped may take to keep what it has. One that only waits for its turn never ends."""


class Serving:
    """One host's engine, ledger and card. `on_failure` is called once, with what makes the host useless."""

    def __init__(
        self, card: Card, lab: Lab, ledger: Ledger, progress: Progress, on_failure: Callable[[str], None]
    ) -> None:
        self.card = card
        self._lab = lab
        self._ledger = ledger
        self._progress = progress
        self._on_failure = on_failure
        self._runner: Runner | None = None
        self._stopped = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._failed = False

    def answer(self, text: str) -> str:
        """Run what an errand's session lacks here; the answer as JSON. Raises ValueError for what is no errand."""
        errand = Errand.model_validate_json(text)
        if self._failed:
            self._stopped.wait()  # The scheduler gives the session to another host as soon as this one has left.
        self._idle.clear()
        try:
            return self._answer(errand).to_json()
        finally:
            self._idle.set()

    def _answer(self, errand: Errand) -> Answer:
        records, missing = self._look_up(errand)
        looked_up, faults = len(records), []
        failed = ""

        def report(result: Record | Fault) -> None:
            if isinstance(result, Fault):
                faults.append(result)
                return
            records.append(result)
            if errand.run:
                self._note(errand.run, result.address)

        try:
            if missing:
                self._run(errand.session.model_copy(update={"cells": tuple(missing)}), report)
        except EnvironmentFailed as error:
            failed = str(error)
            if not self._stopped.is_set():
                self._failed = True
                self._on_failure(failed)
        return Answer(
            host=self.card.name, records=tuple(records), faults=tuple(faults), failed=failed, looked_up=looked_up
        )

    def stop(self) -> None:
        """End the session that is under way soon; its whole rounds are kept."""
        self._stopped.set()
        runner = self._runner
        if runner is not None:
            runner.close()
        self._idle.wait(STOP_SECONDS)

    def _run(self, session: Session, report: Callable[[Record | Fault], None]) -> None:
        with self._lab.runner() as runner:
            self._runner = runner
            try:
                if self._stopped.is_set():
                    raise EnvironmentFailed("the worker was stopped")
                run_sessions(Host(runner, self._ledger), [session], report, self._progress)
            finally:
                self._runner = None

    def _look_up(self, errand: Errand) -> tuple[list[Record], list[CellPlan]]:
        """The records that the ledger has of this machine, and what must run; undecided cells are continued."""
        records: list[Record] = []
        missing: list[CellPlan] = []
        session = errand.session
        where = machine_half(self.card.facts, whole=session.claim.asks_machine).key
        of_run = set(_runs(self._ledger.noted(NOTE)).get(errand.run, ())) if errand.run else set()
        for plan in session.cells:
            address = Address(plan.experiment.key, where)
            counts = not errand.run or _name(address) in of_run
            record = self._ledger.get(address) if counts else None
            if record is not None and needs_no_more(session, plan, record.evidence):
                records.append(record)
            else:
                missing.append(plan.model_copy(update={"before": record}))
        return records, missing

    def _note(self, run: str, address: Address) -> None:
        def change(noted: Any) -> Any:
            runs = _runs(noted)
            made = [*runs.pop(run, ()), _name(address)]
            return dict([*runs.items(), (run, made)][-REMEMBERED_RUNS:])

        self._ledger.change_note(NOTE, change)


def _runs(noted: Any) -> dict[str, list[str]]:
    """The addresses by run, the latest last. Anything else there, from another version or a person, is ignored."""
    if not isinstance(noted, Mapping):
        return {}
    return {run: made for run, made in noted.items() if isinstance(made, list)}


def _name(address: Address) -> str:
    return f"{address.experiment}/{address.machine}"
