"""Every command that README and CONTRIBUTING name is run: here, in a fresh clone, or by what is named beside it."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator

import pytest
from markdown_it import MarkdownIt

from tests.conftest import ROOT
from tests.fresh_clone import Clone, cloned

pytestmark = [pytest.mark.container, pytest.mark.timeout(900)]

DOCUMENTS = ("README.md", "CONTRIBUTING.md")
COMMAND = re.compile(r"(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?(?:make|claims|mkdocs|echo) \S.*")

TYPED = {
    "make site": "",
    "mkdocs build": "",
    ".venv/bin/claims new my-claim": "",
    """echo '  - {id: my-claim, where: "1.4", kind: inspect}' >>claims/statements.yml""": "",
    ".venv/bin/claims lint": "",
    ".venv/bin/claims run my-claim": "",
    ".venv/bin/claims show my-claim": "",
    "claims export ledger.json": "",
    ".venv/bin/claims import ledger.json": "",
    "make preview BASE=origin/main": "",
    "claims preview --base REV": "claims preview --base origin/main --out other-preview",
    "claims preview --base REV --out DIR": "claims preview --base origin/main --out other-preview",
    "claims run [ID…] [--fresh] [--json FILE] [--timings]": "claims run my-claim --fresh --json claims.json --timings",
    "claims verify [ID…] [--fresh] [--changed-since REF] [--shard K/N]": (
        "claims verify my-claim --fresh --changed-since origin/main --shard 1/1"
    ),
    'claims verify --changed-since origin/main --junit junit.xml --markdown "$GITHUB_STEP_SUMMARY"': "",
    "make verify": "",
    "claims lint --programs": "",
    "claims show ID": "claims show another",
    "claims replicate ID…": "claims replicate my-claim --out replicated.json",
    "claims replicate ID… [--fresh] [--out FILE]": "claims replicate my-claim --fresh --out replicated.json",
    "claims why ID": "claims why my-claim",
    "claims mutants my-claim": "",
    "claims mutants [ID…]": "claims mutants my-claim",
    "make falsify": "",
    "claims falsify [--sample N] [--seed N]": "claims falsify --sample 1 --seed 2",
    "claims diff BASE.json HEAD.json [--markdown F] [--json F]": (
        "claims diff site/claims.json claims.json --markdown diff.md --json diff.json"
    ),
    "claims export FILE [ID…]": "claims export part.json my-claim",
    "claims import FILE…": "claims import ledger.json part.json",
    "make site LEDGER=ledger.json": "",
    "SITE_URL=https://example.org/go/ make site": "",
    "claims site --strict": "",
    "claims site [--ledger FILE] [--previous FILE] [--strict]": (
        "claims site --ledger ledger.json --previous site/claims.json --strict"
    ),
    "claims verify --fresh --shard 1/2 --export part-1.json": "",
    "claims verify --fresh --shard 2/2 --export part-2.json": "",
    "claims merge part-1.json part-2.json --junit junit.xml --export ledger.json": "",
    "claims merge FILE…": "claims merge part-1.json part-2.json",
    "make shard": "make shard SINCE=origin/main SHARD=1/1 REPORTS=reports/shards/1",
    "make merge": "make merge SHARDS=reports/shards REPORTS=reports",
    "claims images [T…]": "claims images go1.27",
    "claims doctor": "",
    "claims new ID": "claims new one-more && rm -r claims/one-more",
    "claims prune": "",
    "make fuzz": "make fuzz EXECUTIONS=2000 ONLY=escaping",
    "make bench": "make bench ONLY=verify",
    "make bench-layouts": "",
}
"""By what the documents say: what is typed for it in the clone, one after the other; "": the same."""

ELSEWHERE = {
    "make test": (".ci/run", "make test"),
    "make lint": (".ci/run", "make lint"),
    "make site FRESH=1": (".github/workflows/publish.yml", "make site FRESH=1"),
    "make hostile": ("tests/lab/test_hostile_claims.py", "pytest.mark.hostile"),
    "make bench-verdicts": ("tests/unit/test_bench_verdicts.py", "from bench import"),
    "make bench-faults": ("tests/lab/test_killed_runs.py", "from bench.faults import"),
    "make comment": ("tests/unit/test_comment.py", 'claims("comment"'),
    "make deploy-preview": ("tests/unit/test_workflows.py", "deploy-preview.sh"),
    "make report": ("tests/unit/test_comment.py", 'claims("report"'),
    "claims comment ARTIFACT --commit SHA": ("tests/unit/test_comment.py", 'claims("comment"'),
    "claims unpack ARTIFACT FOLDER": ("tests/unit/test_hostile_artifact.py", '["unpack", '),
    "claims run --hosts tcp://scheduler:8786": ("tests/lab/test_hosts_engines.py", '"run", "--hosts"'),
    "claims worker": ("tests/lab/test_hosts_engines.py", '["worker", '),
    "claims worker SCHEDULER [--class C]": ("tests/lab/test_hosts_engines.py", '["worker", '),
    "claims report SUMMARY": ("tests/unit/test_comment.py", 'claims("report"'),
}
"""Those that take hours, or that answer to a forge: the file that runs them or what they run, and its words for it."""

SERVED = "make serve"
"""This one does not end by itself, so it has a test of its own."""


def documented() -> Iterator[tuple[str, str]]:
    """Each command of each document, with where it stands. Of code blocks every line, of the text its code spans."""
    for name in DOCUMENTS:
        for token in MarkdownIt("commonmark").enable("table").parse((ROOT / name).read_text("utf-8")):
            spans = [child.content for child in token.children or () if child.type == "code_inline"]
            lines = token.content.splitlines() if token.type in ("fence", "code_block") else spans
            for line in lines:
                command = line.partition(" #")[0].strip()
                if COMMAND.fullmatch(command):
                    yield command, f"{name}:{token.map[0] + 1 if token.map else 1}"


def words_of(command: str) -> list[str]:
    return command.replace(".venv/bin/", "").split()


def is_run(command: str) -> bool:
    """Whether it is typed or run elsewhere; a mention of a command is covered by any line that begins so."""
    if command in TYPED or command in ELSEWHERE or command == SERVED:
        return True
    mentioned = words_of(command)
    return any(words_of(typed or said)[: len(mentioned)] == mentioned for said, typed in TYPED.items())


def test_somebody_runs_each_documented_command() -> None:
    """A new one needs a line in `TYPED` or `ELSEWHERE`; a line of a command that is documented no more goes."""
    found = dict(documented())
    assert {place: command for command, place in found.items() if not is_run(command)} == {}
    listed = {*TYPED, *ELSEWHERE, SERVED}
    assert {command for command in listed if command not in found} == set()


def test_every_command_of_the_program_is_documented() -> None:
    """Those of `claims --help` and of `make help`."""
    from macros.cli import claims

    mentioned = {tuple(words_of(command)[:2]) for command, _ in documented()}
    assert {name for name in claims.commands if ("claims", name) not in mentioned} == set()
    help_of_make = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^  make ([a-z-]+)", help_of_make, re.MULTILINE)
    assert {name for name in targets if ("make", name) not in mentioned} == {"help", "lock"}


@pytest.mark.parametrize("command", ELSEWHERE)
def test_what_is_not_typed_here_exists_and_is_run_elsewhere(command: str) -> None:
    """Make knows the target, or the program the command; and the file named beside it has it."""
    file, words = ELSEWHERE[command]
    assert words in (ROOT / file).read_text("utf-8")
    if command.startswith("make "):
        stamps = ["--old-file=.venv/.runtime", "--old-file=.venv/.development"]
        done = subprocess.run(
            ["make", "-n", *stamps, *command.split()[1:]], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0 and "tools/stage.sh" in done.stdout, done.stderr


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return cloned(tmp_path_factory.mktemp("documented"), _free_port())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_documented_commands_work_in_a_fresh_clone(clone: Clone) -> None:
    """Typed one after the other, as they stand or with names in place of the capital letters: each ends with 0."""
    for line in dict.fromkeys(other or said for said, other in TYPED.items()):
        done = clone.type(line, GITHUB_STEP_SUMMARY="summary.md")
        assert done.returncode == 0, f"$ {line}\n{done.stdout}"
    for written in ("preview/comment.md", "summary.md", "junit.xml", "diff.md", "reports/claims.json"):
        assert (clone.folder / written).read_text("utf-8"), written
    assert "my-claim" in (clone.folder / "preview" / "comment.md").read_text("utf-8")
    assert (clone.folder / "preview" / "site" / "claims" / "my-claim" / "index.html").is_file()


def test_the_site_is_served_with_live_reload(clone: Clone) -> None:
    """`make serve` answers on the port that mkdocs.yml gives."""
    address = re.search(r"^dev_addr: (\S+)", (clone.folder / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
    assert address is not None
    with subprocess.Popen(
        shlex.split(SERVED), cwd=clone.folder, env=clone.environment(), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        try:
            assert server.stderr is not None
            assert any("Serving on" in line for line in server.stderr)
            with urllib.request.urlopen(f"http://{address[1]}/", timeout=30) as page:
                assert b"livereload" in page.read()
        finally:
            os.killpg(server.pid, signal.SIGTERM)
