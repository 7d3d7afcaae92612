"""claims.json, for programs, and its schema."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from macros.results.catalogue import CatalogueResult, CellResult, ClaimResult, ControlResult
from macros.verdict.finding import Estimate

SCHEMA_VERSION = 1
_SCHEMA = Path(__file__).parent / "claims.schema.json"


def files(results: CatalogueResult) -> Mapping[str, str]:
    """The feed's files by name, as text."""
    return {
        "claims.json": json.dumps(claims_json(results), ensure_ascii=False, allow_nan=False, indent=1) + "\n",
        "claims.schema.json": _SCHEMA.read_text(encoding="utf-8"),
    }


def claims_json(results: CatalogueResult) -> dict[str, Any]:
    """The results as plain data in the published form; see claims.schema.json beside this module."""
    return {
        "schema": SCHEMA_VERSION,
        "generated": results.generated,
        "source_commit": results.source_commit,
        "environment": _environment(results),
        "claims": [_claim(result) for result in results.claims.values()],
    }


def _environment(results: CatalogueResult) -> dict[str, Any]:
    facts = next(iter(results.machines.values()), {})
    return {
        "cpu": facts.get("cpu", ""),
        "cores": facts.get("cores", 0),
        "kernel": facts.get("kernel", ""),
        "engine": facts.get("engine", ""),
        "base": dict(results.base),
    }


def _claim(result: ClaimResult) -> dict[str, Any]:
    claim = result.claim
    return {
        "id": claim.id,
        "kind": claim.kind.value,
        "source": {"where": claim.source.where},
        "title": claim.title.model_dump(exclude_none=True),
        "verdict": result.finding.verdict.value,
        "reason": result.finding.reason.value,
        "recorded": claim.recorded.value,
        "url": f"claims/{claim.id}/",
        "cells": [_cell(cell) for cell in result.cells],
        "controls": [_control(control) for control in result.controls],
    }


def _cell(cell: CellResult) -> dict[str, Any]:
    return {
        "toolchain": cell.cell.toolchain,
        "case": cell.cell.case,
        "image": cell.record.image.get("image", ""),
        "verdict": cell.judged.finding.verdict.value,
        "reason": cell.judged.finding.reason.value,
        "metrics": {name: _metric(estimate) for name, estimate in cell.judged.estimates.items()},
    }


def _metric(estimate: Estimate) -> dict[str, Any]:
    value = estimate.value
    return {
        "value": _finite(value) if isinstance(value, float) else value,
        "low": _finite(estimate.low),
        "high": _finite(estimate.high),
        "unit": estimate.unit,
        "n": estimate.n,
    }


def _control(control: ControlResult) -> dict[str, Any]:
    return {
        "name": control.control.name,
        "expected": control.control.expected,
        "verdict": control.result.judged.finding.verdict.value,
        "ok": control.ok,
    }


def _finite(number: float | None) -> float | None:
    """JSON has no infinity: an open end of an interval is null."""
    return number if number is not None and math.isfinite(number) else None
