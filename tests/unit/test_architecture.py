"""The layout shows the way of the data: imports go one way along it."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "macros"
ROOMS = (
    "problems", "claim", "lab", "evidence", "ledger", "verdict", "check", "run", "results", "words",
    "publish", "report", "steps", "ci", "options", "hosts", "running", "preview", "replicating", "cli", "__init__",
)  # fmt: skip
"""Every room of the house, in the order of the data. Each imports itself and what stands before it."""
APART = {"publish", "report"}
"""The two ends: neither knows the other."""
DOES_IO = {"os", "io", "pathlib", "subprocess", "socket", "shutil", "tempfile", "threading", "time", "random"}

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Full names of all modules that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def packages(names: set[str]) -> set[str]:
    """The project's own packages and top-level modules among them."""
    return {name.split(".")[1] for name in names if name.startswith("macros.")}


def home(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_every_module_stands_in_a_room_that_is_listed() -> None:
    """A new room is given its place in the order; none is exempt."""
    assert {home(path) for path in MODULES} == set(ROOMS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_along_the_arrow(path: Path) -> None:
    """Each room imports only what stands before it, and publish and report do not import each other."""
    here, used = home(path), packages(imported(path))
    assert used <= set(ROOMS[: ROOMS.index(here) + 1])
    if here in APART:
        assert not used & (APART - {here})


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_lab_knows_docker_and_only_publish_knows_mkdocs(path: Path) -> None:
    """Another engine or another site generator changes one package."""
    tops = {name.split(".")[0] for name in imported(path)}
    if home(path) != "lab":
        assert "docker" not in tops
    if home(path) not in ("publish", "__init__"):
        assert not tops & {"mkdocs", "mkdocs_macros", "material"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_pool_knows_dask_and_imports_it_late(path: Path) -> None:
    """It takes seconds to import and not everybody has it: one package of `run` imports it, inside of functions."""
    in_the_pool = path.is_relative_to(PACKAGE / "run" / "pool")
    late = {"distributed", "dask"} & {name.split(".")[0] for name in imported(path)}
    assert not late or in_the_pool
    top = ast.Module(
        [node for node in ast.parse(path.read_text("utf-8")).body if not isinstance(node, DEFINITIONS)], []
    )
    names = {alias.name for node in ast.walk(top) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(top) if isinstance(node, ast.ImportFrom)}
    assert not {name.split(".")[0] for name in names} & {"distributed", "dask"}


COPYING = {"get_archive", "put_archive", "cp", "export", "commit", "copy"}
"""The engine's calls that go through a container's files, as root and on the host (CVE-2019-14271, CVE-2018-15664)."""


@pytest.mark.hostile("Reach")
def test_nothing_is_ever_copied_out_of_a_claims_container() -> None:
    """What a claim's files are called or link to reaches no code on the host: only streams leave a container.

    The one that downloads what images are made of is no claim's, and knows none.
    """
    downloads = PACKAGE / "lab" / "images" / "downloads.py"
    assert not imported(downloads) & {"macros.lab.box", "macros.lab.engine.container", "macros.lab.engine.runner"}
    for path in MODULES:
        if home(path) != "lab" or path == downloads:
            continue
        called = {node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)}
        names = {func.attr for func in called if isinstance(func, ast.Attribute)}
        assert not names & COPYING, path


@pytest.mark.parametrize(
    "path", [path for path in MODULES if home(path) in ("evidence", "verdict", "words")], ids=lambda path: path.name
)
def test_evidence_verdict_and_words_do_no_io(path: Path) -> None:
    """Values in, values out: nothing that reads, writes, waits or draws lots."""
    assert not {name.split(".")[0] for name in imported(path)} & DOES_IO


def test_no_module_takes_the_name_of_a_standard_module_or_a_library() -> None:
    """The macros plugin puts package folders on the search path, where such a name would hide the real one."""
    libraries = {"docker", "mkdocs", "jinja2", "yaml", "pydantic", "rich", "click", "scipy", "numpy", "pint", "site"}
    names = {path.stem for path in MODULES if path.stem != "__init__"}
    assert not names & (set(sys.stdlib_module_names) | libraries)


def test_modules_are_of_a_size_that_can_be_read() -> None:
    """About 100 to 250 lines, and never beyond 350."""
    long = {str(path.relative_to(PACKAGE)): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: lines for name, lines in long.items() if lines > 350} == {}
