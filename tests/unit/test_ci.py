"""`claims verify` as CI uses it: only what a change affects, annotated where people look, accepted on demand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from macros import ci
from macros.problems import ExitCode
from macros.results import feed
from tests.builders import printing_claim
from tests.unit.test_affected import git
from tests.unit.test_merging import Call, call
from tests.unit.test_steps import Write, catalogue

__all__ = ["call", "catalogue"]

PAGE = """\
# A page

{{% call passage("one", "{one}") %}}
It holds.
{{% endcall %}}

{{% call passage(found("two", "confirmed"), found("one", "{one}", toolchain="go1.22")) %}}
Both hold.
{{% endcall %}}
"""


@pytest.fixture
def claims(catalogue: Write) -> Path:
    """Two claims that are confirmed, and a page about them."""
    for name in ("one", "two"):
        folder = catalogue(name)
    (folder.parent / "docs").mkdir()
    (folder.parent / "mkdocs.yml").write_text("site_name: x\n")
    (folder.parent / "docs" / "page.md").write_text(PAGE.format(one="refuted"))
    return folder


def record(claims: Path, name: str, verdict: str) -> Path:
    file = claims / name / "claim.yml"
    file.write_text(re.sub(r"recorded: .*", f"recorded:  {verdict} # 断言: since go1.22", file.read_text()))
    return file


# ---- what a change affects -------------------------------------------------------------------------------


@pytest.fixture
def repository(claims: Path) -> Path:
    git(claims.parent, "init", "--quiet", "--initial-branch=main")
    git(claims.parent, "add", "--all")
    git(claims.parent, "commit", "--quiet", "--message=base")
    return claims.parent


def test_only_what_a_change_affects_is_verified(call: Call, repository: Path, tmp_path: Path) -> None:
    """The terminal and the feed say so. A change of prose alone affects nothing, which is a success."""
    out = ("--json", f"{tmp_path}/x.json", "--junit", f"{tmp_path}/x.xml")
    (repository / "docs" / "page.md").write_text("other\n")
    code, printed = call("host", "verify", "--changed-since", "main", *out)
    assert code is ExitCode.OK and "claims that the change since main affects: 0\n" in printed
    found = feed.read((tmp_path / "x.json").read_text())
    assert found.selection is not None
    assert (found.claims, found.selection.claims, found.selection.since) == ((), (), "main")
    assert list(ElementTree.parse(tmp_path / "x.xml").iter("testcase")) == []
    assert not list((tmp_path / "host").glob("records/*"))
    record(repository / "claims", "two", "refuted")
    code, printed = call("host", "verify", "--changed-since", "main", *out)
    assert code is ExitCode.CONTRADICTED
    found = feed.read((tmp_path / "x.json").read_text())
    assert found.selection is not None
    assert ([claim.id for claim in found.claims], found.selection.claims) == (["two"], ("two",))
    code, printed = call("host", "verify", "one", "--changed-since", "main", *out)
    assert code is ExitCode.OK and "affects: 0\n" in printed
    (repository / "Dockerfile").write_text("FROM scratch\n")
    code, printed = call("host", "verify", "--changed-since", "main", *out)
    assert "claims that the change since main affects: 2, by Dockerfile" in printed
    assert feed.read((tmp_path / "x.json").read_text()).selection is None


def test_a_revision_that_is_unknown_is_in_the_reports_too(call: Call, repository: Path, tmp_path: Path) -> None:
    """CI shows the report, and not always the terminal."""
    code, printed = call("host", "verify", "--changed-since", "nothing", "--junit", f"{tmp_path}/x.xml")
    assert code is ExitCode.INVALID
    assert "--changed-since:1:1: `nothing` is no revision of the repository" in printed
    (case,) = ElementTree.parse(tmp_path / "x.xml").iter("testcase")
    assert "fetch-depth: 0" in case[0].attrib["message"]


# ---- annotations -----------------------------------------------------------------------------------------


def commands(printed: str) -> Iterator[str]:
    """What GitHub's runner takes for commands in the output of a step."""
    word = None
    for line in map(str.strip, printed.splitlines()):
        if word is not None:
            word = None if line == f"::{word}::" else word
        elif line.startswith("::stop-commands::"):
            word = line.removeprefix("::stop-commands::")
        elif line.startswith("::"):
            yield line


def test_github_annotates_the_claim_and_its_pages(call: Call, claims: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it runs us, without being asked: at `recorded`, and at the page's first passage about the claim."""
    line = record(claims, "one", "refuted").read_text().split("recorded:")[0].count("\n") + 1
    assert list(commands(call("host", "verify")[1])) == []
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(claims.parent))
    code, printed = call("host", "verify")
    assert code is ExitCode.CONTRADICTED
    first, second = commands(printed)
    assert first.startswith(
        f"::error file=claims/one/claim.yml,line={line},title=one contradicts its recorded verdict::"
    )
    assert second.startswith("::error file=docs/page.md,line=3,title=this page speaks of one%2C which contradicts")
    assert "line 3: refuted; line 7: refuted (go1.22). It is recorded refuted, measured confirmed" in second


def test_nothing_that_is_printed_is_taken_for_a_command(call: Call, claims: Path, tmp_path: Path) -> None:
    """A program's words stand on the terminal: in a verdict, and in the message of a claim that failed."""
    before = "printf '%s\\n' '::error::forged' >&2; exit 3"
    printing_claim(claims, "fails", before=before, expect="at_most: 10 B", unit="B")
    code, printed = call("host", "verify", "--annotations")
    assert code is ExitCode.INVALID
    found = list(commands(printed))
    assert found and all(
        re.match(r"::error file=[^:]*fails/claim\.yml,line=\d+,title=fails has no result::", one) for one in found
    )
    words = re.findall(r"::stop-commands::(\w+)", printed)
    assert len(set(words)) == len(words) == 2 and all(len(word) == 32 for word in words)
    (claims / "one" / "claim.yml").write_text("::error::forged")
    code, printed = call("host", "verify", "--annotations")
    assert code is ExitCode.INVALID
    assert printed.count("::stop-commands::") == 2 and not printed.rstrip().endswith("::")
    assert all(one.startswith("::error file=") for one in commands(printed))


# ---- accepting -------------------------------------------------------------------------------------------


def test_measured_verdicts_are_accepted_and_old_prose_is_listed(call: Call, claims: Path) -> None:
    """One word of the claim file changes. Passages that hold for the new verdict are not listed."""
    file = record(claims, "one", "refuted")
    other = (claims / "two" / "claim.yml").read_bytes()
    before = file.read_text()
    (claims.parent / "docs" / "z.md").write_text(PAGE.format(one="confirmed"))
    code, printed = call("host", "verify", "--accept")
    assert code is ExitCode.OK
    assert file.read_text() == before.replace("recorded:  refuted", "recorded:  confirmed")
    assert (claims / "two" / "claim.yml").read_bytes() == other
    lines = printed.splitlines()
    assert lines[-4].endswith("one/claim.yml: recorded: refuted is now confirmed")
    assert lines[-3] == "passages that were written for another verdict:"
    assert [line.rsplit("/", 1)[1] for line in lines[-2:]] == [
        "page.md:3: one is refuted",
        "page.md:7: one is refuted in go1.22",
    ]
    code, printed = call("host", "verify", "--accept")
    assert (code, printed.splitlines()[-1]) == (ExitCode.OK, "no recorded verdict had to change")


@pytest.mark.parametrize(("recorded", "becomes"), [("inconclusive", "confirmed"), ("confirmed", "confirmed")])
def test_a_claim_that_was_undecided_is_decided(call: Call, claims: Path, recorded: str, becomes: str) -> None:
    """That contradicts nothing, and is accepted."""
    file = record(claims, "one", recorded)
    assert call("host", "verify", "--accept")[0] is ExitCode.OK
    assert f"recorded:  {becomes} #" in file.read_text()


def test_a_run_that_does_not_decide_takes_no_verdict_away(call: Call, claims: Path) -> None:
    """It is named. What was lost still counts in the exit code."""
    shares = printing_claim(claims, "open", before="N=$$", expect="at_most: 10 B", unit="B")
    text = (shares / "claim.yml").read_text()
    printing_claim(claims, "fails", before="exit 3", expect="at_most: 10 B", unit="B")
    code, printed = call("host", "verify", "--accept")
    assert code is ExitCode.INVALID
    assert "left as they are, since this run does not decide: open" in printed
    assert (shares / "claim.yml").read_text() == text


def test_a_claim_file_that_was_edited_during_the_run_is_not_touched(
    call: Call, claims: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is any other: all are accepted, or none."""
    files = [record(claims, name, "refuted") for name in ("one", "two")]
    conclude = ci.Telling.conclude

    def edited(*arguments: object) -> ExitCode:
        files[1].write_text(files[1].read_text().replace("at_most: 10", "at_most: 11"))
        return conclude(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ci.Telling, "conclude", edited)
    code, printed = call("host", "verify", "--accept")
    assert code is ExitCode.INVALID
    assert "two/claim.yml:2:1: was edited while its claim ran" in printed
    assert "recorded:  refuted" in files[0].read_text()


def test_parts_that_are_merged_can_be_accepted(call: Call, claims: Path, tmp_path: Path) -> None:
    """Where all verdicts are known."""
    file = record(claims, "one", "refuted")
    exports = [f"{tmp_path}/{number}.json" for number in (1, 2)]
    for number, export in enumerate(exports, 1):
        call(f"host-{number}", "verify", "--shard", f"{number}/2", "--export", export)
    assert json.loads(Path(exports[0]).read_text())["run"]["part"] == "1/2"
    assert call("here", "merge", *exports)[0] is ExitCode.CONTRADICTED
    assert call("here", "merge", *exports, "--accept")[0] is ExitCode.OK
    assert "recorded:  confirmed" in file.read_text()
    assert call("host-1", "verify")[0] is ExitCode.OK


def test_every_output_is_checked_before_the_run(call: Call, claims: Path, tmp_path: Path) -> None:
    """Of both commands."""
    for command in (("verify",), ("merge", "x.json")):
        for option in ("--json", "--junit", "--markdown", "--export"):
            code, printed = call("host", *command, option, f"{tmp_path}/missing/file")
            assert code is ExitCode.INVALID and f"{option}: its folder does not exist" in printed
    assert not (tmp_path / "host").exists()
