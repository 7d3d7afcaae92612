"""Other people's replications, held against the catalogue and judged by our judge.

A replication counts for what the catalogue asks today: the same experiment but for the image that its own engine built,
and the same release. A file of another experiment stops the build, unless it is in `replications/earlier`: then it is
named and not judged. Nothing of it has a part in our verdicts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from macros.claim.cell import Cell
from macros.claim.loading import LoadedClaim
from macros.claim.scope import cells_of
from macros.claim.visible import shown
from macros.ledger.address import Half, machine_half
from macros.ledger.record import Record
from macros.problems import InvalidInput, Problem
from macros.results.catalogue import ClaimResult, judge_claims
from macros.results.elsewhere import ByClaim, Elsewhere
from macros.results.replication import ReplicatedCell, ReplicatedClaim
from macros.results.replication_files import EARLIER, FOLDER, ReplicationFile, read_folder
from macros.run.plan import Inputs
from macros.run.session import plan_cell


def read_elsewhere(inputs: Inputs) -> ByClaim:
    """All replications of the catalogue's repository, by claim. Raises InvalidInput with every problem of all files."""
    files, problems = read_folder(inputs.project.root / FOLDER)
    found: dict[str, list[Elsewhere]] = {}
    seen: dict[tuple[str, str], str] = {}
    for file in files:
        for place, claim in enumerate(file.content.claims):
            where = ("claims", place)
            other = seen.setdefault((file.content.machine.key, claim.id), file.name)
            if other != file.name or claim.id in [one.id for one in file.content.claims[:place]]:
                what = f"`{claim.id}` of this machine is also in {other}"
                problems.append(file.problem((*where, "id"), what, "keep one of the two"))
                continue
            try:
                found.setdefault(claim.id, []).extend(_claim(inputs, file, place, claim))
            except InvalidInput as invalid:
                problems += invalid.problems
    if problems:
        raise InvalidInput(sorted(set(problems)))
    return {name: tuple(found[name]) for name in sorted(found) if found[name]}


def _claim(inputs: Inputs, file: ReplicationFile, place: int, claim: ReplicatedClaim) -> Iterator[Elsewhere]:
    """Nothing for an earlier file's claim that the catalogue no longer has. Raises InvalidInput."""
    where = ("claims", place)
    loaded = inputs.catalogue.claims.get(claim.id)
    facts = file.content.machine.model_dump()
    if loaded is None:
        if not file.earlier and claim.id not in inputs.catalogue.unreadable:
            fix = f"if the catalogue had it once, move the file to {FOLDER}/{EARLIER}"
            raise InvalidInput([file.problem((*where, "id"), f"no claim has the id `{claim.id}`", fix)])
        return
    problems = list(_strange(inputs, loaded, file, place, claim))
    executed = max(cell.executed for cell in claim.cells)
    if problems and file.earlier:
        yield Elsewhere(file.content.machine.key, facts, file.name, executed, claim.verdict)
        return
    if problems:
        raise InvalidInput(problems)
    result = _judged(inputs, loaded, file, place, claim)
    yield Elsewhere(file.content.machine.key, facts, file.name, executed, result.finding.verdict, result)


def _strange(
    inputs: Inputs, loaded: LoadedClaim, file: ReplicationFile, place: int, claim: ReplicatedClaim
) -> Iterator[Problem]:
    """In what the file's claim is not the catalogue's claim of today: cells, experiments, releases, metrics."""
    where = ("claims", place)
    earlier = f"run `claims replicate {claim.id}` again, or move the file to {FOLDER}/{EARLIER}"
    wanted = _cells(inputs, loaded, claim)
    named = [cell.cell(claim.id) for cell in claim.cells]
    for number, (cell, each) in enumerate(zip(claim.cells, named, strict=True)):
        at = (*where, "cells", number)
        if each not in wanted or each in named[:number]:
            what = "is there twice" if each in wanted else "is no cell of that claim"
            yield file.problem((*at, "toolchain"), f"{shown(each, 200)} {what}", earlier)
            continue
        release = inputs.toolchains.version(cell.toolchain)
        if _experiment(loaded, cell, each).key != cell.experiment:
            what = f"{each}: unknown experiment; the claim, its programs, the sandbox or the extractors have changed"
            yield file.problem((*at, "experiment"), what, earlier)
        elif cell.release != release:
            what = f"{each}: ran in {shown(cell.release)}, and the catalogue pins {release}"
            yield file.problem((*at, "release"), what, earlier)
        elif strange := {*cell.processes.readings, *cell.built} - set(loaded.claim.metrics):
            what = f"{each}: the claim has no metric `{shown(min(strange))}`"
            yield file.problem((*at, "processes"), what)
    missing = sorted(set(wanted) - set(named))
    if missing:
        more = f" and {len(missing) - 1} more are missing" if len(missing) > 1 else " is missing"
        yield file.problem((*where, "cells"), f"{missing[0]}{more}", earlier)


def _cells(inputs: Inputs, loaded: LoadedClaim, claim: ReplicatedClaim) -> list[Cell]:
    """Those that the file must have: all cases and controls, in the toolchains in which it has any case."""
    own, controls = cells_of(loaded.claim, _ran(inputs, claim), inputs.catalogue.settings)
    return [*own, *controls]


def _ran(inputs: Inputs, claim: ReplicatedClaim) -> tuple[str, ...]:
    """The toolchains in which the file has any case, in the catalogue's order."""
    ran = {cell.toolchain for cell in claim.cells if not cell.control}
    return tuple(name for name in inputs.toolchains.names if name in ran)


def _experiment(loaded: LoadedClaim, cell: ReplicatedCell, each: Cell) -> Half:
    """Today's experiment in the image that the file's engine built."""
    return plan_cell(loaded, each, "", {"image_content": cell.image_content}).experiment


def _judged(
    inputs: Inputs, loaded: LoadedClaim, file: ReplicationFile, place: int, claim: ReplicatedClaim
) -> ClaimResult:
    """By our judge, from the file's samples. Raises InvalidInput where they cannot be judged."""
    facts = file.content.machine.model_dump()
    records = {cell.cell(claim.id): _record(loaded, facts, cell) for cell in claim.cells}
    try:
        judged, problems = judge_claims(
            [loaded],
            records,
            _ran(inputs, claim),
            {claim.id: inputs.breadth(loaded)},
            frozen=True,
            settings=inputs.catalogue.settings,
            policy=inputs.policy,
        )
    except (ArithmeticError, ValueError, TypeError) as error:
        what = f"`{claim.id}`: its samples cannot be judged: {shown(error, 200)}"
        raise InvalidInput([file.problem(("claims", place, "cells"), what)]) from error
    if claim.id not in judged:
        what = f"`{claim.id}`: its samples cannot be judged: {problems[0].what if problems else 'cells are missing'}"
        raise InvalidInput([file.problem(("claims", place, "cells"), what)])
    return judged[claim.id]


def _record(loaded: LoadedClaim, facts: Mapping[str, Any], cell: ReplicatedCell) -> Record:
    each = cell.cell(loaded.claim.id)
    return Record(
        cell=each,
        experiment=_experiment(loaded, cell, each),
        machine=machine_half(facts, whole=loaded.claim.asks_machine),
        facts=facts,
        image={"image": "", "image_content": cell.image_content, "toolchain": cell.release},
        evidence=cell.evidence,
        outputs=(),
        started=cell.executed,
        seconds={},
    )
