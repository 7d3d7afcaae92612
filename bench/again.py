"""Real claims verified again and again, half of the time beside one of several loads in turn.

That is two hours' work, so each session is kept when it ends, and each run adds those that are missing. A kept session
counts as long as nothing that its cells' content keys cover has changed.
"""

from __future__ import annotations

import hashlib
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from bench.keeping import code_digest, keep, kept, ledger_to_throw_away
from bench.loads import LOADS, NONE, Place, load
from macros import steps
from macros.claim.loading import LoadedClaim
from macros.claim.natural import natural_key
from macros.claim.scope import cells_of, scope_of
from macros.lab.engine.runner import DockerRunner
from macros.lab.images import building
from macros.lab.images.building import Image
from macros.lab.setup import Leave
from macros.problems import InvalidInput
from macros.run import plan


@dataclass(frozen=True)
class Session:
    """One claim in its newest toolchain, with its controls: the verdict of each case, or why it could not be measured.

    `load`: beside what. `key` is a digest of its cells' content keys, `code` one of the lab and the judges.
    """

    number: int
    claim: str
    load: str
    key: str
    verdicts: Mapping[str, str]
    code: str
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


def load_of(number: int) -> str:
    """Beside what a session runs: every second one beside nothing, the others beside each load in turn."""
    return list(LOADS)[number // 2 % len(LOADS)] if number % 2 else NONE


def verify_again(root: Path, sessions: int, seed: int, minutes: float, file: Path) -> Again:
    """So many sessions, every second one beside a load: those kept in `file`, and those that are missing.

    Of the missing ones none begins after `minutes`; the figures are those of the sessions that there are. Results go to
    a ledger that is thrown away.
    """
    ends = time.monotonic() + minutes * 60
    inputs = steps.load(root / "claims")
    claims = {one.claim.id: one for one in inputs.catalogue.select(()) if one.claim.kind.executable}
    found = building.ensure(inputs.toolchains, _needed(inputs, list(claims.values())), root=root, leave=Leave.given())
    keys = {name: _key(inputs, one, found) for name, one in claims.items()}
    before = _kept(file)
    done: list[Session] = []
    with ledger_to_throw_away(inputs.project.ledger), DockerRunner() as runner:
        place = Place(runner.cpus(), runner, image_with_go(found))
        for number, name in enumerate(turns(list(claims), sessions, seed)):
            session = before.get(number)
            if session is None or (session.claim, session.load, session.key) != (name, load_of(number), keys[name]):
                if time.monotonic() > ends:
                    continue
                with load(load_of(number), place):
                    session = _session(inputs, claims[name], number, keys[name])
                keep(file, asdict(session))
            done.append(session)
            print(f"\r  session {number + 1} of {sessions}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return Again(tuple(done))


def image_with_go(images: Mapping[str, Image]) -> str:
    """For the load that compiles: the newest there is. Empty where there is none."""
    names = sorted((name for name in images if name.startswith("go")), key=natural_key)
    return images[names[-1]].id if names else ""


def _session(inputs: plan.Inputs, loaded: LoadedClaim, number: int, key: str) -> Session:
    name = loaded.claim.id
    try:
        newest = _newest(inputs, loaded)
        result = steps.execute(inputs, [loaded], mode=plan.Mode.FRESH, only_toolchains=newest)
        steps.require_whole(result)
    except InvalidInput as error:
        return Session(number, name, load_of(number), key, {}, code_digest(), str(error).splitlines()[0])
    verdicts = {cell.cell.case: cell.judged.finding.verdict.value for cell in result.claims[name].cells}
    return Session(number, name, load_of(number), key, verdicts, code_digest())


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
    return {row["number"]: Session(**row) for row in kept(file)}
