"""A process that failed, in words for the claim's author: which script, what happened, what would help. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from macros.lab.box import Outcome
from macros.run.session import CellPlan, Fault, Session

SHOWN_LINES = 30
SHOWN_CHARACTERS = 400
"""How much of what a failed process printed goes into its message: lines, and characters of each."""


def diagnose(
    session: Session, plan: CellPlan, stage: str, arm: str, outcome: Outcome, deadline: float, allowed: tuple[int, ...]
) -> Fault | None:
    """What is wrong with a process's end, or None. `stage` is probe, build or run."""
    where = place(session, plan, stage, arm)
    what = f"{plan.cell}: {stage}{f' ({arm})' if len(plan.arms) > 1 and stage == 'run' else ''}"
    limits = session.experiment.limits

    def fault(happened: str, fix: str) -> Fault:
        return Fault(cell=plan.cell, where=where, what=f"{what} {happened}", fix=fix)

    if outcome.timed_out:
        key = "run" if stage == "run" else "build"
        return fault(f"was killed at its deadline of {deadline:g} s", f"make it shorter or raise `deadlines.{key}`")
    if outcome.truncated:
        return fault(f"printed more than {limits.output} on one stream", "print less or raise `limits.output`")
    if outcome.out_of_memory:
        return fault(f"ran out of memory at {limits.memory}", "use less or raise `limits.memory`")
    if outcome.status in allowed:
        return None
    said = _shown(session, outcome)
    if _ran_out_of_disk(outcome):
        return fault(f"ran out of disk at {limits.disk}", f"write less or raise `limits.disk`; it said:\n{said}")
    ended = "stopped with its container" if outcome.status is None else f"ended with exit status {outcome.status}"
    return fault(ended, f"it said:\n{said}" if said else "it said nothing")


def _ran_out_of_disk(outcome: Outcome) -> bool:
    """Whether a process that failed says so, in the words of the C library, of Go, or of a shell."""
    words = outcome.stderr.lower()
    return b"no space left on device" in words or b"file size limit exceeded" in words


def place(session: Session, plan: CellPlan, stage: str, arm: str) -> tuple[str | int, ...]:
    """Where the script is in the claim file; the control's own place if the control gives it."""
    key = ("arms", arm) if stage == "run" and session.experiment.arms else (stage,)
    for index, control in enumerate(session.claim.controls):
        if control.name == plan.cell.control:
            given = control.model_fields_set & {str(key[0])}
            return ("controls", index, *key) if given else ("controls", index)
    return ("experiment", *key)


def _shown(session: Session, outcome: Outcome) -> str:
    text = (outcome.stderr + b"\n" + outcome.stdout).decode("utf-8", "replace")
    lines = [line[:SHOWN_CHARACTERS] for line in text.splitlines() if line.strip()]
    return "\n".join("    " + _located(line, session.files, session.folder) for line in lines[:SHOWN_LINES])


def _located(line: str, files: Mapping[str, bytes], folder: str) -> str:
    """A compiler's `./prog.go:3:5:` as the path that the reader can open."""
    match = re.match(r"^(?:\./|/work/src/(?:\.layouts/\d+/)?)?([\w./-]+):(\d+)", line)
    if match and match[1] in files:
        return f"{folder}/{match[1]}" + line[match.end(1) :]
    return line
