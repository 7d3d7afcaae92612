"""Everything that can be found before anything runs."""

from __future__ import annotations

from collections.abc import Sequence

from macros.check.names import lint, lint_schema
from macros.check.statements import lint_statements
from macros.claim.loading import Catalogue
from macros.claim.scope import scope_of
from macros.problems import Problem
from macros.verdict.quantities import check_budget, check_units


def check_catalogue(catalogue: Catalogue, toolchains: Sequence[str], *, tidy: bool) -> list[Problem]:
    """What is wrong with claims that could be read: names, units, and budgets that could decide nothing.

    `tidy`: also the stored schema and the list of statements.
    """
    problems = lint(catalogue, toolchains)
    for loaded in catalogue.claims.values():
        breadth = len(scope_of(loaded.claim, tuple(toolchains)))
        for where, what in (*check_units(loaded.claim), *check_budget(loaded.claim, breadth)):
            problems.append(loaded.document.problem(where, what))
    if tidy:
        problems += lint_schema(catalogue.folder)
        problems += lint_statements(catalogue)
    return problems
