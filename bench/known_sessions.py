"""Measured claims whose answers are known, through the real lab, beside real loads.

A claim says that a program of known work takes less, or more, than so many times what it takes on this machine when
that is idle. So it is known whether the claim is true; a load must not make the judges say otherwise.

The sessions take an hour, so they are kept, and each run adds those that are missing. Every run begins with the idle
times of the machine as it is then, by which its statements are made, and ends with them.
"""

from __future__ import annotations

import hashlib
import random
import statistics
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.keeping import code_digest, keep, kept
from bench.loads import LOADS, Place, load
from bench.programs import BUILD_WORK, CPUS, PIECES, TOOLCHAIN, WORK_C, WORKS, Cpus
from macros.claim.cell import Cell
from macros.claim.document import Document
from macros.claim.loading import LoadedClaim
from macros.claim.model import Claim
from macros.lab.images.image import Image
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.run.host import Host, run_sessions
from macros.run.session import Fault, Session, plan_cell
from macros.verdict.judge import judge_cell

FACTORS = (1.1, 1.25, 1.5, 2.0)
AT_LEAST, AT_MOST = 8, 20
PATIENCE_SECONDS = 1.0
"""How long a session waits for a quiet machine: a load lasts for as long as the session does, its pauses far less."""

IDLE_SESSIONS = 2
"""Of each work, before the first session beside a load."""

_TEXT = {"en": "known", "zh": "已知"}


@dataclass(frozen=True)
class Statement:
    """That the work's time is `below` or `above` so many `times` its idle time."""

    work: str
    cpus: Cpus
    predicate: str
    times: float

    @property
    def truth(self) -> bool:
        return (self.times > 1) is (self.predicate == "below")

    @property
    def kind(self) -> str:
        """What its idle time is known by."""
        return f"{self.work}, {self.cpus}"

    def claim(self, idle: float, at_least: int = AT_LEAST) -> Claim:
        """Milliseconds. The control is never run."""
        limit = f"{idle * self.times:.6g} ms"
        return Claim.model_validate(
            {
                "id": f"known-{self.work}",
                "kind": "measure",
                "title": _TEXT,
                "statement": _TEXT,
                "source": {"where": "0"},
                "recorded": "confirmed" if self.truth else "refuted",
                "toolchains": [TOOLCHAIN],
                "experiment": {
                    "build": BUILD_WORK,
                    "run": f"./work {self.work} {PIECES}",
                    "limits": {"cpus": self.cpus},
                    "samples": {"at_least": at_least, "at_most": AT_MOST},
                },
                "metrics": {"time": {"from": "json", "unit": "ms"}},
                "expect": [{"metric": "time", self.predicate: limit}],
                "controls": [{"name": "none", "expected": "refuted", "because": _TEXT, "env": {"A": "1"}}],
            }
        )


KINDS = tuple(Statement(work, cpus, "below", 2.0) for cpus in CPUS for work in WORKS)


@dataclass(frozen=True)
class Told:
    """A session: what was stated, beside which load, and what the judges made of it. `code`: which lab and judges."""

    number: int
    load: str
    statement: Statement
    verdict: str
    reason: str
    runs: int
    median: float
    code: str

    @property
    def decisive(self) -> bool:
        return self.verdict in ("confirmed", "refuted")

    @property
    def wrong(self) -> bool:
        return self.decisive and (self.verdict == "confirmed") is not self.statement.truth


def draw(number: int, seed: int) -> tuple[str, Statement]:
    """The load and the statement of a session: loads in turn, the rest at random."""
    rng = random.Random(f"{seed} {number}")
    times = rng.choice(FACTORS)
    if rng.random() < 0.5:
        times = 1 / times
    loads = list(LOADS)
    statement = Statement(rng.choice(WORKS), rng.choice(CPUS), rng.choice(("below", "above")), times)
    return loads[number % len(loads)], statement


@dataclass(frozen=True)
class Lab:
    """Where sessions run: a ledger that knows what quiet is on this machine, and where loads are started."""

    place: Place
    image: Image
    ledger: Ledger

    def measure(self, claim: Claim) -> Record:
        """One session of the claim's only cell. Raises RuntimeError where its experiment fails."""
        loaded = LoadedClaim(claim, WORK_C.parent, {WORK_C.name: WORK_C.read_bytes()}, Document(WORK_C))
        plan = plan_cell(loaded, Cell(claim.id, TOOLCHAIN, "default"), self.image.id, self.image.describe())
        session = Session(claim=claim, folder="bench", files=loaded.files, cells=(plan,), breadth=1)
        came: list[Record | Fault] = []
        run_sessions(Host(self.place.runner, self.ledger, PATIENCE_SECONDS), [session], came.append)
        (record,) = came
        if isinstance(record, Fault):
            raise RuntimeError(record.what)
        return record


def idle_times(lab: Lab) -> dict[str, float]:
    """The median of each kind of work on the machine as it is now, in milliseconds, by the lab's own sessions."""
    times: dict[str, list[float]] = {kind.kind: [] for kind in KINDS}
    for _ in range(IDLE_SESSIONS):
        for kind in KINDS:
            record = lab.measure(kind.claim(1.0, at_least=AT_MOST))
            times[kind.kind] += [float(one) for one in record.evidence.sample("time")]
    return {kind: statistics.median(found) for kind, found in times.items()}


def tell(lab: Lab, number: int, name: str, statement: Statement, idle: float) -> Told:
    """One session beside a load."""
    claim = statement.claim(idle)
    with load(name, lab.place):
        record = lab.measure(claim)
    finding = judge_cell(claim, "default", record.evidence, toolchains=1).finding
    seen = [float(one) for one in record.evidence.sample("time")]
    middle = statistics.median(seen) if seen else 0.0
    return Told(
        number, name, statement, finding.verdict.value, finding.reason.value, len(seen), middle, code_digest()
    )  # fmt: skip


@dataclass(frozen=True)
class Known:
    """The sessions that there are. `drift`: the largest factor between an idle time before a run's and after them.

    None where no run came to its end.
    """

    told: tuple[Told, ...]
    drift: float | None


def run_known(lab: Lab, sessions: int, seed: int, minutes: float, file: Path) -> Known:
    """So many sessions: those kept in `file`, and those that are missing, of which none begins after `minutes`."""
    ends = time.monotonic() + minutes * 60
    program = _digest()
    done = known_of(file, program)
    missing = [number for number in range(sessions) if not _is_drawn(done.get(number), seed)]
    if missing and time.monotonic() < ends:
        before = idle_times(lab)
        for number in missing:
            if time.monotonic() > ends:
                break
            name, statement = draw(number, seed)
            done[number] = tell(lab, number, name, statement, before[statement.kind])
            keep(file, {"program": program, **asdict(done[number])})
            print(f"\r  session {number + 1} of {sessions}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        keep(file, {"program": program, "drift": _drift(before, idle_times(lab))})
    told = (done.get(number) for number in range(sessions))
    drifts = [row["drift"] for row in kept(file) if "drift" in row and row["program"] == program]
    return Known(tuple(one for one in told if one is not None and _is_drawn(one, seed)), max(drifts, default=None))


def known_of(file: Path, program: str) -> dict[int, Told]:
    """The sessions that are kept of that program, the last one of each number."""
    rows = [row for row in kept(file) if row.pop("program") == program and "number" in row]
    return {row["number"]: Told(**{**row, "statement": Statement(**row["statement"])}) for row in rows}


def _is_drawn(one: Told | None, seed: int) -> bool:
    """Whether a session is what is drawn for its number, and not another seed's."""
    return one is not None and (one.load, one.statement) == draw(one.number, seed)


def _drift(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    return max(max(after[kind] / one, one / after[kind]) for kind, one in before.items())


def _digest() -> str:
    return hashlib.sha256(WORK_C.read_bytes() + str(PIECES).encode()).hexdigest()[:16]
