"""How fast the engine is beside the work that it drives: `make bench`.

1. A warm build of the site: every result is in the ledger, and nothing has changed since the site was built, as when
   users type `make site` again. Against a build of the same pages with the macros' output pasted in as plain Markdown,
   and against one of pages without it. What rendering every page anew costs is shown beside it: no build that does so
   comes near the pages without content, since pasted in, that content takes most of the time too. Whole processes,
   interleaved.
2. What the lab costs per cell beyond the cell's own commands, against what one `docker run` costs
   beyond the same command. Both with the same sandbox and a command of known length.
3. A cold run of the whole catalogue: the time in which the claims' own commands ran, over the time in which they
   could have run (wall time by stage, times the cells that may be at work in it: all cores while
   inspecting and building, one while measuring, none while it waits for the machine to be quiet).
4. Planning and lookup per cell, for many claims against few; and `claims verify` with nothing to run against reading
   and judging the same records alone.
5. In `make serve`, the time from an edit of prose to the page.
6. Building the pages of many claims against those of few, per page.
7. Sleeping cells on two hosts against one, and what a scheduler adds to a session (`bench.hosts`).

Figures go to bench/speed.json; a part that is run alone replaces its own and leaves the others.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from bench.checks import Check, at_least, at_most, paired_ratio, run_parts, seconds
from bench.hosts import many_hosts
from bench.pages import edit_to_page, page_of_many
from bench.plain_pages import plain_copy
from bench.scale import planning, verifying
from macros import steps
from macros.claim.scaffold import scaffold
from macros.lab.engine.runner import DockerRunner
from macros.lab.images import building
from macros.lab.setup import Leave
from macros.report import display
from macros.run import plan

ROOT = Path(__file__).parents[1]
FILE = ROOT / "bench" / "speed.json"
NAP = 0.5
NAPPING_CELLS = 24
NAPPING_TOOLCHAIN = "go1.22"

console = Console(stderr=True)


class Clock(display.Live):
    """A live display that also adds up how much work each stage had room for."""

    room = 0.0
    _since = 0.0
    _slots = 0

    def stage(self, text: str, slots: int = 1) -> None:
        self.stop()
        self._since, self._slots = time.monotonic(), slots
        super().stage(text, slots)

    def stop(self) -> None:
        if self._slots:
            self.room += (time.monotonic() - self._since) * self._slots
            self._slots = 0


def cold_catalogue() -> Check:
    """Everything is run again; the ledger that `make site` uses gets the results."""
    begun = time.monotonic()
    inputs = steps.load(ROOT / "claims")
    with display.progress(console, Clock) as clock:
        result = steps.execute(inputs, inputs.catalogue.select(()), mode=plan.Mode.FRESH, progress=clock)
        clock.stop()
    records = [
        cell.record
        for claim in result.claims.values()
        for cell in (*claim.cells, *(control.result for control in claim.controls))
    ]
    busy = sum(record.seconds[stage] for record in records for stage in ("probe", "build", "run"))
    wall = time.monotonic() - begun
    print(f"cold catalogue {wall / 60:.1f} min; room {clock.room:.0f} s, busy {busy:.0f} s")
    return at_least("busy share of a cold catalogue run", 0.92, busy / clock.room)


def warm_build(rounds: int) -> list[Check]:
    """The site's build as users start it, against builds that have nothing to look up."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("pasted", True), ("empty", False)):
            plain_copy(ROOT, Path(folder) / name, content=content)
        # In the project's own folder, as a reader's build is, but never over the site that is there.
        real, pasted, empty = (
            [sys.executable, "-m", "mkdocs", "build", "-q", "-f", str(settings), "-d", f"{folder}/built-{number}"]
            for number, settings in enumerate(
                [ROOT / "mkdocs.yml", *(Path(folder, name, "mkdocs.yml") for name in ("pasted", "empty"))]
            )
        )
        again = [sys.executable, "-m", "macros.cli", "site", "--out", f"{folder}/again"]
        _quietly(again)
        plain, bare = "building the same pages in plain Markdown", "building the same pages without what claims say"
        rows = [
            (f"warm build, nothing changed, over {plain}", again, pasted, 0.95),
            (f"warm build, nothing changed, over {bare}", again, empty, 1.3),
            (f"every page rendered anew, over {plain}", real, pasted, None),
            (f"every page rendered anew, over {bare}", real, empty, None),
            (f"{plain} over {bare}", pasted, empty, None),
        ]
        return [_compared(what, one, other, rounds, target) for what, one, other, target in rows]


def _compared(what: str, one: list[str], other: list[str], rounds: int, target: float | None) -> Check:
    """How long one command takes over another; None: no target was set for it."""
    value = paired_ratio(lambda: _quietly(one), lambda: _quietly(other), rounds)
    return Check(what, "shown", round(value, 4), True) if target is None else at_most(what, target, value)


def _quietly(command: list[str]) -> None:
    environment = {**os.environ, "CLAIMS_MODE": "auto", "NO_MKDOCS_2_WARNING": "1"}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, cwd=ROOT)


def lab_overhead() -> Check:
    """Cells that do nothing but sleep, all through the lab, and the same by `docker run`, before and after."""
    with tempfile.TemporaryDirectory() as folder:
        claims = Path(folder) / "claims"
        napping_claim(claims)
        inputs = steps.load(claims)
        selected = inputs.catalogue.select(())
        found = building.ensure(inputs.toolchains, [NAPPING_TOOLCHAIN], root=Path(folder), leave=Leave.given())
        image = found[NAPPING_TOOLCHAIN].id
        docker_run = [_docker_run(image) for _ in range(8)]
        wall = seconds(lambda: steps.execute(inputs, selected, mode=plan.Mode.FRESH))
        docker_run += [_docker_run(image) for _ in range(8)]
    cells = NAPPING_CELLS + 1
    with DockerRunner() as runner:
        cores = runner.facts().cores
    per_cell = wall * cores / cells - NAP
    one_run = statistics.median(docker_run) - NAP
    print(f"lab {per_cell:.3f} s a cell, docker run {one_run:.3f} s, beyond a command of {NAP} s")
    return at_most("the lab's overhead per cell over that of one docker run", 0.45, per_cell / one_run)


def napping_claim(claims: Path, cases: int = NAPPING_CELLS, nap: float = NAP) -> None:
    """Write a catalogue of one claim that does nothing but sleep, in so many cases and one control."""
    claims.mkdir()
    for name in ("toolchains.yml", "catalogue.yml"):
        shutil.copy(ROOT / "claims" / name, claims)
    shutil.copytree(ROOT / "claims" / "_template", claims / "_template")
    shutil.copy(ROOT / "Dockerfile", claims.parent)
    scaffold(claims, "nap")
    path = claims / "nap" / "claim.yml"
    names = ", ".join(f'{{name: nap-{number}, env: {{NAP: "{number}"}}}}' for number in range(cases))
    text = path.read_text("utf-8")
    text = text.replace("toolchains: [go1.22, go1.27]", f"toolchains: [{NAPPING_TOOLCHAIN}]\ncases: [{names}]")
    text = text.replace("  build: go build -o claim main.go\n", "  witness: file\n")
    script = f"""  run: |\n    sleep {nap}; printf '{{"metric": "length", "value": %s}}' "${{SIZE:-10}}"\n"""
    path.write_text(re.sub(r"^  run: .*\n", lambda _: script, text, flags=re.MULTILINE), encoding="utf-8")


def _docker_run(image: str) -> float:
    command = ["docker", "run", "--rm", "--network=none", "--read-only", "--cap-drop=ALL", "--init"]
    command += ["--tmpfs=/work:exec", "--memory=1g", "--pids-limit=512", "--security-opt=no-new-privileges"]
    return seconds(lambda: subprocess.run([*command, image, "sleep", str(NAP)], check=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="ABBA rounds of the warm build")
    parser.add_argument(
        "--only",
        choices=["cold", "warm", "lab", "planning", "verify", "edit", "many", "hosts"],
        action="append",
        help="only these checks",
    )
    arguments = parser.parse_args()
    with DockerRunner() as runner:
        print(runner.facts())
    parts: dict[str, Callable[[], Sequence[Check]]] = {
        "lab": lambda: [lab_overhead()],
        "cold": lambda: [cold_catalogue()],
        "warm": lambda: warm_build(arguments.rounds),
        "edit": lambda: [edit_to_page(ROOT)],
        "many": lambda: [page_of_many(ROOT)],
        "planning": lambda: [planning(1_000, 10_000)],
        "verify": lambda: [verifying(ROOT)],
        "hosts": many_hosts,
    }
    run_parts(parts, arguments.only or (), FILE)


if __name__ == "__main__":
    main()
