"""Which claims rest on which. Pure.

Only premises that were judged in the same run count. A claim is marked for its own premises and not for theirs in turn,
which carry marks of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from macros.results.catalogue import ClaimResult
from macros.verdict.premises import of_premises

Claims = Mapping[str, ClaimResult]


def with_premises(claims: Claims) -> dict[str, ClaimResult]:
    """The same claims, marked where a premise of theirs fails."""
    return {name: _marked(result, claims) for name, result in claims.items()}


def _marked(result: ClaimResult, claims: Claims) -> ClaimResult:
    marks = of_premises([one.finding for one in premises_of(result, claims)])
    finding = result.finding
    return replace(result, finding=replace(finding, marks=(*finding.marks, *marks))) if marks else result


def premises_of(result: ClaimResult, claims: Claims) -> list[ClaimResult]:
    """Those that a claim names, in its order."""
    return [claims[name] for name in result.claim.premises if name in claims]


def any_premise(claims: Claims) -> bool:
    """Whether any claim rests on another."""
    return any(premises_of(result, claims) for result in claims.values())


def resting_on(result: ClaimResult, claims: Claims) -> list[ClaimResult]:
    """The claims that name this one as a premise, in the catalogue's order."""
    return [other for other in claims.values() if result.claim.id in other.claim.premises]
