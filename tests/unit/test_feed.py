"""claims.json, as other programs rely on it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from macros.ledger.address import MACHINE_PARTS, machine_half
from macros.ledger.record import Origin
from macros.problems import InvalidInput
from macros.results.catalogue import CatalogueResult, CellResult, ClaimResult, Selection, State, base_of, machines_of
from macros.results.feed import feed_of, files, read, schema_text, write
from macros.results.feed_base import LONGEST, LONGEST_LINE
from macros.results.feed_models import CODES, Analyses, Cell, Feed, Machine
from macros.results.feed_reading import MOST_PROBLEMS
from macros.results.origins import definition_of, programs_of
from macros.verdict.details import Detail, MachineLacks
from macros.verdict.finding import Estimate, Reason
from tests.unit.feed_strategies import feeds
from tests.unit.publish_sample import ASIDE, FACTS, catalogue, cell, claim, judged_again, milliseconds, result
from tests.unit.publish_site import build_site, feed

SCHEMA = json.loads(schema_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
OTHER = {**FACTS, "cpu": "Another CPU", "cores": 64}
"""A second machine."""


def document(results: CatalogueResult) -> Any:
    """What a program that reads the feed as plain JSON has."""
    return json.loads(write(feed_of(results)))


def published(results: CatalogueResult, name: str) -> Any:
    return next(claim for claim in document(results)["claims"] if claim["id"] == name)


def with_cells(results: CatalogueResult, name: str, change: Callable[[int, CellResult], CellResult]) -> CatalogueResult:
    """The results with a claim's own cells changed; `change` gets the number of each."""
    changed = results.claims[name]
    cells = tuple(change(number, one) for number, one in enumerate(changed.cells))
    claims = {**results.claims, name: replace(changed, cells=cells)}
    return replace(results, claims=claims, machines=machines_of(claims.values()), base=base_of(claims.values()))


def elsewhere(cell: CellResult) -> CellResult:
    """The same, as another machine showed it."""
    record = cell.record.model_copy(update={"facts": OTHER, "machine": machine_half(OTHER, whole=True)})
    return replace(cell, record=record)


# ---- writing, reading, and the schema ------------------------------------------------------------------


@given(feeds())
@settings(deadline=None)
def test_what_is_written_is_read_back_the_same(written: Feed) -> None:
    """Nothing is lost, no number changes its kind, and the text of the same feed is the same."""
    text = write(written)
    back = read(text)
    assert back == written
    assert repr(back) == repr(written)
    assert write(back) == text


@given(feeds())
@settings(deadline=None)
def test_what_is_written_is_valid_by_the_generated_schema(written: Feed) -> None:
    """The schema describes all that the models allow."""
    VALIDATOR.validate(json.loads(write(written)))


def test_the_published_feed_is_valid_by_the_schema_published_beside_it(tmp_path: Path) -> None:
    """A build writes both files, and the one describes the other."""
    site = build_site(tmp_path, {})
    schema = json.loads((site / "claims.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(feed(site), schema)
    assert schema == SCHEMA


def test_the_feed_says_which_cases_have_no_part_and_on_what_a_claim_rests(tmp_path: Path) -> None:
    """With the reason in each language, empty where none is given; absent where there is nothing to say."""
    results = catalogue(tmp_path)
    start = published(results, "cold-start")
    assert not {"context", "premises"} & set(start)
    cases = [{"name": "default"}, {"name": "told", "context": ASIDE}, {"name": "untold", "context": True}]
    of = claim("cold-start", "measure", cases=cases, premises=["told"])
    changed = replace(results.claims["cold-start"], claim=of)
    start = published(replace(results, claims={**results.claims, "cold-start": changed}), "cold-start")
    assert start["context"] == {"told": ASIDE, "untold": {}}
    assert start["premises"] == ["told"]


def test_the_feed_has_the_promised_form(tmp_path: Path) -> None:
    """Spelt out for one measured claim: names, nesting and units are a contract."""
    results = catalogue(tmp_path)
    whole = document(results)
    machine = machine_half(FACTS, whole=True).key
    assert list(whole) == [
        "schema", "generated", "source_commit", "mode", "selection", "machines", "environment", "base",
        "instruments", "claims",
    ]  # fmt: skip
    assert (whole["schema"], whole["mode"], whole["selection"]) == (2, "auto", None)
    assert whole["machines"] == {machine: FACTS}
    assert whole["base"] == {"supplier": "x", "digest": "y"}
    start = published(results, "cold-start")
    provenance = {"machine": machine, "state": "fresh", "executed": "2026-01-02T03:04:05"}
    own = results.claims["cold-start"].cells[-1]
    assert start["cells"][-1] == {
        **provenance,
        "experiment": own.record.experiment.key,
        "toolchain": "go1.15",
        "case": "default",
        "image": "sha256:" + "a" * 64,
        "image_content": "c" * 64,
        "verdict": "confirmed",
        "reason": "",
        "findings": [{"expectation": 0, "code": "only-context", "numbers": {}, "alpha": None}],
        "metrics": {
            "start": {
                "value": 3.2, "low": 3.0, "high": 3.4, "unit": "ms", "n": 18, "layouts": 1, "layout_share": None,
            }
        },
    }  # fmt: skip
    control = results.claims["cold-start"].controls[0].result.record
    assert start["controls"] == [
        {
            **provenance,
            "experiment": control.experiment.key,
            "name": "sleeps",
            "case": "default",
            "toolchain": "go1.27",
            "expected": "refuted",
            "verdict": "refuted",
            "ok": True,
        }
    ]
    assert {key: value for key, value in start.items() if key not in ("cells", "controls")} == {
        "id": "cold-start",
        "kind": "measure",
        "source": {"where": "1.1"},
        "title": {"en": "Title of `cold-start`", "zh": "cold-start 的标题"},
        "verdict": "confirmed",
        "reason": "",
        "near_bound": False,
        "in_part_untestable": False,
        "recorded": "confirmed",
        "definition": definition_of(results.claims["cold-start"].claim),
        "programs": programs_of(results.claims["cold-start"]),
        "url": "claims/cold-start/",
    }


def test_a_claim_says_in_how_many_analyses_its_verdict_stands(tmp_path: Path) -> None:
    """One that is not decided by what is measured says nothing of them; what is written is read back."""
    results = judged_again(catalogue(tmp_path))
    assert published(results, "cold-start")["analyses"] == {"stands_in": 2, "of": 3}
    assert "analyses" not in published(results, "told")
    assert read(write(feed_of(results))) == feed_of(results)
    with pytest.raises(ValidationError, match="cannot stand in 4 of 3"):
        Analyses(stands_in=4, of=3)


def test_what_stood_in_schema_1_has_kept_its_name_and_its_type(tmp_path: Path) -> None:
    """A program written for schema 1 finds its keys where they were."""
    whole = document(catalogue(tmp_path))
    assert whole["environment"] == {
        "cpu": "Example CPU", "cores": 2, "kernel": "6.1.0", "engine": "Docker 20.10",
        "base": {"supplier": "x", "digest": "y"},
    }  # fmt: skip
    old = {
        "": {"generated", "source_commit", "environment", "claims"},
        "claim": {"id", "kind", "source", "title", "verdict", "reason", "recorded", "url", "cells", "controls"},
        "cell": {"toolchain", "case", "image", "verdict", "reason", "metrics"},
        "metric": {"value", "low", "high", "unit", "n"},
        "control": {"name", "expected", "verdict", "ok"},
    }
    start = next(one for one in whole["claims"] if one["id"] == "cold-start")
    now = {
        "": whole, "claim": start, "cell": start["cells"][0], "metric": start["cells"][0]["metrics"]["start"],
        "control": start["controls"][0],
    }  # fmt: skip
    assert [name for name, keys in old.items() if keys - set(now[name])] == []


def test_the_schema_refuses_a_feed_with_another_word_for_a_verdict(tmp_path: Path) -> None:
    """A schema that lets everything pass describes nothing."""
    whole = document(catalogue(tmp_path))
    whole["claims"][0]["verdict"] = "true"
    with pytest.raises(jsonschema.ValidationError, match="'true' is not one of"):
        VALIDATOR.validate(whole)


def test_every_link_of_the_feed_leads_to_a_page(tmp_path: Path) -> None:
    """`url` is relative to the site's root."""
    site = build_site(tmp_path, {})
    urls = [claim["url"] for claim in feed(site)["claims"]]  # type: ignore[index,call-overload]
    assert len(urls) == 6
    assert all((site / url / "index.html").is_file() for url in urls)


def test_the_schema_knows_every_reason() -> None:
    """A reason that the judges can give and the feed's schema refuses would stop a build on a noisy day."""
    assert set(SCHEMA["$defs"]["Reason"]["enum"]) == {reason.value for reason in Reason}


def test_the_schema_names_every_code_and_every_fact_of_a_machine() -> None:
    """Whoever writes a reader need not look into our sources."""
    said = SCHEMA["$defs"]["Finding"]["properties"]["code"]["description"]
    assert [code for code in CODES if code not in said] == []
    assert len(CODES) == len(set(CODES)) == len(Detail.__args__)  # type: ignore[attr-defined]
    assert set(Machine.model_fields) == set(MACHINE_PARTS)


def test_the_feed_is_the_same_whatever_the_order_of_the_run(tmp_path: Path) -> None:
    """Two runs with the same results give the same text."""
    results = with_cells(catalogue(tmp_path), "cold-start", lambda number, one: elsewhere(one) if number else one)
    turned = replace(
        results,
        claims=dict(reversed(results.claims.items())),
        machines=dict(reversed(results.machines.items())),
    )
    assert files(turned) == files(results)


# ---- one machine's facts are never given for another's results (the defect of schema 1) ------------------


def test_each_cell_names_the_machine_that_showed_it_and_each_machine_is_described(tmp_path: Path) -> None:
    """Of results from two machines, none is said to be of the other."""
    results = with_cells(catalogue(tmp_path), "cold-start", lambda number, one: elsewhere(one) if number == 1 else one)
    whole = document(results)
    cells = published(results, "cold-start")["cells"]
    assert [whole["machines"][one["machine"]]["cpu"] for one in cells] == ["Example CPU", "Another CPU", "Example CPU"]
    assert sorted(facts["cores"] for facts in whole["machines"].values()) == [2, 64]


def test_a_cell_that_does_not_ask_about_the_machine_still_names_the_whole_machine(tmp_path: Path) -> None:
    """Its address has the architecture alone; the feed's `machine` is an entry of `machines` all the same."""

    def architecture_alone(number: int, one: CellResult) -> CellResult:
        half = machine_half(FACTS, whole=False)
        return replace(one, record=one.record.model_copy(update={"machine": half}))

    results = with_cells(catalogue(tmp_path), "cold-start", architecture_alone)
    for one in published(results, "cold-start")["cells"]:
        assert one["machine"] == machine_half(FACTS, whole=True).key


def test_the_one_environment_is_null_where_results_are_of_several_machines(tmp_path: Path) -> None:
    """Schema 1 gave whichever machine came first for all of them."""
    results = with_cells(catalogue(tmp_path), "cold-start", lambda number, one: elsewhere(one) if number else one)
    whole = document(results)
    assert whole["environment"] is None
    assert whole["base"] == {"supplier": "x", "digest": "y"}
    assert len(whole["machines"]) == 2


def test_the_one_base_image_is_null_where_images_are_made_from_several(tmp_path: Path) -> None:
    """It was that of the first record."""

    def other_base(number: int, one: CellResult) -> CellResult:
        image = {**one.record.image, "base_digest": "z"} if number else one.record.image
        return replace(one, record=one.record.model_copy(update={"image": image}))

    whole = document(with_cells(catalogue(tmp_path), "cold-start", other_base))
    assert (whole["base"], whole["environment"]) == (None, None)


def test_a_feed_without_results_has_no_machine(tmp_path: Path) -> None:
    """A catalogue of reports ran nowhere; schema 1 said that it had no cores."""
    told = claim("told", "report")
    only = result(told, tmp_path, [], "unverifiable")
    whole = document(
        replace(catalogue(tmp_path), claims={"told": only}, machines=machines_of([only]), base=base_of([only]))
    )
    assert (whole["machines"], whole["environment"], whole["base"]) == ({}, None, None)


def test_each_cell_says_where_its_value_comes_from_and_when(tmp_path: Path) -> None:
    """Fresh, frozen and imported ones lie side by side."""
    states = (State.FRESH, State.FROZEN, State.IMPORTED)

    def change(number: int, one: CellResult) -> CellResult:
        record = one.record.model_copy(
            update={"started": f"2026-01-0{number + 1}T00:00:00+00:00", "origin": Origin(file="x", imported="now")}
        )
        return replace(one, record=record, state=states[number])

    cells = published(with_cells(catalogue(tmp_path), "cold-start", change), "cold-start")["cells"]
    assert [(one["state"], one["executed"][:10]) for one in cells] == [
        ("fresh", "2026-01-01"), ("frozen", "2026-01-02"), ("imported", "2026-01-03"),
    ]  # fmt: skip


def test_a_feed_that_does_not_describe_a_machine_is_refused(tmp_path: Path) -> None:
    """A cell whose machine nobody can look up would be worth nothing."""
    whole = document(catalogue(tmp_path))
    whole["machines"] = {}
    with pytest.raises(InvalidInput, match="`machines` does not describe"):
        read(json.dumps(whole))


# ---- a narrowed run is marked -----------------------------------------------------------------------------


def test_a_narrowed_run_is_marked_as_such(tmp_path: Path) -> None:
    """A claim that is not in it need not be gone, and its verdicts are of these toolchains only."""
    narrowed = replace(catalogue(tmp_path), selection=Selection(("cold-start",), ("go1.27",)))
    assert document(narrowed)["selection"] == {"claims": ["cold-start"], "toolchains": ["go1.27"]}


def test_claims_that_could_not_be_run_are_named(tmp_path: Path) -> None:
    """Otherwise they would look like claims that nobody asked for."""
    assert document(replace(catalogue(tmp_path), lost=("b", "a")))["lost"] == ["a", "b"]


# ---- findings and values ------------------------------------------------------------------------------------


def test_a_finding_bears_the_number_of_its_expectation_among_all_of_the_claim(tmp_path: Path) -> None:
    """Expectations of other cases are passed over and counted."""
    of = claim(
        "two", "measure", cases=[{"name": "a"}, {"name": "b"}],
        expect=[{"metric": "start", "below": "5 ms", "cases": ["a"]}, {"metric": "start", "below": "9 ms"}],
    )  # fmt: skip
    cells = [cell(of, "go1.27", "b")]
    one = cells[0].judged.expectations[0]
    said = replace(cells[0].judged, expectations=(replace(one, detail=MachineLacks("perf"), alpha=0.0008),))
    only = result(of, tmp_path, [replace(cells[0], judged=said)], "confirmed")
    results = replace(catalogue(tmp_path), claims={"two": only})
    (entry,) = published(results, "two")["cells"]
    assert entry["findings"] == [
        {"expectation": 1, "code": "machine-lacks", "numbers": {"what": "perf"}, "alpha": 0.0008}
    ]


@given(st.one_of(st.floats(), st.booleans(), st.integers(), st.text(st.characters(exclude_categories=()))))
@settings(deadline=None)
def test_whatever_a_program_prints_the_feed_can_be_written_and_read(value: float | str | bool) -> None:
    """Infinity and NaN become null, a lone surrogate is spelt out, and no text is without limit."""
    of = claim("x", "measure")
    shown = cell(of, "go1.27", estimates={"start": Estimate(value, -math.inf, math.nan, "ms", 3)})
    results = replace(catalogue_of(of, shown), generated="\ud800" * 3)
    text = write(feed_of(results))
    VALIDATOR.validate(json.loads(text))
    (entry,) = read(text).claims[0].cells
    metric = entry.metrics["start"]
    assert (metric.low, metric.high) == (None, None)
    if isinstance(value, str):
        assert metric.value == value.encode("utf-8", "backslashreplace").decode()
    elif math.isfinite(value):
        assert metric.value == value and type(metric.value) is type(value)
    else:
        assert metric.value is None


def catalogue_of(of: Any, shown: CellResult) -> CatalogueResult:
    """Results of one claim in one cell."""
    only = ClaimResult(of, Path("x"), (shown,), (), shown.judged.finding)
    return CatalogueResult({"x": only}, machines_of([only]), {}, {}, "2026", "0")


@pytest.mark.parametrize("value", [10**400, -(10**400)], ids=["above", "below"])
def test_a_number_beyond_all_others_is_null(value: int) -> None:
    """It is none that a reader of JSON could hold."""
    of = claim("x", "measure")
    shown = cell(of, "go1.27", estimates={"start": Estimate(value, None, None, "", 1)})
    assert published(catalogue_of(of, shown), "x")["cells"][0]["metrics"]["start"]["value"] is None


def test_long_texts_are_cut_and_say_so() -> None:
    """A program can print a gigabyte; a reader of the feed need not be ready for it."""
    of = claim("x", "measure")
    shown = cell(of, "go1.27", estimates={"start": Estimate("v" * 99_999, None, None, "u" * 9_999, 1)})
    entry = published(catalogue_of(of, shown), "x")
    metric = entry["cells"][0]["metrics"]["start"]
    assert metric["value"] == "v" * (LONGEST - 1) + "…"
    assert metric["unit"] == "u" * (LONGEST_LINE - 1) + "…"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("low", math.inf), ("high", math.nan), ("value", "x" * (LONGEST + 1)), ("value", "\ud800"), ("n", "3"), ("n", -1)],
)
def test_the_models_refuse_what_json_cannot_hold(tmp_path: Path, field: str, wrong: object) -> None:
    """Whoever else builds a feed cannot write one that others cannot read."""
    (first, *_) = feed_of(catalogue(tmp_path)).claims
    metric = next(iter(first.cells[0].metrics.values()))
    with pytest.raises(ValidationError):
        type(metric).model_validate({**metric.model_dump(), field: wrong})


def test_a_feed_cannot_be_changed(tmp_path: Path) -> None:
    """It is a value."""
    (first, *_) = feed_of(catalogue(tmp_path)).claims
    assert isinstance(first.cells[0], Cell)
    with pytest.raises(ValidationError, match="frozen"):
        first.cells[0].verdict = first.verdict  # type: ignore[misc]


# ---- a text that is no feed ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "claims.json:1:1: is not JSON"),
        ('{"schema": 2,\n "generated": nothing}', "claims.json:2:16: is not JSON"),
        ("[" * 100_000, "claims.json:1:202: is not JSON: recursion limit"),
        ("[]", "claims.json:1:1: is not a feed of claims"),
        ("\ud800", "claims.json:1:1: is not a feed of claims"),
        ("{}", "claims.json:1:1: is not a feed of claims: it has no `schema`"),
        ('{\n  "schema": 3}', "claims.json:2:13: is a feed of schema 3, and this version reads 2; read it with"),
    ],
)
def test_what_is_no_feed_is_named_with_its_place(text: str, said: str) -> None:
    """With file, line, column, and what to do."""
    with pytest.raises(InvalidInput) as refused:
        read(text)
    (problem,) = refused.value.problems
    assert str(problem).startswith(said)
    assert problem.fix


def test_a_feed_of_schema_1_is_named_with_the_next_step() -> None:
    """It is not read, and its many other differences are not listed."""
    with pytest.raises(InvalidInput) as refused:
        read('{\n "schema": 1,\n "generated": "x", "environment": {}, "claims": []}', Path("old.json"))
    assert str(refused.value) == (
        "old.json:2:12: is a feed of schema 1, and this version reads 2; write it again: `claims verify --json FILE`"
    )


def test_a_wrong_value_is_found_by_line_and_column(tmp_path: Path) -> None:
    """However deep it lies, and each place once."""
    text = write(feed_of(catalogue(tmp_path)))
    wrong = text.replace('"verdict": "untestable"', '"verdict": "perhaps"').replace('"n": 20', '"n": "20"')
    with pytest.raises(InvalidInput) as refused:
        read(wrong)
    lines = wrong.splitlines()
    found = [
        (one.what.split(":")[0], lines[one.line - 1][one.column - 1 :].rstrip(",")) for one in refused.value.problems
    ]
    assert found == [
        ("claims[0].cells[0].metrics.start plain/fast.n", '"20"'),
        ("claims[5].verdict", '"perhaps"'),
    ]


def test_the_places_that_are_named_are_not_without_limit(tmp_path: Path) -> None:
    """A file that is wrong everywhere is told in a few lines."""
    wrong = write(feed_of(catalogue(tmp_path))).replace('"toolchain"', '"compiler"')
    with pytest.raises(InvalidInput) as refused:
        read(wrong)
    assert 1 < len(refused.value.problems) <= MOST_PROBLEMS


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
@settings(deadline=None)
def test_no_text_makes_the_reader_fail_in_another_way(text: str) -> None:
    """Whatever somebody sends: a feed, or a problem with a place."""
    with pytest.raises(InvalidInput):
        read(text)


@given(feeds(), st.data())
@settings(deadline=None, max_examples=50)
def test_no_damage_makes_the_reader_fail_in_another_way(written: Feed, data: st.DataObject) -> None:
    """A piece of a feed put elsewhere in it: still a feed, or a problem within the text."""
    text = write(written)
    begin, end, to = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 3)))
    damaged = text[:begin] + text[end:to] + text[begin:end]
    try:
        read(damaged)
    except InvalidInput as refused:
        for problem in refused.problems:
            assert 1 <= problem.line <= damaged.count("\n") + 1
            assert problem.column >= 1


def test_numbers_keep_all_their_digits() -> None:
    """Whoever shows a number chooses its digits; the feed has them all."""
    of = claim("x", "measure")
    shown = cell(of, "go1.27", estimates={"start": milliseconds(0.1 + 0.2)})
    assert published(catalogue_of(of, shown), "x")["cells"][0]["metrics"]["start"]["value"] == 0.1 + 0.2
