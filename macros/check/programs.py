"""`gofmt` and `go vet` on the claims' programs, in the newest toolchain: `python -m macros.check.programs CLAIMS`."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from macros.claim.loading import SHARED, load_catalogue
from macros.lab.box import BoxSpec
from macros.lab.engine.runner import DockerRunner
from macros.lab.images import building
from macros.lab.images.pins import load_toolchains
from macros.lab.setup import Leave
from macros.problems import EnvironmentFailed

CHECK_SECONDS = 600.0
OK, FOUND, INVALID, ENVIRONMENT = 0, 1, 2, 3

_MAIN = re.compile(rb"^func main\(\)", re.MULTILINE)
_PACKAGE_MAIN = re.compile(rb"^package main$", re.MULTILINE)

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


def as_module(sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """One module in which every program is a package of its own, since a claim's programs are built one by one.

    `claim/a.go` becomes `claim/a/a.go`: one `go vet` then checks all and looks at each imported package once.
    A file of package main without a `main` is part of each program beside it; alternatives among such files tell
    themselves apart by build constraints.
    """
    module = {"go.mod": b"module claims\n\ngo 1.15\n"}
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


def as_written(line: str) -> str:
    """A complaint with the file's real place in it: the way back from `as_module`."""
    return re.sub(r"^(?:vet: )?(?:\./)?(.+)/[^/]+/([^/:]+\.go):", r"\1/\2:", line)


def read_sources(claims: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """All Go files by `claim/name`, and where those that several claims share really lie."""
    catalogue, _ = load_catalogue(claims)
    sources: dict[str, bytes] = {}
    places: dict[str, str] = {}
    for loaded in catalogue.claims.values():
        for name, content in loaded.files.items():
            if name.endswith(".go"):
                sources[f"{loaded.claim.id}/{name}"] = content
                if name in loaded.claim.uses:
                    places[f"{loaded.claim.id}/{name}"] = f"{SHARED}/{name}"
    return sources, places


def placed(line: str, places: Mapping[str, str]) -> str:
    """A complaint about a shared file, at the file's own place."""
    path, colon, rest = line.partition(":")
    return places.get(path, path) + colon + rest


def check(claims: Path) -> list[str]:
    """What the two tools complain about, as `file:line: text`. Raises EnvironmentFailed if they cannot be run."""
    toolchains, problems = load_toolchains(claims / "toolchains.yml")
    if toolchains is None:
        return [str(problem) for problem in problems]
    files, places = read_sources(claims)
    if not files:
        return []
    newest = toolchains.go_releases[-1]
    image = building.ensure(toolchains, [newest], root=claims.resolve().parent, leave=Leave.given())[newest]
    spec = BoxSpec(image.id, "go-files", as_module(files), memory=4 * 2**30, disk=2 * 2**30)
    with DockerRunner() as runner, runner.open(spec) as box:
        outcome = box.run(_SCRIPT, deadline=CHECK_SECONDS)
    said = (outcome.stdout + outcome.stderr).decode("utf-8", "replace").splitlines()
    if outcome.status != 0 and not said:
        raise EnvironmentFailed(f"gofmt and go vet ended with status {outcome.status} and said nothing")
    return list(dict.fromkeys(f"{claims}/{placed(as_written(line), places)}" for line in said if line.strip()))


def main(arguments: list[str]) -> int:
    """Print the complaints; the exit status tells whether there are any."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: python -m macros.check.programs CLAIMS (the folder of the catalogue)", file=sys.stderr)  # noqa: T201
        return INVALID
    try:
        complaints = check(Path(arguments[0]))
    except EnvironmentFailed as error:
        print(error, file=sys.stderr)  # noqa: T201
        return ENVIRONMENT
    for complaint in complaints:
        print(complaint)  # noqa: T201
    return FOUND if complaints else OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
