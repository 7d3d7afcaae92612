"""A process that failed, in words for the claim's author: which file and line, what happened, what would help. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from macros.claim.document import Where
from macros.lab.box import Outcome
from macros.problems import Problem
from macros.run.job import Job

SHOWN_LINES = 30


def diagnose(
    job: Job, stage: str, arm: str, outcome: Outcome, deadline: float, allowed: tuple[int, ...]
) -> Problem | None:
    """What is wrong with a process's end, or None. `stage` is probe, build or run."""
    where = place(job, stage, arm)
    what = f"{job.cell}: {stage}{f' ({arm})' if len(job.arms) > 1 and stage == 'run' else ''}"
    limits = job.experiment.limits
    if outcome.timed_out:
        key = "run" if stage == "run" else "build"
        return job.loaded.document.problem(
            where, f"{what} was killed at its deadline of {deadline:g} s", f"make it shorter or raise `deadlines.{key}`"
        )
    if outcome.truncated:
        return job.loaded.document.problem(
            where, f"{what} printed more than {limits.output} on one stream", "print less or raise `limits.output`"
        )
    if outcome.out_of_memory:
        return job.loaded.document.problem(
            where, f"{what} ran out of memory at {limits.memory}", "use less or raise `limits.memory`"
        )
    if outcome.status in allowed:
        return None
    said = _shown(job, outcome)
    ended = "stopped with its container" if outcome.status is None else f"ended with exit status {outcome.status}"
    return job.loaded.document.problem(where, f"{what} {ended}", f"it said:\n{said}" if said else "it said nothing")


def place(job: Job, stage: str, arm: str) -> Where:
    """Where the script stands in the claim file; the control's own place if the control gives it."""
    key: Where = ("arms", arm) if stage == "run" and job.experiment.arms else (stage,)
    for index, control in enumerate(job.claim.controls):
        if control.name == job.cell.control:
            own: Where = ("controls", index, *key)
            return own if own in job.loaded.document.positions else ("controls", index)
    return ("experiment", *key)


def _shown(job: Job, outcome: Outcome) -> str:
    text = (outcome.stderr + b"\n" + outcome.stdout).decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join("    " + _located(line, job.loaded.files, str(job.loaded.folder)) for line in lines[:SHOWN_LINES])


def _located(line: str, files: Mapping[str, bytes], folder: str) -> str:
    """A compiler's `./prog.go:3:5:` as the path that the reader can open."""
    match = re.match(r"^(?:\./|/work/src/)?([\w./-]+):(\d+)", line)
    if match and match[1] in files:
        return f"{folder}/{match[1]}" + line[match.end(1) :]
    return line
