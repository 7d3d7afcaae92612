"""The parts of a run come together as one: a union of records, judged once, and only of the same tree and cut."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from macros import cli
from macros.ledger.address import digest
from macros.problems import ExitCode
from macros.report import endings
from macros.report.screen import Screen
from macros.results import feed
from macros.run import obtain
from tests.fake_lab import FakeLab
from tests.unit.test_steps import Write, catalogue

__all__ = ["catalogue"]

NAMES = ("measured", "one", "three", "two")
Call = Callable[..., tuple[ExitCode, str]]


@pytest.fixture
def claims(catalogue: Write) -> Path:
    """Three claims that inspect and one that measures."""
    for name in NAMES:
        folder = catalogue(name, kind="measure" if name == "measured" else "inspect")
    return folder


@pytest.fixture
def call(claims: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Runs a command on a host: with a ledger of that name, and a fake engine on a machine with so many cores."""

    def on(host: str, *arguments: str, cores: int = 2) -> tuple[ExitCode, str]:
        monkeypatch.setenv("CLAIMS_LEDGER", str(tmp_path / host))
        monkeypatch.delenv("CLAIMS_MODE", raising=False)
        monkeypatch.setattr(obtain, "lab_of", lambda _: FakeLab().elsewhere(cores=cores))
        screen = Screen(file=io.StringIO())
        monkeypatch.setattr(cli, "out", screen)
        monkeypatch.setattr(cli, "errors", screen)
        code = endings.call(cli.claims, [*arguments, "--claims", str(claims)], screen)
        assert isinstance(screen.file, io.StringIO)
        return code, screen.file.getvalue()

    return on


def part(call: Call, tmp_path: Path, number: int, of: int = 2, *more: str) -> Path:
    """The export of a part, run on a host of its own."""
    file = tmp_path / f"{number}-of-{of}.json"
    code, printed = call(f"host-{number}", "verify", "--shard", f"{number}/{of}", "--export", str(file), *more,
                         cores=10 + number)  # fmt: skip
    assert code is ExitCode.OK, printed
    return file


def test_parts_of_two_hosts_become_one_result(call: Call, tmp_path: Path) -> None:
    """The same verdicts as of one run; each cell keeps its machine; this machine's ledger stays as it was."""
    files = [part(call, tmp_path, number) for number in (1, 2)]
    code, printed = call(
        "here", "merge", *map(str, files), "--json", str(tmp_path / "x.json"), "--junit", str(tmp_path / "x.xml"),
        "--markdown", str(tmp_path / "x.md"), "--export", str(tmp_path / "union.json"),
    )  # fmt: skip
    assert (code, printed) == (ExitCode.OK, "4 claims: 0 contradicted, 4 agree with their recorded verdict\n")
    whole = feed.read((tmp_path / "x.json").read_text())
    assert [claim.id for claim in whole.claims] == sorted(NAMES)
    assert (whole.selection, whole.lost) == (None, ())
    by_part = [{record["cell"]["claim"] for record in json.loads(file.read_text())["records"]} for file in files]
    assert set.union(*by_part) == set(NAMES) and not by_part[0] & by_part[1]
    for claim in whole.claims:
        cores = {whole.machines[one.machine].cores for one in (*claim.cells, *claim.controls)}
        assert cores == {11 if claim.id in by_part[0] else 12}
    names = [case.attrib["name"] for case in ElementTree.parse(tmp_path / "x.xml").iter("testcase")]
    assert sorted(names) == sorted(NAMES)
    assert not (tmp_path / "here").exists()
    code, printed = call("new", "merge", str(tmp_path / "union.json"))
    assert (code, printed) == (ExitCode.OK, "4 claims: 0 contradicted, 4 agree with their recorded verdict\n")


def test_an_export_of_a_run_holds_its_records_and_no_others(call: Call, tmp_path: Path) -> None:
    """Whatever else the ledger has: a claim's cells are never put together from two machines."""
    call("host-1", "run", cores=11)
    file = part(call, tmp_path, 1)
    content = json.loads(file.read_text())
    assert {record["cell"]["claim"] for record in content["records"]} == set(content["run"]["claims"]) != set(NAMES)
    call("host-1", "run", "--fresh", cores=99)
    again = json.loads(part(call, tmp_path, 1).read_text())
    assert {record["facts"]["cores"] for record in again["records"] if record["cell"]["claim"] == "measured"} <= {11}


def test_a_feed_is_no_ledger(call: Call, tmp_path: Path) -> None:
    """It has verdicts, and no samples to judge; the message names the option that writes those."""
    call("host", "verify", "--json", str(tmp_path / "claims.json"))
    code, printed = call("here", "merge", str(tmp_path / "claims.json"))
    assert code is ExitCode.INVALID
    assert "holds verdicts and no records; name the file that `--export` wrote beside it" in printed


def test_a_part_says_which_it_is(call: Call, tmp_path: Path) -> None:
    """On the terminal and in its feed, so that nobody takes the other claims for removed."""
    code, printed = call("host", "verify", "--shard", "2/3", "--json", str(tmp_path / "x.json"))
    assert code is ExitCode.OK and "part 2/3 has 1 of 4 claims" in printed
    found = feed.read((tmp_path / "x.json").read_text())
    assert found.selection is not None
    assert (found.selection.shard, found.selection.claims) == ("2/3", tuple(claim.id for claim in found.claims))
    code, printed = call("host", "verify", "--shard", "9/9", "--json", str(tmp_path / "x.json"))
    assert code is ExitCode.OK and "0 claims: 0 contradicted" in printed
    found = feed.read((tmp_path / "x.json").read_text())
    assert found.selection is not None and (found.selection.shard, found.claims) == ("9/9", ())
    assert call("host", "verify", "--shard", "4/3")[0] is ExitCode.INVALID


def test_what_was_lost_in_a_part_is_lost_in_the_whole(call: Call, claims: Path, tmp_path: Path) -> None:
    """With its reason and the exit code that it had there."""
    script = (claims / "one" / "claim.yml").read_text()
    (claims / "one" / "claim.yml").write_text(script.replace("    :\n", "    exit 3\n"))
    codes = []
    for number in (1, 2):
        codes.append(call(f"h{number}", "verify", "--shard", f"{number}/2", "--export", f"{tmp_path}/{number}")[0])
    assert sorted(codes) == [ExitCode.OK, ExitCode.INVALID]
    code, printed = call("here", "merge", f"{tmp_path}/1", f"{tmp_path}/2", "--json", f"{tmp_path}/x.json")
    assert code is ExitCode.INVALID
    assert "no result: " in printed and "one/claim.yml" in printed and "3 agree with their" in printed
    whole = feed.read((tmp_path / "x.json").read_text())
    assert (whole.selection, whole.lost, len(whole.claims)) == (None, ("one",), 3)


def test_parts_that_are_missing_or_given_twice_are_named(call: Call, tmp_path: Path) -> None:
    """All at once, with the files."""
    files = [part(call, tmp_path, number, 3) for number in (1, 3)]
    code, printed = call("here", "merge", *map(str, files))
    assert code is ExitCode.INVALID
    assert f"{files[0]}:1:1: is one of 3 parts, and no file is part 2; name the files of all parts" in printed
    again = tmp_path / "again.json"
    shutil.copy(files[1], again)
    code, printed = call("here", "merge", *map(str, files), str(again))
    assert f"{again}:1:1: is part 3/3, as {files[1]} is; name one of the two" in printed
    code, printed = call("here", "merge", str(files[0]), str(part(call, tmp_path, 2, 2)))
    assert code is ExitCode.INVALID and "is part 2/2, and" in printed and "is part 1/3" in printed


def test_parts_that_were_cut_from_other_costs_are_refused(call: Call, tmp_path: Path) -> None:
    """A claim could be in both, or in none."""
    first = part(call, tmp_path, 1)
    call("host-2", "run", "three")
    second = part(call, tmp_path, 2)
    code, printed = call("here", "merge", str(first), str(second))
    cuts = [json.loads(file.read_text())["run"]["cut"] for file in (first, second)]
    if cuts[0] == cuts[1]:  # the costs happen to give the same cut
        edit(second, lambda run: run.update(cut="0" * 64))
        code, printed = call("here", "merge", str(first), str(second))
    assert code is ExitCode.INVALID
    assert "was cut otherwise than" in printed and "run all parts again, from the same ledger" in printed


def edit(file: Path, change: Callable[[Any], object]) -> None:
    """Change what a file says of its run, and seal it again."""
    data = json.loads(file.read_text())
    change(data["run"])
    data["sha256"] = digest({name: data[name] for name in ("records", "images", "run")})
    file.write_text(json.dumps(data))


@pytest.mark.parametrize(
    ("file", "change", "named"),
    [
        ("one/claim.yml", lambda text: text.replace("recorded: confirmed", "recorded: refuted"), "the claims (one)"),
        ("two/main.go", lambda _: "package main\n", "the claims (two)"),
        ("toolchains.yml", lambda text: text.replace("variant: minbase", "variant: apt"), "the base image"),
        ("catalogue.yml", lambda text: text.replace("family_error: 0.05", "family_error: 0.1"),
         "the policy (family_error: 0.1 and 0.05)"),
        ("catalogue.yml", lambda text: text.replace("原文", "文章"), "the catalogue's settings"),
        ("../Dockerfile", lambda _: "FROM scratch\n", "the Dockerfile"),
    ],
)  # fmt: skip
def test_a_part_of_another_tree_is_refused_and_the_difference_named(
    call: Call, claims: Path, tmp_path: Path, file: str, change: Callable[[str], str], named: str
) -> None:
    """Claims, programs, pins, settings, policy: whatever decides. A comment in a claim file decides nothing."""
    files = [part(call, tmp_path, number) for number in (1, 2)]
    path = claims / file
    old = path.read_text() if path.exists() else ""
    path.write_text(change(old))
    code, printed = call("here", "merge", *map(str, files))
    assert code is ExitCode.INVALID
    assert f"{named} differ from those here" in printed and printed.count("is of another tree (commit") == 2
    if old:
        path.write_text(f"{old}# a comment\n")
        assert call("here", "merge", *map(str, files))[0] is ExitCode.OK


def test_another_program_is_another_tree(call: Call, tmp_path: Path) -> None:
    """What runs and judges: a shard of an older version is not judged by this one."""
    files = [part(call, tmp_path, number) for number in (1, 2)]
    edit(files[1], lambda run: run["tree"].update(program="0" * 64))
    code, printed = call("here", "merge", *map(str, files))
    assert code is ExitCode.INVALID
    assert f"{files[1]}:1:1: is of another tree" in printed and "the program that runs and judges differ" in printed
    assert f"{files[0]}:1:1" not in printed


def test_exported_ledgers_are_merged_where_they_have_everything(call: Call, tmp_path: Path) -> None:
    """They say of no run what it was asked for, so they must have all claims, and never go with parts."""
    call("host-1", "run", "one", "two")
    call("host-2", "run", "three", "measured")
    files = [tmp_path / f"ledger-{number}" for number in (1, 2)]
    for number, file in enumerate(files, 1):
        assert call(f"host-{number}", "export", str(file))[0] is ExitCode.OK
    code, printed = call("here", "merge", *map(str, files))
    assert (code, printed) == (ExitCode.OK, "4 claims: 0 contradicted, 4 agree with their recorded verdict\n")
    code, printed = call("here", "merge", str(files[0]))
    assert code is ExitCode.ENVIRONMENT and "has no result for measured" in printed
    code, printed = call("here", "merge", str(part(call, tmp_path, 1)), str(files[1]))
    assert code is ExitCode.INVALID and f"{files[1]}:1:1: is no part of a run, and" in printed


@pytest.mark.parametrize(
    "change", [lambda run: run.clear(), lambda run: run.update(part="9"), lambda run: run.update(x=1)]
)
def test_what_a_file_says_of_its_run_is_not_trusted(
    call: Call, tmp_path: Path, change: Callable[[Any], object]
) -> None:
    """Neither unsealed nor sealed again."""
    file = part(call, tmp_path, 1, 1)
    data = json.loads(file.read_text())
    change(data["run"])
    file.write_text(json.dumps(data))
    code, printed = call("here", "merge", str(file))
    assert code is ExitCode.INVALID and "its digest does not match its content" in printed
    edit(file, change)
    code, printed = call("here", "merge", str(file))
    assert code is ExitCode.INVALID and "what it says of its run cannot be read" in printed
