"""What a run says of itself in its exported ledger, and whether the runs of several hosts make one.

Records are united and judged once, here. So they must be of this tree: the same claims, programs, pins and policy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from macros.problems import InvalidInput, Problem
from macros.results.catalogue import CatalogueResult, Selection
from macros.run.shards import Part
from macros.run.tree import Tree


class Missing(BaseModel):
    """A problem that left a claim without a result."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    line: int
    column: int
    what: str
    fix: str

    @classmethod
    def of(cls, problem: Problem) -> Self:
        return cls(path=str(problem.path), line=problem.line, column=problem.column, what=problem.what, fix=problem.fix)

    @property
    def problem(self) -> Problem:
        """As it is reported."""
        return Problem(Path(self.path), self.line, self.column, self.what, self.fix)


class Run(BaseModel):
    """The run that an exported ledger is of.

    `claims` were asked for, `lost` are those of them without a result, and `problems` say why; `by_environment`:
    whether the environment had a part in it. `part` and `cut`: which part of which cut it is; empty: it is none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    commit: str
    tree: Tree
    claims: tuple[str, ...]
    lost: tuple[str, ...] = ()
    problems: tuple[Missing, ...] = ()
    by_environment: bool = False
    since: str = ""
    part: str = ""
    cut: str = ""

    @classmethod
    def of(cls, result: CatalogueResult, tree: Tree, cut: str = "") -> Self:
        """What to say of a run with this result."""
        narrowed = result.selection or Selection()
        return cls(
            commit=result.source_commit,
            tree=tree,
            claims=tuple(sorted({*result.claims, *result.lost})),
            lost=result.lost,
            problems=tuple(map(Missing.of, result.problems)),
            by_environment=result.failed_by_environment,
            since=narrowed.since,
            part=narrowed.shard,
            cut=cut,
        )

    @classmethod
    def read(cls, data: Any, file: Path) -> Self | None:
        """From an exported file; None where it holds no run but what `claims export` chose. Raises InvalidInput."""
        if data is None:
            return None
        try:
            run = cls.model_validate(data)
            if run.part:
                Part.parse(run.part)
        except (ValidationError, ValueError) as error:
            what = f"what it says of its run cannot be read: {str(error).splitlines()[0]}"
            raise InvalidInput([Problem(file, 1, 1, what, "write it again: `claims verify --export FILE`")]) from error
        return run


@dataclass(frozen=True)
class Joined:
    """Several runs as one: the claims that have results, those that have none, and whether these are all there are."""

    claims: tuple[str, ...]
    lost: tuple[str, ...]
    problems: tuple[Problem, ...]
    by_environment: bool
    since: str
    whole: bool

    def of(self, result: CatalogueResult) -> CatalogueResult:
        """The result of judging the claims, with what is missing from it."""
        asked = tuple(sorted({*self.claims, *self.lost}))
        return replace(
            result,
            selection=None if self.whole else Selection(asked, since=self.since),
            lost=tuple(sorted({*result.lost, *self.lost})),
            problems=tuple(sorted({*result.problems, *self.problems})),
            failed_by_environment=result.failed_by_environment or self.by_environment,
        )


def join(files: Mapping[Path, Run | None], here: Tree) -> Joined:
    """The runs as one, by their files. Raises InvalidInput that names every file that does not fit, and the part that
    is missing. A file without a run may have records of any claim: then all claims must have some.
    """
    runs = {file: run for file, run in files.items() if run is not None}
    problems = [*_of_other_trees(runs, here), *_of_other_parts(files)]
    if problems:
        raise InvalidInput(sorted(problems))
    having = set(here.claims) if len(runs) < len(files) else set()
    having |= {name for run in runs.values() for name in run.claims if name not in run.lost}
    lost = {name for run in runs.values() for name in run.lost} - having
    since = {run.since for run in runs.values()}
    short = [run for run in runs.values() if lost & set(run.lost)]
    return Joined(
        tuple(name for name in here.claims if name in having),
        tuple(name for name in here.claims if name in lost),
        tuple(sorted({missing.problem for run in short for missing in run.problems})),
        any(run.by_environment for run in short),
        since.pop() if len(since) == 1 else "",
        having | lost == set(here.claims),
    )


def _of_other_trees(runs: Mapping[Path, Run], here: Tree) -> Iterator[Problem]:
    for file, run in runs.items():
        if differences := here.differences(run.tree):
            what = f"is of another tree (commit {run.commit:.12}): {', '.join(differences)} differ from those here"
            yield Problem(file, 1, 1, what, "check that commit out to merge it, or run it again here")


def _of_other_parts(files: Mapping[Path, Run | None]) -> Iterator[Problem]:
    runs = {file: run for file, run in files.items() if run is not None and run.part}
    parts = {file: Part.parse(run.part) for file, run in runs.items()}
    if not parts:
        return
    again = "run all parts again, from the same ledger"
    first, run = next(iter(runs.items()))
    seen: dict[Part, Path] = {}
    for file in files:
        if file not in parts:
            yield Problem(file, 1, 1, f"is no part of a run, and {first} is part {run.part}", "merge parts of one run")
        elif parts[file].of != parts[first].of:
            what = f"is part {parts[file]}, and {first} is part {run.part}"
            yield Problem(file, 1, 1, what, "merge parts of one run")
        elif runs[file].cut != run.cut:
            what = f"was cut otherwise than {first}: it started from other claims, or from other costs in its ledger"
            yield Problem(file, 1, 1, what, again)
        elif parts[file] in seen:
            yield Problem(file, 1, 1, f"is part {parts[file]}, as {seen[parts[file]]} is", "name one of the two")
        if file in parts:
            seen.setdefault(parts[file], file)
    numbers = {part.number for part in parts.values() if part.of == parts[first].of}
    lacking = [str(number) for number in range(1, parts[first].of + 1) if number not in numbers]
    if lacking:
        what = f"is one of {parts[first].of} parts, and no file is part {' or '.join(lacking)}"
        yield Problem(first, 1, 1, what, "name the files of all parts")
