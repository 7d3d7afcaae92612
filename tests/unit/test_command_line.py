"""The command line: what its options mean together, and that the README tells all of it."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from macros import cli, steps
from macros.lab import laboratory
from macros.ledger.travel import Imported
from macros.problems import ExitCode, InvalidInput, Problem
from macros.publish import build
from macros.report import endings, for_github
from macros.report.screen import Screen
from macros.run.plan import Mode
from tests.conftest import ROOT
from tests.unit import terminal_sample


class Calls:
    """Stands for the steps: notes what was asked of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ids: list[tuple[str, ...]] = []
        self.executed: list[dict[str, Any]] = []
        self.machine: dict[str, Any] | None = {"cpu": "A"}

    def load(self, claims: Path, ids: tuple[str, ...] = (), **_: object) -> Any:
        def select(names: tuple[str, ...]) -> tuple[str, ...]:
            self.ids.append(names)
            return names

        toolchains = SimpleNamespace(names=("go1.22", "go1.27"))
        return SimpleNamespace(
            catalogue=SimpleNamespace(select=select), toolchains=toolchains, project=SimpleNamespace(claims=claims)
        )

    def execute(self, *_: object, **options: Any) -> Any:
        self.executed.append(options)
        return terminal_sample.mixed(self.folder)


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Calls:
    calls = Calls(tmp_path)
    monkeypatch.setattr(steps, "load", calls.load)
    monkeypatch.setattr(steps, "execute", calls.execute)
    monkeypatch.setattr(laboratory, "machine_now", lambda root: calls.machine)
    monkeypatch.delenv("CLAIMS_MODE", raising=False)
    return calls


def call(*arguments: str) -> tuple[ExitCode, str]:
    """A command's exit code and what it printed, on either stream."""
    printed = io.StringIO()
    screen = Screen(file=printed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "out", screen)
        patch.setattr(cli, "errors", screen)
        return endings.call(cli.claims, arguments, screen), printed.getvalue()


@pytest.mark.parametrize("command", ["run", "verify", "mutants"])
def test_a_claim_that_is_named_twice_runs_once(calls: Calls, command: str) -> None:
    """In the order in which they were named first; the same holds for toolchains."""
    call(command, "b", "a", "b", "a")
    assert calls.ids == [("b", "a")]
    call("run", "a", "--toolchain", "go1.27", "--toolchain", "go1.27")
    assert calls.executed[-1]["only_toolchains"] == ("go1.27",)


def test_an_unknown_toolchain_is_invalid_input_before_anything_runs(calls: Calls) -> None:
    """The message names those that there are."""
    code, printed = call("run", "a", "--toolchain", "go1.99")
    assert code is ExitCode.INVALID
    assert "no toolchain is named `go1.99`; known: go1.22, go1.27" in printed
    assert calls.executed == []


@pytest.mark.parametrize("command", ["run", "verify"])
def test_fresh_and_frozen_together_are_a_mistake(calls: Calls, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever forbids runs in the environment is not overruled by an option in some script."""
    monkeypatch.setenv("CLAIMS_MODE", "frozen")
    code, printed = call(command, "--fresh")
    assert code is ExitCode.INVALID
    assert "frozen runs nothing, but --fresh runs everything; use only one of the two" in printed
    assert calls.executed == []
    assert call(command)[0] is not ExitCode.INVALID
    assert calls.executed[0]["mode"] is Mode.FROZEN
    monkeypatch.delenv("CLAIMS_MODE")
    call(command, "--fresh")
    assert calls.executed[1]["mode"] is Mode.FRESH


@pytest.mark.parametrize("arguments", [("show", "agreeing"), ("mutants",)])
@pytest.mark.parametrize("mode", ["fresh", "auto", "frozen"])
def test_commands_that_only_look_never_run_a_cell(
    calls: Calls, arguments: tuple[str, ...], mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the environment allows."""
    monkeypatch.setenv("CLAIMS_MODE", mode)
    assert call(*arguments)[0] is ExitCode.OK
    assert [options["mode"] for options in calls.executed] == [Mode.FROZEN]


def test_warnings_of_a_run_are_printed(calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old ledger, a damaged record: not only where somebody looks for them."""
    warned = terminal_sample.catalogue(*terminal_sample.mixed(tmp_path).claims.values(), warnings=("an older form",))
    monkeypatch.setattr(steps, "execute", lambda *_, **__: warned)
    assert "an older form" in call("run")[1]


def test_records_travel_by_export_and_import(calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is rejected is named and makes the import fail; what was added stays."""
    exported: list[object] = []
    monkeypatch.setattr(steps, "export_records", lambda inputs, ids, file: exported.append((ids, file)) or 3)
    code, printed = call("export", str(tmp_path / "x.json"), "a", "a")
    assert (code, exported) == (ExitCode.OK, [(("a",), tmp_path / "x.json")])
    assert f"records in {tmp_path / 'x.json'}: 3" in printed
    done = Imported(added=2, known=1)
    monkeypatch.setattr(steps, "import_records", lambda inputs, files: done)
    code, printed = call("import", "x.json", "y.json")
    assert (code, printed) == (ExitCode.OK, "records: 2 added, 1 known already, 0 rejected\n")
    done.rejected.append(Problem(Path("x.json"), 1, 1, "its key does not match its content"))
    code, printed = call("import", "x.json")
    assert code is ExitCode.INVALID and "its key does not match its content" in printed
    assert call("import")[0] is ExitCode.INVALID


def test_prune_says_how_many_records_it_removed(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nobody has to look."""
    monkeypatch.setattr(steps, "prune", lambda inputs: 7)
    assert call("prune") == (ExitCode.OK, "records removed: 7\n")


def test_a_site_from_an_exported_ledger_has_a_ledger_of_its_own_and_runs_nothing(
    calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is built the environment says so, also to the build itself; afterwards it is as before."""
    seen: list[tuple[str | None, str | None, list[Path]]] = []

    def imported(inputs: object, files: list[Path]) -> Imported:
        seen.append((os.environ.get("CLAIMS_MODE"), os.environ.get("CLAIMS_LEDGER"), files))
        return Imported(added=1)

    monkeypatch.setattr(steps, "import_records", imported)
    monkeypatch.setenv("CLAIMS_LEDGER", "mine")
    with steps.only_from(tmp_path, tmp_path / "x.json"):
        assert os.environ["CLAIMS_MODE"] == "frozen"
        ledger = Path(os.environ["CLAIMS_LEDGER"])
        assert ledger.is_dir()
    assert seen == [("frozen", str(ledger), [tmp_path / "x.json"])]
    assert not ledger.exists()
    assert (os.environ["CLAIMS_LEDGER"], os.environ.get("CLAIMS_MODE")) == ("mine", None)
    rejected = Imported(rejected=[Problem(tmp_path / "x.json", 1, 1, "is forged")])
    monkeypatch.setattr(steps, "import_records", lambda *_: rejected)
    with pytest.raises(InvalidInput, match="is forged"), steps.only_from(tmp_path, tmp_path / "x.json"):
        raise AssertionError("the build had begun")
    with steps.only_from(tmp_path, None):
        assert os.environ["CLAIMS_LEDGER"] == "mine"


def test_the_site_is_built_without_a_word_of_mkdocs_unless_something_is_wrong(
    calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says of hundreds of pages would hide what matters: the claim that contradicts its recorded verdict."""
    built: list[bool] = []
    monkeypatch.setattr(build, "build_site", lambda *_, quiet=False, **__: built.append(quiet))
    (tmp_path / "claims").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    code, printed = call("site", "--out", str(tmp_path / "site"), "--claims", str(tmp_path / "claims"))
    assert (code, built) == (ExitCode.OK, [True])
    lines = [line for line in printed.splitlines() if not line.startswith(" ")]
    assert lines == [
        "contradicted (1.1) contradicts its recorded verdict",
        "building the pages",
        f"the site is in {tmp_path / 'site'}/",
    ]
    # Nothing has changed, but what a run complained of has to be said again.
    assert call("site", "--out", str(tmp_path / "site"), "--claims", str(tmp_path / "claims")) == (code, printed)
    assert built == [True, True]


def test_help_waits_for_no_judge() -> None:
    """Nor for an engine or MkDocs: a second of imports before each answer is a second too many."""
    code = (
        "import sys\nfrom macros import cli\n"
        "print(sorted({'scipy', 'docker', 'mkdocs', 'pint', 'pydantic'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout == "[]\n"


def test_every_command_serves_any_catalogue() -> None:
    """`--claims DIR`, or CLAIMS_DIR; apart from those that tell GitHub something and read no catalogue."""
    for name, command in cli.claims.commands.items():
        if command in for_github.COMMANDS:
            continue
        options = {option for parameter in command.params for option in parameter.opts}
        assert "--claims" in options, name


def test_the_help_of_each_command_is_one_line_of_the_list() -> None:
    """No sentence is cut off where somebody looks for a command."""
    for name, command in cli.claims.commands.items():
        assert not command.get_short_help_str(60).endswith("..."), name


# ---- README ------------------------------------------------------------------------------------------


README = (ROOT / "README.md").read_text("utf-8")


def test_the_readme_lists_every_command_and_no_other() -> None:
    """In its table of commands."""
    rows = [line.split("|")[1] for line in README.splitlines() if line.startswith("| `")]
    listed = {name for row in rows for name in re.findall(r"`claims ([a-z]+)", row)}
    assert listed == set(cli.claims.commands)


def test_the_readme_lists_every_target_of_make_and_no_other() -> None:
    """`make help` and `make lock` apart, which are for those who look into the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)", README)) <= targets
    assert targets - set(re.findall(r"make ([a-z-]+)", README)) <= {"help", "lock"}


def test_the_readme_tells_every_exit_code() -> None:
    """With what each means."""
    line = re.search(r"^Exit codes: (.*?)\n\n", README, re.MULTILINE | re.DOTALL)
    assert line is not None
    assert {int(number) for number in re.findall(r"\b\d+\b", line[1])} == {int(code) for code in ExitCode}
