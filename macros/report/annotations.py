"""Annotations that GitHub shows at lines of files: at a claim's recorded verdict, and where pages speak of the claim.

GitHub shows ten of a step and drops the others without a word, so the worst come first and the last one counts the
rest. They are commands on the output of a step. Whatever else is printed there must not be taken for one: so commands
are stopped, by a word that nobody can guess, until the annotations are printed. Strings out; the caller prints them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from macros.report.sentences import MOST as LONGEST
from macros.report.verification import STATES, Line, Loss, Report, State
from macros.results.passages import Passage
from macros.words import inert

MOST = 10
"""In one step. If there are more, the last one counts the rest."""

_LEVELS = {State.CONTRADICTS: "error", State.UNDECIDED: "warning", State.DIFFERS: "notice"}


@dataclass(frozen=True)
class Annotation:
    """One of them. `file` is relative to the repository; without it, it belongs to the whole step."""

    level: str
    title: str
    message: str
    file: str = ""
    line: int = 1

    def __str__(self) -> str:
        properties = {"file": self.file, "line": str(self.line)} if self.file else {}
        given = ",".join(f"{name}={_property(text)}" for name, text in {**properties, "title": self.title}.items())
        return f"::{self.level} {given}::{_data(self.message)}"


def stopped(word: str) -> str:
    """From here on nothing is a command, until `resumed` with the same word."""
    return f"::stop-commands::{word}"


def resumed(word: str) -> str:
    """The end of `stopped`."""
    return f"::{word}::"


def annotate(
    report: Report, recorded: Mapping[str, tuple[Path, int]], passages: Sequence[Passage], root: Path
) -> list[Annotation]:
    """The worst first, at most `MOST`.

    `recorded`: by claim, where its recorded verdict stands. `root`: the repository's folder.
    """
    every = [*_of(report, State.CONTRADICTS, recorded, passages, root), *(_lost(loss, root) for loss in report.lost)]
    for state in (State.UNDECIDED, State.DIFFERS):
        every += _of(report, state, recorded, passages, root)
    if len(every) <= MOST:
        return every
    rest = len(every) - (MOST - 1)
    return [*every[: MOST - 1], Annotation("notice", "claims verify", f"{rest} more annotations. {report.counts}")]


def _of(
    report: Report,
    state: State,
    recorded: Mapping[str, tuple[Path, int]],
    passages: Sequence[Passage],
    root: Path,
) -> Iterator[Annotation]:
    """Those of one state: all claim files, then the pages."""
    lines = report.of(state)
    for line in lines:
        path, number = recorded[line.id]
        yield Annotation(_LEVELS[state], f"{line.id} {STATES[state]}", line.comparison, _relative(path, root), number)
    for line in lines:
        own = sorted(passage for passage in passages if passage.claim == line.id)
        for path, on_page in groupby(own, key=lambda passage: passage.path):
            yield _on_page(line, list(on_page), _relative(path, root))


def _on_page(line: Line, passages: Sequence[Passage], file: str) -> Annotation:
    """One for each page, at the first passage."""
    written = "; ".join(
        f"line {passage.line}: {passage.written_for}" + (f" ({passage.where})" if passage.where else "")
        for passage in passages
    )
    message = f"Written for this claim, {written}. It is {line.comparison}"
    title = f"this page speaks of {line.id}, which {STATES[line.state]}"
    return Annotation(_LEVELS[line.state], title, message, file, passages[0].line)


def _lost(loss: Loss, root: Path) -> Annotation:
    title = f"{loss.name} has no result"
    if loss.problem is None:
        return Annotation("error", title, loss.message)
    return Annotation("error", title, loss.message, _relative(loss.problem.path, root), loss.problem.line)


def _relative(path: Path, root: Path) -> str:
    """As GitHub calls a file; its whole path where it is none of the repository."""
    whole = path.resolve()
    return (whole.relative_to(root.resolve()) if whole.is_relative_to(root.resolve()) else whole).as_posix()


def _data(text: str) -> str:
    words = inert.one_line(text, 4 * LONGEST)
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
