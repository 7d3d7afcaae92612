"""The benchmark's own programs in boxes of the lab."""

from __future__ import annotations

import contextlib
import json
import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from macros import steps
from macros.lab.box import Box, BoxSpec, Runner
from macros.lab.images import building
from macros.lab.images.building import Image
from macros.lab.setup import Leave

HERE = Path(__file__).parent
WORK_C, KNOWN_C = HERE / "work.c", HERE / "known.c"
WORKS = ("spin", "chase", "allocate", "switch")
PIECES = 10
"""How much work a process does: about so many milliseconds."""

BUILD_WORK = "gcc -O2 -pthread -o work work.c"
BUILD_KNOWN = "gcc -O2 -o known known.c -lm"
TOOLCHAIN = "go1.27"

Cpus = Literal["one", "all"]
CPUS: tuple[Cpus, ...] = ("one", "all")

_SECONDS = 120.0


def an_image(root: Path) -> Image:
    """One with gcc and Go, built if it is missing."""
    inputs = steps.load(root / "claims")
    return building.ensure(inputs.toolchains, [TOOLCHAIN], root=root, leave=Leave.given())[TOOLCHAIN]


@contextlib.contextmanager
def box_with(runner: Runner, image: str, build: str, cpus: Cpus = "all") -> Iterator[Box]:
    """A box with both programs' sources in it, and what `build` makes of them."""
    files = {path.name: path.read_bytes() for path in (WORK_C, KNOWN_C)}
    with runner.open(BoxSpec(image, "bench", files=files, cpus=cpus)) as box:
        said(box, build)
        yield box


def said(box: Box, script: str) -> str:
    """What a script prints. Raises RuntimeError where it fails."""
    done = box.run(script, deadline=_SECONDS)
    if done.status != 0 or done.lost:
        raise RuntimeError(done.stderr.decode("utf-8", "replace") or "its output was lost")
    return done.stdout.decode("ascii")


@dataclass(frozen=True)
class Round:
    """A process of known work that ran under the sentinel: how long it took by its own clock, and what was seen."""

    load: str
    cpus: Cpus
    work: str
    milliseconds: float
    witnesses: Mapping[str, float] = field(default_factory=dict)

    @property
    def kind(self) -> tuple[str, str]:
        """What must be the same for two times to be compared."""
        return self.cpus, self.work

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def run_watched(box: Box, load: str, cpus: Cpus, work: str) -> Round:
    """One measured process by the lab's own path."""
    done = box.run(f"./work {work} {PIECES}", deadline=_SECONDS, watched=True)
    if done.status != 0 or done.lost:
        raise RuntimeError(done.stderr.decode("utf-8", "replace") or "its output was lost")
    return Round(load, cpus, work, float(json.loads(done.stdout)["value"]), dict(done.witnesses))


def medians(rounds: Sequence[Round]) -> dict[tuple[str, str], float]:
    """The median time of each kind of work, in milliseconds."""
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in rounds:
        times[one.kind].append(one.milliseconds)
    return {kind: statistics.median(found) for kind, found in times.items()}
