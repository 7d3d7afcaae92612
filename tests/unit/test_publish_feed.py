"""claims.json, as other programs rely on it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from macros.results.feed import claims_json, files
from macros.verdict.finding import Reason
from tests.unit.publish_sample import catalogue
from tests.unit.publish_site import build_site, feed


def test_the_published_feed_is_valid_by_the_schema_published_beside_it(tmp_path: Path) -> None:
    """A build writes both files, and the one describes the other."""
    site = build_site(tmp_path, {})
    schema = json.loads((site / "claims.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(feed(site), schema)


def test_the_feed_has_the_promised_form(tmp_path: Path) -> None:
    """Spelt out for one measured claim: names, nesting and units are a contract."""
    document = claims_json(catalogue(tmp_path))
    assert document["schema"] == 1
    start = next(claim for claim in document["claims"] if claim["id"] == "cold-start")
    assert start["cells"][-1] == {
        "toolchain": "go1.15",
        "case": "default",
        "image": "sha256:" + "a" * 64,
        "verdict": "confirmed",
        "reason": "",
        "metrics": {"start": {"value": 3.2, "low": 3.0, "high": 3.4, "unit": "ms", "n": 18}},
    }
    assert start["controls"] == [{"name": "sleeps", "expected": "refuted", "verdict": "refuted", "ok": True}]
    assert {key: start[key] for key in ("kind", "source", "verdict", "reason", "recorded", "url")} == {
        "kind": "measure",
        "source": {"where": "1.1"},
        "verdict": "confirmed",
        "reason": "",
        "recorded": "confirmed",
        "url": "claims/cold-start/",
    }


def test_the_schema_refuses_a_feed_with_another_word_for_a_verdict(tmp_path: Path) -> None:
    """A schema that lets everything pass describes nothing."""
    schema = json.loads(files(catalogue(tmp_path))["claims.schema.json"])
    document = claims_json(catalogue(tmp_path))
    document["claims"][0]["verdict"] = "true"
    with pytest.raises(jsonschema.ValidationError, match="'true' is not one of"):
        jsonschema.validate(document, schema)


def test_every_link_of_the_feed_leads_to_a_page(tmp_path: Path) -> None:
    """`url` is relative to the site's root."""
    site = build_site(tmp_path, {})
    urls = [claim["url"] for claim in feed(site)["claims"]]  # type: ignore[index,call-overload]
    assert len(urls) == 6
    assert all((site / url / "index.html").is_file() for url in urls)


def test_the_schema_and_the_pages_know_every_reason(tmp_path: Path) -> None:
    """A reason that the judges can give and the feed's schema refuses would stop a build on a noisy day."""
    schema = json.loads(files(catalogue(tmp_path))["claims.schema.json"])
    assert set(schema["$defs"]["reason"]["enum"]) == {reason.value for reason in Reason}
