"""The whole catalogue run anew on an idle machine, and again beside a load: whether that changes what it says.

Claim by claim, and each is kept when it ends, so that an interrupted run goes on where it was. In place of the idle
side a `claims.json` of a run on an idle machine may be given.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.again import content_key
from bench.keeping import keep, kept, ledger_to_throw_away
from bench.loads import HALF_DUTY, NONE, Place, load
from macros import steps
from macros.claim.loading import LoadedClaim
from macros.lab.engine.runner import DockerRunner
from macros.lab.images import building
from macros.lab.setup import Leave
from macros.problems import InvalidInput
from macros.results.feed_reading import read
from macros.run.obtain import needed_toolchains
from macros.run.plan import Inputs, Mode

DECISIVE = {"confirmed", "refuted"}


@dataclass(frozen=True)
class Said:
    """What one run said of a claim, and of each of its cells by `toolchain, case`; or why it could not be measured.

    `key` is a digest of its cells' content keys.
    """

    claim: str
    load: str
    key: str
    verdict: str
    cells: Mapping[str, str]
    failed: str = ""


@dataclass(frozen=True)
class Compared:
    """Both runs' claims, by id."""

    idle: Mapping[str, Said]
    busy: Mapping[str, Said]

    @property
    def both(self) -> list[str]:
        """The claims that were measured in both."""
        return [
            name for name, one in self.idle.items() if name in self.busy and one.verdict and self.busy[name].verdict
        ]

    @property
    def differing(self) -> list[str]:
        """Claims whose verdicts differ, undecided ones included."""
        return [name for name in self.both if self.idle[name].verdict != self.busy[name].verdict]

    @property
    def contradictory(self) -> list[tuple[str, str]]:
        """Cells that one of them confirms and the other refutes."""
        return [
            (name, cell)
            for name in self.both
            for cell, verdict in self.idle[name].cells.items()
            if {verdict, self.busy[name].cells.get(cell, "")} == DECISIVE
        ]


def compare(root: Path, file: Path, idle_feed: Path | None = None) -> Compared:
    """Run what `file` does not hold yet: all claims beside nothing, then all beside half duty on the cells' core."""
    inputs = steps.load(root / "claims")
    claims = [one for one in inputs.catalogue.select(()) if one.claim.kind.executable]
    toolchains = tuple(inputs.toolchains.names)
    needed = needed_toolchains(inputs, claims, toolchains)
    found = building.ensure(inputs.toolchains, needed, root=root, leave=Leave.given())
    keys = {one.claim.id: content_key(inputs, one, toolchains, found) for one in claims}
    before = {(row["load"], row["key"]): Said(**row) for row in kept(file)}

    def side(name: str) -> dict[str, Said]:
        said: dict[str, Said] = {}
        with load(name, place):
            for number, loaded in enumerate(claims):
                key = keys[loaded.claim.id]
                one = before.get((name, key))
                if one is None:
                    one = _run(inputs, loaded, name, key)
                    keep(file, asdict(one))
                said[one.claim] = one
                print(f"\r  {number + 1} of {len(claims)} claims beside {name}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        return said

    with ledger_to_throw_away(inputs.project.ledger), DockerRunner() as runner:
        place = Place(runner.cpus(), runner, "")
        compared = Compared(of_feed(idle_feed) if idle_feed else side(NONE), side(HALF_DUTY))
    file.unlink(missing_ok=True)  # The next run measures anew.
    return compared


def _run(inputs: Inputs, loaded: LoadedClaim, name: str, key: str) -> Said:
    try:
        result = steps.execute(inputs, [loaded], mode=Mode.FRESH)
        steps.require_whole(result)
    except InvalidInput as error:
        return Said(loaded.claim.id, name, key, "", {}, str(error).splitlines()[0])
    found = result.claims[loaded.claim.id]
    cells = {f"{one.cell.toolchain}, {one.cell.case}": one.judged.finding.verdict.value for one in found.cells}
    return Said(loaded.claim.id, name, key, found.finding.verdict.value, cells)


def of_feed(file: Path) -> dict[str, Said]:
    """What a published run said."""
    feed = read(file.read_text("utf-8"), file)
    cells = {
        one.id: {f"{cell.toolchain}, {cell.case}": cell.verdict.value for cell in one.cells} for one in feed.claims
    }
    return {one.id: Said(one.id, NONE, "", one.verdict.value, cells[one.id]) for one in feed.claims if one.cells}
