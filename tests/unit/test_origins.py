"""The digests that tell what a verdict came from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from macros.results.feed_models import Instruments
from macros.results.origins import definition_of, instruments_of, programs_of
from tests.unit.publish_sample import catalogue, claim

TEXT = {"en": "Other words.", "zh": "别的话。"}


@pytest.mark.parametrize(
    "over",
    [
        {"title": TEXT},
        {"statement": TEXT},
        {"recorded": "refuted"},
        {"related": ["another"]},
        {"cases": [{"name": "default", "title": TEXT}]},
        {"expect": [{"metric": "start", "below": "5 ms", "because": TEXT}]},
        {"controls": [{"name": "sleeps", "expected": "refuted", "because": TEXT}]},
        {"metrics": {"start": {"from": "json", "unit": "ms", "title": TEXT}}},
    ],
    ids=lambda over: next(iter(over)),
)
def test_a_claims_prose_is_no_part_of_its_definition(over: dict[str, Any]) -> None:
    """Words for readers change no verdict, so that they are never named as the cause of one."""
    assert definition_of(claim("a", "measure", **over)) == definition_of(claim("a", "measure"))


@pytest.mark.parametrize(
    "over",
    [
        {"expect": [{"metric": "start", "below": "4 ms"}]},
        {"cases": [{"name": "default", "context": TEXT}]},
        {"cases": [{"name": "other"}]},
        {"controls": [{"name": "sleeps", "expected": "confirmed", "because": TEXT}]},
        {"metrics": {"start": {"from": "json", "unit": "us"}}},
        {"experiment": {"build": "go build -o server main.go", "run": "./server -x"}},
        {"toolchains": ["go1.27"]},
    ],
    ids=lambda over: next(iter(over)),
)
def test_whatever_decides_is_part_of_the_definition(over: dict[str, Any]) -> None:
    """Otherwise a changed threshold would pass for noise."""
    assert definition_of(claim("a", "measure", **over)) != definition_of(claim("a", "measure"))


def test_programs_are_told_apart_by_name_and_content(tmp_path: Path) -> None:
    """The same files give the same digest."""
    result = catalogue(tmp_path).claims["cold-start"]
    found = {
        programs_of(replace(result, files=files)) for files in ({"a": b"1"}, {"a": b"2"}, {"b": b"1"}, {"a": b"1"})
    }
    assert len(found) == 3


def test_the_policy_is_part_of_the_judge(tmp_path: Path) -> None:
    """Another error allowed is another judge; results without any record have no instruments."""
    results = catalogue(tmp_path)
    other = replace(results, policy=replace(results.policy, family_error=0.01))
    one, two = instruments_of(results), instruments_of(other)
    assert isinstance(one, Instruments)
    assert isinstance(two, Instruments)
    assert one.judge != two.judge
    assert (one.sandbox, one.extractors) == (two.sandbox, two.extractors)
    assert instruments_of(replace(results, claims={"told": results.claims["told"]})) is None
