"""Everything that can be found before anything runs, in one call."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from macros.check.budget import check_budget, check_layouts, check_measuring_claims, check_policy
from macros.check.names import check_names
from macros.check.premises import check_premises
from macros.check.rules import AS_ERRORS, Rule, check_rules
from macros.check.schema import check_schema
from macros.check.statements import check_statements
from macros.check.units import check_units
from macros.claim.loading import Catalogue, LoadedClaim
from macros.claim.scope import scope_of
from macros.problems import Problem
from macros.verdict.policy import DEFAULT, Policy


def check_catalogue(catalogue: Catalogue, toolchains: Sequence[str], *, tidy: bool = False) -> list[Problem]:
    """What is wrong with claims that could be read, in the order of files and lines.

    Names, units, budgets and the policy always, since with a mistake in them a run cannot be judged. `tidy`, which is
    what `claims lint` asks, adds what no run needs: the rules for claims that none may break, the schema and the line
    that names it, the list of statements.
    `toolchains` are all known names, in order.
    """
    problems = list(check_policy(catalogue))
    policy = DEFAULT if problems else policy_of(catalogue)
    problems.extend(check_measuring_claims(catalogue, policy))
    premises = {name: loaded.claim.premises for name, loaded in catalogue.claims.items()}
    for loaded in catalogue.claims.values():
        problems.extend(_check_claim(loaded, catalogue, toolchains, policy))
        problems.extend(loaded.document.problem(*found) for found in check_premises(loaded.claim, premises))
    if tidy:
        problems.extend(_against_rules(catalogue, toolchains, AS_ERRORS))
        problems.extend(check_schema(catalogue))
        problems.extend(check_statements(catalogue))
    return sorted(set(problems))


def doubts(catalogue: Catalogue, toolchains: Sequence[str]) -> list[Problem]:
    """What breaks the other rules for claims, in the order of files and lines: `claims lint` warns of it."""
    return sorted(set(_against_rules(catalogue, toolchains, frozenset(Rule) - AS_ERRORS)))


def _against_rules(catalogue: Catalogue, toolchains: Sequence[str], rules: Collection[Rule]) -> Iterator[Problem]:
    for loaded in catalogue.claims.values():
        for rule, complaint in check_rules(loaded.claim, scope_of(loaded.claim, toolchains, catalogue.settings)):
            if rule in rules:
                yield loaded.document.problem(*complaint)


def policy_of(catalogue: Catalogue) -> Policy:
    """By what the catalogue's claims are judged. Raises ValueError for settings that `check_catalogue` rejects."""
    return DEFAULT.with_overrides(catalogue.settings.policy)


def _check_claim(
    loaded: LoadedClaim, catalogue: Catalogue, toolchains: Sequence[str], policy: Policy
) -> Iterator[Problem]:
    for where, what, fix in check_names(loaded, catalogue, toolchains):
        yield loaded.document.problem(where, what, fix)
    breadth = len(scope_of(loaded.claim, toolchains, catalogue.settings))
    found = (*check_units(loaded.claim), *check_budget(loaded.claim, breadth, policy), *check_layouts(loaded.claim))
    for where, what in found:
        yield loaded.document.problem(where, what)
