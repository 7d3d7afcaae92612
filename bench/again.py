"""Real claims verified again and again, half of the time beside another program that keeps every core busy.

That is an hour's work, so each session is kept when it ends, and a run that was interrupted goes on where it was:
a kept session counts as long as nothing that its cells' content keys cover has changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from macros import steps
from macros.claim.loading import LoadedClaim
from macros.claim.scope import cells_of, scope_of
from macros.lab.images import building
from macros.lab.images.building import Image
from macros.lab.setup import Leave
from macros.problems import InvalidInput
from macros.run import plan


@dataclass(frozen=True)
class Session:
    """One claim in its newest toolchain, with its controls: the verdict of each case, or why it could not be measured.

    `key` is a digest of its cells' content keys.
    """

    number: int
    claim: str
    busy: bool
    key: str
    verdicts: Mapping[str, str]
    failed: str = ""


@dataclass(frozen=True)
class Again:
    """What the sessions came to."""

    sessions: tuple[Session, ...]

    @property
    def measured(self) -> int:
        return sum(not session.failed for session in self.sessions)

    @property
    def failed(self) -> list[str]:
        return [session.failed for session in self.sessions if session.failed]

    @cached_property
    def verdicts(self) -> dict[tuple[str, str], Counter[str]]:
        """By claim and case: how often each verdict came out."""
        seen: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for session in self.sessions:
            for case, verdict in session.verdicts.items():
                seen[session.claim, case][verdict] += 1
        return seen

    @property
    def contradictory(self) -> list[tuple[str, str]]:
        """Cells that were confirmed in one session and refuted in another."""
        return [cell for cell, seen in self.verdicts.items() if seen["confirmed"] and seen["refuted"]]

    @property
    def flip_rate(self) -> float:
        """How often a cell's verdict is not the one that it has most often, undecided ones included."""
        rarer = sum(seen.total() - max(seen.values()) for seen in self.verdicts.values())
        total = sum(seen.total() for seen in self.verdicts.values())
        return rarer / total if total else 0.0


def turns(ids: Sequence[str], sessions: int, seed: int) -> Iterator[str]:
    """Whose turn it is: all of them in an order drawn anew, then all again."""
    rng = random.Random(seed)
    order: list[str] = []
    for _ in range(sessions):
        if not order:
            order = rng.sample(ids, len(ids))
        yield order.pop()


def verify_again(root: Path, sessions: int, seed: int, minutes: float, file: Path) -> Again:
    """So many sessions, every second one beside another program; they are kept in `file`, one a line.

    Results go to a ledger that is thrown away. After `minutes` no further session begins, and the figures are those of
    the sessions that there are.
    """
    ends = time.monotonic() + minutes * 60
    inputs = steps.load(root / "claims")
    claims = {one.claim.id: one for one in inputs.catalogue.select(()) if one.claim.kind.executable}
    found = building.ensure(inputs.toolchains, _needed(inputs, list(claims.values())), root=root, leave=Leave.given())
    keys = {name: _key(inputs, one, found) for name, one in claims.items()}
    kept = _kept(file)
    done: list[Session] = []
    with _ledger_to_throw_away():
        for number, name in enumerate(turns(list(claims), sessions, seed)):
            session = kept.get(number)
            if session is None or (session.claim, session.key) != (name, keys[name]):
                if time.monotonic() > ends:
                    break
                busy = number % 2 == 1
                with _others(busy):
                    session = _session(inputs, claims[name], number, busy, keys[name])
                _keep(file, session)
            done.append(session)
            print(f"\r  session {number + 1} of {sessions}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    if len(done) == sessions:
        file.unlink(missing_ok=True)  # The next run measures anew.
    return Again(tuple(done))


def _session(inputs: plan.Inputs, loaded: LoadedClaim, number: int, busy: bool, key: str) -> Session:
    name = loaded.claim.id
    try:
        newest = _newest(inputs, loaded)
        result = steps.execute(inputs, [loaded], mode=plan.Mode.FRESH, only_toolchains=newest)
        steps.require_whole(result)
    except InvalidInput as error:
        return Session(number, name, busy, key, {}, str(error).splitlines()[0])
    cells = result.claims[name].cells
    return Session(number, name, busy, key, {cell.cell.case: cell.judged.finding.verdict.value for cell in cells})


def _newest(inputs: plan.Inputs, loaded: LoadedClaim) -> tuple[str, ...]:
    return tuple(scope_of(loaded.claim, inputs.toolchains.names, inputs.catalogue.settings)[-1:])


def _needed(inputs: plan.Inputs, claims: Sequence[LoadedClaim]) -> list[str]:
    """The toolchains of all sessions; a control may run in another one than its claim's newest."""
    settings = inputs.catalogue.settings
    cells = [cell for one in claims for some in cells_of(one.claim, _newest(inputs, one), settings) for cell in some]
    return sorted({cell.toolchain for cell in cells})


def _key(inputs: plan.Inputs, loaded: LoadedClaim, found: Mapping[str, Image]) -> str:
    images = {name: [image.describe()] for name, image in found.items()}
    made = plan.make_plan(inputs, [loaded], _newest(inputs, loaded), images, {"architecture": ""}, plan.Mode.FRESH)
    keys = sorted(cell.experiment.key for session in made.sessions for cell in session.cells)
    return hashlib.sha256("".join(keys).encode()).hexdigest()


def _kept(file: Path) -> dict[int, Session]:
    """The last session kept under each number."""
    if not file.is_file():
        return {}
    sessions = (Session(**json.loads(line)) for line in file.read_text("utf-8").splitlines())
    return {session.number: session for session in sessions}


def _keep(file: Path, session: Session) -> None:
    """A line is written by one call, so that an interruption leaves whole lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps(asdict(session)) + "\n")


@contextlib.contextmanager
def _ledger_to_throw_away() -> Iterator[None]:
    before = os.environ.get("CLAIMS_LEDGER")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CLAIMS_LEDGER"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["CLAIMS_LEDGER"]
            else:
                os.environ["CLAIMS_LEDGER"] = before


@contextlib.contextmanager
def _others(wanted: bool) -> Iterator[None]:
    """Another program on every core, as long as the block lasts."""
    command = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(command) for _ in range(os.cpu_count() or 1)] if wanted else []
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()
