"""Real claims verified again and again, half of the time beside one of several loads in turn.

That is an hour's work, so each session is kept when it ends, and a run that was interrupted goes on where it was:
a kept session counts as long as nothing that its cells' content keys cover has changed.
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

from bench.keeping import keep, kept, ledger_to_throw_away
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

    `load`: beside what. `key` is a digest of its cells' content keys.
    """

    number: int
    claim: str
    load: str
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


def load_of(number: int) -> str:
    """Beside what a session runs: every second one beside nothing, the others beside each load in turn."""
    return list(LOADS)[number // 2 % len(LOADS)] if number % 2 else NONE


def verify_again(root: Path, sessions: int, seed: int, minutes: float, file: Path) -> Again:
    """So many sessions, every second one beside a load; they are kept in `file`, one a line.

    Results go to a ledger that is thrown away. After `minutes` no further session begins, and the figures are those of
    the sessions that there are.
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
                    break
                with load(load_of(number), place):
                    session = _session(inputs, claims[name], number, keys[name])
                keep(file, asdict(session))
            done.append(session)
            print(f"\r  session {number + 1} of {sessions}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    if len(done) == sessions:
        file.unlink(missing_ok=True)  # The next run measures anew.
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
        return Session(number, name, load_of(number), key, {}, str(error).splitlines()[0])
    verdicts = {cell.cell.case: cell.judged.finding.verdict.value for cell in result.claims[name].cells}
    return Session(number, name, load_of(number), key, verdicts)


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
    rows = (row for row in kept(file) if "load" in row)  # Before there were several loads the rows had none.
    return {row["number"]: Session(**row) for row in rows}
