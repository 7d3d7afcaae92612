"""Claims and evidence for tests, with only what the test is about spelt out."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from macros.claim.loading import MODELINE, load_settings
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


_PRINTING = """\
{modeline}
id: {id}
kind: {kind}
title: {{en: t, zh: t}}
statement: {{en: s, zh: s}}
source: {{where: "1.1"}}
recorded: confirmed
toolchains: [go1.22]
cases: [{cases}]
experiment:
  run: |
    {before}
    printf '{{"metric": "n", "value": %s{printed}}}\\n' "${{N:-10}}"
{samples}metrics:
  n: {{from: json{unit}}}
expect:
  - {{metric: n, {expect}}}
controls:
  - {{name: other, expected: refuted, because: {{en: b, zh: b}}, env: {{N: "99"}}}}
"""


def printing_claim(
    claims: Path,
    name: str,
    *,
    kind: str = "inspect",
    before: str = ":",
    expect: str = "at_most: 10",
    cases: Sequence[str] = ("default",),
    unit: str = "",
    samples: str = "",
    apart: bool = False,
) -> Path:
    """Writes a claim whose process prints ten, and whose control prints ninety-nine; returns its folder.

    `before` is what the script does first; `expect` the predicate on what is printed. `apart`: each case finds its
    name in CASE, so that it has a box of its own.
    """
    text = _PRINTING.format(
        modeline=MODELINE,
        id=name,
        kind=kind,
        cases=", ".join(f"{{name: {case}{f', env: {{CASE: {case}}}' if apart else ''}}}" for case in cases),
        before=before,
        expect=expect,
        printed=f', "unit": "{unit}"' if unit else "",
        unit=f", unit: {unit}" if unit else "",
        samples=f"  samples: {{{samples}}}\n" if samples else "",
    )
    (claims / name).mkdir(parents=True, exist_ok=True)
    (claims / name / "claim.yml").write_text(text, encoding="utf-8")
    return claims / name


def with_settings(claims: Path) -> Path:
    """An empty catalogue with the project's own pins and settings."""
    claims.mkdir(parents=True)
    for file in ("toolchains.yml", "catalogue.yml"):
        shutil.copy(CLAIMS / file, claims)
    return claims
