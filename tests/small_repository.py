"""A small repository with a catalogue, and a change to it: what a contributor sends, and what `main` was before.

It starts from the catalogue on shell tools. The change moves one threshold, edits one program, moves the pin of one
toolchain, rewrites one page of prose, adds a claim and removes one. Its first push leaves the recorded verdicts and the
pages as they were; the second accepts what was measured and rewrites the passages.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from macros.lab.images.pins import Toolchain
from tests.conftest import ROOT

START = ROOT / "tests" / "catalogues" / "shell-tools"
UNCHANGED = "a-character-is-counted"
THRESHOLD, PROGRAM, PIN = "a-short-text", "unquoted-variable-found", "no-loop-over-functions"
ADDED, REMOVED = "added-claim", "sort-numeric-order"

_LENGTH = """\
# yaml-language-server: $schema=../claim.schema.json
id: {id}
kind: inspect
title: {{en: "{title}"}}
statement: {{en: "{title}, the shell says."}}
source: {{where: "1.3"}}
recorded: confirmed      # by the first run
experiment:
  run: |
    printf '{{"metric": "length", "value": %s}}\\n' "${{#TEXT}}"
  env: {{TEXT: {text}}}
metrics:
  length: {{from: json, title: {{en: length}}}}
expect:
  - metric: length
    at_most: {bound}
controls:
  - {{name: longer, expected: refuted, because: {{en: A longer text.}}, env: {{TEXT: {longer}}}}}
  - {{name: shorter, expected: confirmed, because: {{en: A shorter text.}}, env: {{TEXT: a}}}}
"""

_LOOPS = f"""\
# yaml-language-server: $schema=../claim.schema.json
id: {PIN}
kind: inspect
title: {{en: Go refuses a loop over a function}}
statement: {{en: The compiler refuses a range loop over a function.}}
source: {{where: "1.4"}}
recorded: confirmed
toolchains: [go]
experiment:
  env: {{LOOPS_OVER: "func(yield func(int) bool) {{}}"}}
  run: |
    printf 'package main\\n\\nfunc main() {{\\n\\tfor range %s {{\\n\\t}}\\n}}\\n' "$LOOPS_OVER" >main.go
    if go tool compile -p main -o main.o main.go >said 2>&1; then refused=false; else refused=true; fi
    printf '{{"metric": "refused", "value": %s}}\\n' "$refused"
metrics:
  refused: {{from: json, title: {{en: the compiler refuses it}}}}
expect:
  - metric: refused
    equals: true
controls:
  - {{name: over-a-slice, expected: refuted, because: {{en: Every release has it.}}, env: {{LOOPS_OVER: "[]int{{}}"}}}}
  - {{name: over-a-truth, expected: confirmed, because: {{en: No release has it.}}, env: {{LOOPS_OVER: "true"}}}}
"""

_INDEX = """\
# Shell tools, executed

{{{{ summary() }}}}

{sorting}ShellCheck gave {{{{ value("unquoted-variable-found", "warnings") }}}} such warning.

{{% call passage("unquoted-variable-found", "{program}") %}}
{found}
{{% endcall %}}

{{% call passage("a-short-text", "{threshold}") %}}
So much for the length.
{{% endcall %}}
"""

_LOOPS_PAGE = """\
# Loops

{{% call passage("no-loop-over-functions", "{pin}") %}}
{said}
{{% endcall %}}
"""

_CONFIG = """\
nav:
  - Shell tools: index.md
  - Loops: loops.md
  - Manners: manners.md
  - Quiet: quiet.md
"""

_SORTING = '`sort -n` compares numbers by their value: {{ verdict("sort-numeric-order") }}.\n'


@dataclass(frozen=True)
class Repository:
    """A checkout, and the ledger that its commands use."""

    folder: Path
    ledger: Path

    def claims(self, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """The command, as typed in this checkout; nothing of the caller's CI is in its environment."""
        return self.run(sys.executable, "-m", "macros.cli", *arguments, **variables)

    def run(self, *command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """A program, in this checkout."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CLAIMS_"))}
        own = {"PYTHONPATH": str(ROOT), "CLAIMS_LEDGER": str(self.ledger), "COLUMNS": "200", **variables}
        return subprocess.run(
            list(map(str, command)), cwd=self.folder, env={**inherited, **own},
            capture_output=True, text=True, timeout=250, check=False,
        )  # fmt: skip

    def git(self, *arguments: str) -> str:
        """Its output; a failure is an error of the test."""
        done = self.run("git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        """All that is there; the commit's name."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def write(self, texts: Mapping[str, str]) -> None:
        for name, text in texts.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, "utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """One piece of a file, which must be there."""
        text = (self.folder / name).read_text("utf-8")
        assert old in text, (name, old)
        (self.folder / name).write_text(text.replace(old, new), "utf-8")


def base(folder: Path, go: Toolchain) -> Repository:
    """What is on `main`, with `go` as the pin of its toolchain of that name; all recorded verdicts are right."""
    repository = Repository(folder, folder.parent / "ledger")
    shutil.copytree(START / "claims", folder / "claims")
    shutil.copy(ROOT / "Dockerfile", folder)
    shutil.rmtree(folder / "claims" / "sort-ten-thousand-lines")
    settings = yaml.safe_load((START / "claims" / "catalogue.yml").read_text("utf-8"))
    settings["families"].append({"name": "go", "pattern": "go", "stage": "toolchain", "wheels": True})
    settings["dockerfile"] = "../Dockerfile"
    config = (START / "mkdocs.yml").read_text("utf-8")
    repository.write(
        {
            ".gitignore": "/site/\n/preview/\n/.venv\n/reports/\n.cache/\n.site*\n",
            "mkdocs.yml": config.replace("nav:\n  - Shell tools: index.md\n", _CONFIG),
            "claims/catalogue.yml": yaml.safe_dump(settings),
            f"claims/{UNCHANGED}/claim.yml": _LENGTH.format(
                id=UNCHANGED, title="One character is one", text="b", bound=1, longer="bb"
            ),
            f"claims/{THRESHOLD}/claim.yml": _LENGTH.format(
                id=THRESHOLD, title="The text has ten characters", text="a" * 10, bound=10, longer="a" * 11
            ),
            f"claims/{PIN}/claim.yml": _LOOPS,
            f"claims/{PROGRAM}/twice.sh": "#!/bin/sh\nrm -f $1\nrm -f $2\n",
            "docs/index.md": _INDEX.format(
                sorting=_SORTING, program="confirmed", threshold="confirmed", found="It found the fault."
            ),
            "docs/loops.md": _LOOPS_PAGE.format(pin="confirmed", said="Only over slices and the like."),
            "docs/manners.md": "# Manners\n\nQuote what you did not write.\n",
            "docs/quiet.md": "# Quiet\n\nNothing of this page changes.\n",
        }
    )
    pin(repository, go)
    repository.replace(f"claims/{PROGRAM}/claim.yml", "related: [sort-numeric-order]\n", "")
    with (folder / "claims" / PROGRAM / "claim.yml").open("a") as file:
        file.write("  - {name: twice, expected: confirmed, because: {en: Two of them.}, env: {SCRIPT: twice.sh}}\n")
    repository.git("init", "--quiet", "--initial-branch=main")
    schema = repository.claims("lint", "--write-schema")
    assert schema.returncode == 0, schema.stderr
    repository.commit("base")
    return repository


def first_push(repository: Repository, go: Toolchain) -> str:
    """The change as its author wrote it, before anything was run: its commit."""
    repository.git("checkout", "--quiet", "-b", "change")
    repository.replace(f"claims/{THRESHOLD}/claim.yml", "at_most: 10", "at_most: 5")
    repository.replace(f"claims/{PROGRAM}/unquoted.sh", "$1", '"$1"')
    pin(repository, go)
    repository.write({"docs/manners.md": "# Manners\n\nQuote every variable, always.\n"})
    added = repository.claims("new", ADDED)
    assert added.returncode == 0, added.stderr
    shutil.rmtree(repository.folder / "claims" / REMOVED)
    repository.replace("docs/index.md", _SORTING, "")
    return repository.commit("change")


def second_push(repository: Repository) -> str:
    """The recorded verdicts are accepted by now; here the passages follow them. Its commit."""
    repository.write(
        {
            "docs/index.md": _INDEX.format(
                sorting="", program="refuted", threshold="refuted", found="It finds no fault any more."
            ),
            "docs/loops.md": _LOOPS_PAGE.format(pin="refuted", said="Over functions, too."),
        }
    )
    return repository.commit("prose for what came out")


def pin(repository: Repository, go: Toolchain) -> None:
    """Write the pin of the toolchain `go`."""
    path = repository.folder / "claims" / "toolchains.yml"
    pins = yaml.safe_load(path.read_text("utf-8"))
    pins["toolchains"]["go"] = json.loads(go.model_dump_json(exclude_none=True))
    path.write_text(yaml.safe_dump(pins, sort_keys=False), "utf-8")
