"""`gofmt` and `go vet` on the claims' programs, in the newest toolchain that `catalogue.yml` names for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from macros.claim.loading import SHARED, Catalogue
from macros.lab.box import BoxSpec
from macros.lab.engine.runner import DockerRunner
from macros.lab.images import building
from macros.lab.images.pins import Toolchains
from macros.lab.setup import Leave
from macros.problems import EnvironmentFailed, Problem

CHECK_SECONDS = 600.0

_MAIN = re.compile(rb"^func main\(\)", re.MULTILINE)
_PACKAGE_MAIN = re.compile(rb"^package main$", re.MULTILINE)
_COMPLAINT = re.compile(r"(?:vet: )?(?:\./)?(?P<path>[^:\s]+\.go):(?P<line>\d+):(?:(?P<column>\d+):)? *(?P<what>.*)")

_SCRIPT = """\
cp -r "$GOCACHE" /work/cache
export GOCACHE=/work/cache
status=0
gofmt -l . | sed 's/$/:1: is not formatted; run gofmt -w on it/' | tee /work/unformatted
[ ! -s /work/unformatted ] || status=1
go vet ./... >/work/vetted 2>&1 || status=1
grep -v '^#' /work/vetted || true
exit $status
"""


def check_programs(catalogue: Catalogue, toolchains: Toolchains, leave: Leave) -> list[Problem]:
    """What the two tools complain about, each where the author wrote it.

    None for a catalogue whose toolchains cannot check programs. `leave` says whether the image may be built for it.
    Raises EnvironmentFailed if the tools cannot be run.
    """
    newest = toolchains.newest_that_checks("go")
    sources, places = go_sources(catalogue)
    if newest is None or not sources:
        return []
    image = building.ensure(toolchains, [newest], root=catalogue.dockerfile.parent, leave=leave)[newest]
    module = as_module(sources, newest.removeprefix("go"))
    spec = BoxSpec(image.id, "go-files", module, memory=4 * 2**30, disk=2 * 2**30)
    with DockerRunner() as runner, runner.open(spec) as box:
        outcome = box.run(_SCRIPT, deadline=CHECK_SECONDS)
    output = (outcome.stdout + outcome.stderr).decode("utf-8", "replace")
    problems = complaints(output, catalogue.folder, places)
    if outcome.status != 0 and not problems:
        raise EnvironmentFailed(f"gofmt and go vet ended with status {outcome.status}: {output.strip() or 'no output'}")
    return problems


def go_sources(catalogue: Catalogue) -> tuple[dict[str, bytes], dict[str, str]]:
    """All Go files by `claim/name`, and where those that several claims share really lie."""
    sources: dict[str, bytes] = {}
    places: dict[str, str] = {}
    for loaded in catalogue.claims.values():
        for name, content in loaded.files.items():
            if name.endswith(".go"):
                sources[f"{loaded.claim.id}/{name}"] = content
                if name in loaded.claim.uses:
                    places[f"{loaded.claim.id}/{name}"] = f"{SHARED}/{name}"
    return sources, places


def as_module(sources: Mapping[str, bytes], language: str) -> dict[str, bytes]:
    """One module in which every program is a package of its own, since a claim's programs are built one by one.

    `claim/a.go` becomes `claim/a/a.go`: one `go vet` then checks all and looks at each imported package once.
    The language is that of the toolchain that checks, as in a build of a program outside of any module.
    A file of package main without a `main` is part of each program beside it; alternatives among such files tell
    themselves apart by build constraints.
    """
    module = {"go.mod": f"module claims\n\ngo {language}\n".encode()}
    programs = [name for name, content in sources.items() if _MAIN.search(content)]
    for program in programs:
        module[f"{program.removesuffix('.go')}/{program.rpartition('/')[2]}"] = sources[program]
    for name, content in sources.items():
        if name in programs:
            continue
        folder = name.rpartition("/")[0]
        beside = [program for program in programs if program.rpartition("/")[0] == folder]
        served = beside if _PACKAGE_MAIN.search(content) else []
        for home in served or [name]:
            module[f"{home.removesuffix('.go')}/{name.rpartition('/')[2]}"] = content
    return module


def complaints(output: str, folder: Path, places: Mapping[str, str]) -> list[Problem]:
    """The tools' output as problems of the files that the authors wrote: the way back from `as_module`.

    Lines that name no Go file explain the line above them and are left out. A shared file is named once.
    """
    problems: dict[Problem, None] = {}
    for match in filter(None, map(_COMPLAINT.match, output.splitlines())):
        package, _, file = match["path"].rpartition("/")
        written = f"{package.rpartition('/')[0]}/{file}"
        path = folder / places.get(written, written)
        problems[Problem(path, int(match["line"]), int(match["column"] or 1), match["what"])] = None
    return list(problems)
