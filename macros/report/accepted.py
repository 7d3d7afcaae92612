"""What `--accept` wrote into claim files, and the prose that was written for what stood there before."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from rich.text import Text

from macros.claim.fields import VerdictName
from macros.report.verification import Line, Report, State
from macros.results.passages import Passage
from macros.verdict.contradiction import UNDECIDED
from macros.words import inert


@dataclass(frozen=True)
class Accepted:
    """The claims whose measured verdict becomes the recorded one, and those whose run does not decide.

    Accepted is what contradicts the recorded verdict, and what decides a claim that was recorded as undecided. An
    undecided run takes no verdict away, and where the machine may shift a figure, neither does another machine.
    """

    lines: tuple[Line, ...]
    undecided: tuple[Line, ...]

    @classmethod
    def of(cls, report: Report) -> Self:
        decided = [line for line in report.of(State.DIFFERS) if VerdictName(line.recorded) in UNDECIDED]
        return cls((*report.of(State.CONTRADICTS), *decided), tuple(report.of(State.UNDECIDED)))


def accepted(done: Accepted, outdated: Sequence[Passage]) -> Text:
    """A line for each claim file, then one for each passage that must be rewritten before the site can be built."""
    lines = [
        f"{line.result.folder}/claim.yml: recorded: {line.recorded} is now {line.measured}" for line in done.lines
    ] or ["no recorded verdict had to change"]
    if done.undecided:
        lines.append(f"left as they are, since this run does not decide: {', '.join(one.id for one in done.undecided)}")
    if outdated:
        lines.append("passages that were written for another verdict:")
    for passage in outdated:
        where = f" in {passage.where}" if passage.where else ""
        said = f"{os.path.relpath(passage.path)}:{passage.line}: {passage.claim} is {passage.written_for}{where}"
        lines.append(f"  {inert.terminal(said)}")
    return Text("\n".join(lines))
