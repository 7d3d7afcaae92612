"""Claims and evidence for tests, with only what the test is about spelt out."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from macros.claim.loading import load_settings
from macros.claim.model import Claim
from macros.claim.scaffold import scaffold
from macros.evidence.observation import Evidence, Observation, Value

CLAIMS = Path(__file__).parent.parent / "claims"
SETTINGS = load_settings(CLAIMS)[0]
"""The project's own."""

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


def go_claim(folder: Path, claim_id: str = "ten-bytes") -> Path:
    """A claim about a Go program, from the project's template, in a catalogue with the project's settings."""
    if not (folder / "_template").exists():
        shutil.copytree(CLAIMS / "_template", folder / "_template")
        shutil.copy(CLAIMS / "catalogue.yml", folder)
    scaffold(folder, claim_id)
    return folder / claim_id
