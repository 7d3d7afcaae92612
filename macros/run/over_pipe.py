"""Sessions through a pipe: one as JSON a line goes in, one record or fault as JSON a line comes out.

`python -m macros.run.over_pipe LEDGER` serves its standard input with the engine and the ledger of the host that it
runs on.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from macros.lab.engine.runner import DockerRunner
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.problems import EnvironmentFailed, ExitCode
from macros.run.host import Host, Report, run_sessions
from macros.run.session import SESSION, Fault, Session


def serve(host: Host, lines: Iterable[str], write: Callable[[str], None]) -> None:
    """Run the sessions of `lines` on this host and write what each cell came to, as soon as it is kept."""

    def report(result: Record | Fault) -> None:
        kind = "fault" if isinstance(result, Fault) else "record"
        write(f'{{"{kind}": {result.model_dump_json(by_alias=True)}}}\n')

    try:
        run_sessions(host, [SESSION.validate_json(line) for line in lines if line.strip()], report)
    except EnvironmentFailed as error:
        write(json.dumps({"failed": str(error)}) + "\n")


def send(command: Sequence[str], sessions: Sequence[Session], report: Report) -> None:
    """Have another process run the sessions, and report what comes back.

    Raises EnvironmentFailed for what ends its run, and for an end without a word.
    """
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        for session in sessions:
            process.stdin.write(SESSION.dump_json(session, by_alias=True).decode() + "\n")
        process.stdin.close()
        for line in process.stdout:
            _take(json.loads(line), report)
    if process.returncode != 0:
        raise EnvironmentFailed(f"`{command[0]}` ended with status {process.returncode}; see what it printed above")


def _take(said: dict[str, object], report: Report) -> None:
    if "failed" in said:
        raise EnvironmentFailed(str(said["failed"]))
    if "fault" in said:
        report(Fault.model_validate_json(json.dumps(said["fault"])))
    else:
        report(Record.model_validate_json(json.dumps(said["record"])))


def main(arguments: Sequence[str]) -> int:
    """Serve standard input until it ends."""
    if len(arguments) != 1:
        print("usage: python -m macros.run.over_pipe LEDGER", file=sys.stderr)  # noqa: T201
        return ExitCode.INVALID

    def write(line: str) -> None:
        sys.stdout.write(line)
        sys.stdout.flush()

    with DockerRunner() as runner:
        serve(Host(runner, Ledger(Path(arguments[0]))), sys.stdin, write)
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
