"""The typed feed: judged results as claims.json, the way back, and the JSON schema of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from macros.claim.fields import Text
from macros.results import feed_models as form
from macros.results.catalogue import CatalogueResult, CellResult, ClaimResult, ControlResult, Selection
from macros.results.elsewhere import Elsewhere, agrees
from macros.results.feed_base import LONGEST, LONGEST_LINE, folder_of
from macros.results.feed_history import History
from macros.results.feed_models import LANGUAGES, SCHEMA, Feed
from macros.results.feed_reading import read, read_files
from macros.results.feed_values import bounded, line, metric_form
from macros.results.origins import definition_of, instruments_of, programs_of
from macros.verdict import finding as judged
from macros.verdict.details import to_numbers

__all__ = ["Feed", "feed_of", "files", "read", "read_files", "schema_text", "write"]

FEED_FILE = "claims.json"
SCHEMA_FILE = "claims.schema.json"
_MODE: TypeAdapter[Literal["auto", "fresh", "frozen"]] = TypeAdapter(Literal["auto", "fresh", "frozen"])


def files(results: CatalogueResult, history: History | None = None) -> Mapping[str, str]:
    """The files of the site that are for programs, by name: the feed, and what describes it."""
    return {FEED_FILE: write(feed_of(results, history)), SCHEMA_FILE: schema_text()}


def write(feed: Feed) -> str:
    """The text of a feed, which `read` takes back; the same for the same feed."""
    return feed.model_dump_json(by_alias=True) + "\n"


class _Plain(GenerateJsonSchema):
    """Without a title for each field, which would repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema_text() -> str:
    """The JSON schema of what `write` gives, as text."""
    schema = Feed.model_json_schema(mode="serialization", schema_generator=_Plain)
    whole = {"$schema": _Plain.schema_dialect, **schema, "title": FEED_FILE}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def feed_of(results: CatalogueResult, history: History | None = None) -> Feed:
    """What is published of judged results. The order of claims and machines is that of their names.

    `history`: what the builds before came to, where any is known.
    """
    claims = [results.claims[name] for name in sorted(results.claims)]
    base = _base(results.base)
    machines = {key: machine_form(results.machines[key]) for key in sorted(results.machines)}
    narrowed = results.selection
    return Feed(
        schema=SCHEMA,
        generated=line(results.generated),
        source_commit=line(results.source_commit),
        mode=_MODE.validate_python(results.mode),
        selection=None if narrowed is None else _selection(narrowed),
        lost=tuple(sorted(results.lost)),
        machines=machines,
        environment=_environment(tuple(machines.values()), base),
        base=base,
        instruments=instruments_of(results),
        history=history,
        claims=tuple(claim_form(claim, results.elsewhere.get(claim.claim.id, ())) for claim in claims),
    )


def _selection(narrowed: Selection) -> form.Selection:
    return form.Selection(
        claims=narrowed.claims,
        toolchains=narrowed.toolchains,
        since=line(narrowed.since) or None,
        shard=narrowed.shard or None,
    )


def machine_form(facts: Mapping[str, Any]) -> form.Machine:
    """A machine's facts as they are published."""
    return form.Machine.model_validate(
        {name: line(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
    )


def _base(base: Mapping[str, str]) -> form.Base | None:
    return form.Base(supplier=line(base["supplier"]), digest=line(base["digest"])) if base else None


def _environment(machines: tuple[form.Machine, ...], base: form.Base | None) -> form.Environment | None:
    """One machine's facts are never given for results of several."""
    if len(machines) != 1 or base is None:
        return None
    (machine,) = machines
    return form.Environment(
        cpu=machine.cpu, cores=machine.cores, kernel=machine.kernel, engine=machine.engine, base=base
    )


def claim_form(result: ClaimResult, others: Sequence[Elsewhere] = ()) -> form.Claim:
    """A claim as it is published. `others`: what other people's machines showed of it."""
    claim = result.claim
    return form.Claim(
        id=claim.id,
        kind=claim.kind,
        source=form.Source(where=line(claim.source.where)),
        title=_by_language(claim.title, LONGEST_LINE),
        verdict=result.finding.verdict,
        reason=result.finding.reason,
        near_bound=judged.Mark.NEAR_BOUND in result.finding.marks,
        in_part_untestable=judged.Mark.IN_PART_UNTESTABLE in result.finding.marks,
        analyses=_analyses(result),
        context={case.name: _by_language(case.reason, LONGEST) for case in claim.cases if case.context},
        premises=claim.premises,
        premise_refuted=judged.Mark.PREMISE_REFUTED in result.finding.marks if claim.premises else None,
        premise_in_part=judged.Mark.PREMISE_IN_PART in result.finding.marks if claim.premises else None,
        recorded=claim.recorded,
        definition=definition_of(claim),
        programs=programs_of(result),
        elsewhere=tuple(_other(result, other) for other in others),
        url=folder_of(claim.id),
        cells=tuple(_cell(result, cell) for cell in result.cells),
        controls=tuple(_control(control) for control in result.controls),
    )


def _by_language(text: Text | None, longest: int) -> dict[form.Language, str]:
    said = {language: getattr(text, language, None) for language in LANGUAGES}
    return {language: bounded(words, longest) for language, words in said.items() if words}


def _analyses(result: ClaimResult) -> form.Analyses | None:
    found = result.analyses
    return None if found is None else form.Analyses(stands_in=found.stands_in, of=found.of)


def _provenance(cell: CellResult) -> dict[str, Any]:
    return {
        "experiment": cell.record.experiment.key,
        "machine": cell.machine,
        "state": cell.state,
        "executed": line(cell.record.started),
    }


def _cell(result: ClaimResult, cell: CellResult) -> form.Cell:
    places = [place for place, each in enumerate(result.claim.expect) if each.applies_to(cell.cell.case)]
    findings = zip(places, cell.judged.expectations, strict=True)
    return form.Cell(
        **_provenance(cell),
        toolchain=cell.cell.toolchain,
        case=cell.cell.case,
        image=line(cell.record.image.get("image", "")),
        image_content=line(cell.record.image.get("image_content", "")),
        verdict=cell.judged.finding.verdict,
        reason=cell.judged.finding.reason,
        findings=tuple(_finding(place, finding) for place, finding in findings),
        metrics={name: metric_form(estimate) for name, estimate in cell.judged.estimates.items()},
    )


def _other(result: ClaimResult, other: Elsewhere) -> form.OtherMachine:
    cells = other.result.cells if other.result else ()
    return form.OtherMachine(
        machine=machine_form(other.facts),
        file=line(other.file),
        executed=other.executed,
        earlier=other.result is None,
        agrees=agrees(result, other),
        verdict=other.verdict,
        reason=other.result.finding.reason if other.result else judged.Reason.NONE,
        cells=tuple(
            form.OtherCell(
                toolchain=cell.cell.toolchain,
                case=cell.cell.case,
                verdict=cell.judged.finding.verdict,
                reason=cell.judged.finding.reason,
                metrics={name: metric_form(estimate) for name, estimate in cell.judged.estimates.items()},
            )
            for cell in cells
        ),
    )


def _finding(place: int, finding: judged.Finding) -> form.Finding:
    """An expectation's finding. The judges leave out what is said only while a cell still runs."""
    assert finding.detail is not None, "a finding that is published says something"
    return form.Finding(
        expectation=place, code=finding.detail.code, numbers=to_numbers(finding.detail), alpha=finding.alpha
    )


def _control(control: ControlResult) -> form.Control:
    return form.Control(
        **_provenance(control.result),
        name=control.control.name,
        case=control.result.cell.case,
        toolchain=control.result.cell.toolchain,
        expected=control.control.expected,
        also_for=control.control.also_for,
        verdict=control.finding.verdict,
        ok=control.ok,
    )
