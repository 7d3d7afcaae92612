"""Results with hostile and long texts in every place that a claim or a program can reach."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from macros.claim.fields import Text, VerdictName
from macros.results.catalogue import CatalogueResult, ClaimResult, machines_of
from macros.verdict.details import NoEvidenceThere
from macros.verdict.finding import Estimate, Finding, Reason
from tests.unit import publish_sample

HOSTILE = (
    "\x1b]0;owned\x07\x1b[31m\r\x9b2J [/] [bold]x[/bold] \u202edesrever\u202c \ud800 ]]> </failure> & \x00\x0b"
    "\n| ![pixel](https://example.org/p.png) @everyone #1 <img src=x onerror=alert(1)> `code` https://example.org **x**"
)


def said(text: str) -> Any:
    """A finding's detail that says the text as it is, in every language."""
    return NoEvidenceThere(Text.model_construct(en=text, zh=text))


def claim_result(folder: Path, name: str, recorded: str, finding: Finding, **over: Any) -> ClaimResult:
    """A claim with one cell of that finding."""
    of = publish_sample.claim(name, "measure", recorded=recorded, **over)
    cell = publish_sample.cell(of, "go1.22", estimates={"start": publish_sample.milliseconds()})
    return replace(publish_sample.result(of, folder, [cell], "confirmed"), finding=finding)


def catalogue(*claims: ClaimResult, **over: Any) -> CatalogueResult:
    """These claims as the whole catalogue."""
    return CatalogueResult(
        claims={claim.claim.id: claim for claim in claims},
        machines=machines_of(claims),
        base={"supplier": "x", "digest": "y"},
        toolchains={"go1.22": "1.22.1"},
        generated="2026-01-02T03:04:05+00:00",
        source_commit="0" * 40,
        **over,
    )


def mixed(folder: Path) -> CatalogueResult:
    """One claim for each way to compare, all of them with hostile sentences."""
    confirmed, refuted = Finding(VerdictName.CONFIRMED, detail=said(HOSTILE)), Finding(VerdictName.REFUTED)
    noisy = Finding(VerdictName.INCONCLUSIVE, Reason.NOISY, said(HOSTILE))
    lacking = Finding(VerdictName.UNTESTABLE, Reason.MISSING_MEANS, said(HOSTILE))
    return catalogue(
        claim_result(folder, "agreeing", "confirmed", confirmed),
        claim_result(folder, "contradicted", "confirmed", replace(refuted, detail=said(HOSTILE))),
        claim_result(folder, "undecided", "confirmed", noisy),
        claim_result(folder, "untestable-here", "confirmed", lacking),
        claim_result(folder, "decided-now", "inconclusive", confirmed),
        claim_result(folder, "agreeing-too", "refuted", refuted),
    )


def long_values(folder: Path) -> ClaimResult:
    """A claim whose names and values are as long as they may be."""
    where = "4.3 / 4.4"
    aside = {"name": "case-" + "y" * 40, "context": both("A reason that goes on. " * 10)}
    of = publish_sample.claim("long-names-" + "x" * 40, "measure", source={"where": where}, title=both("[/]"),
                              cases=[{"name": "default"}, aside], premises=["a-premise-" + "z" * 40, "another"],
                              statement=both("[/] " + "words of the statement " * 12))  # fmt: skip
    estimates = {
        "start": publish_sample.milliseconds(),
        "nanoseconds of a very-long-arm-name/another-very-long-arm-name": publish_sample.milliseconds(
            123456.7, 1e5, 2e5
        ),
        "text": Estimate("not a dynamic executable, " * 20, None, None, "", 3),
        "hostile": Estimate(HOSTILE, None, None, "", 3),
    }
    cells = [publish_sample.cell(of, "go1.22", case, estimates=estimates) for case in ("default", aside["name"])]
    return publish_sample.result(of, folder, cells, "confirmed", detail="A sentence that goes on. " * 10)


def both(text: str) -> dict[str, str]:
    return {"en": text, "zh": text}
