"""Claims and evidence for tests, with only what the test is about spelt out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from macros.claim.model import Claim
from macros.evidence.observation import Evidence, Observation, Value

TEXT = {"en": "text", "zh": "文"}


def claim(expect: Sequence[Mapping[str, Any]], metrics: Mapping[str, Any], **more: Any) -> Claim:
    """A measuring claim. `more` replaces or adds keys of the claim file."""
    return Claim.model_validate(
        {
            "id": "a-claim",
            "kind": "measure",
            "title": TEXT,
            "statement": TEXT,
            "source": {"where": "1.1"},
            "recorded": "confirmed",
            "experiment": {"run": "./x"},
            "metrics": dict(metrics),
            "expect": list(expect),
            "controls": [{"name": "other", "expected": "refuted", "because": TEXT, "run": "./y"}],
            **more,
        }
    )


def evidence(values: Sequence[Value], metric: str = "m", arm: str = "run") -> Evidence:
    """One process per value."""
    return Evidence(tuple(Observation(arm, number, 0.1, {metric: value}) for number, value in enumerate(values)))


def abba(of: Sequence[float], over: Sequence[float], metric: str = "m") -> Evidence:
    """Rounds of the arms go, c, c, go with the given values."""
    seen = []
    for number in range(0, len(of) - 1, 2):
        for arm, value in (("go", of[number]), ("c", over[number]), ("c", over[number + 1]), ("go", of[number + 1])):
            seen.append(Observation(arm, number // 2, 0.1, {metric: value}))
    return Evidence(tuple(seen))
