"""What a catalogue's pages say without a guard, for `claims lint`."""

from __future__ import annotations

from macros.problems import InvalidInput, Problem
from macros.publish.build import project_of
from macros.publish.prose_lint import Known, lint_pages
from macros.run.plan import Inputs


def unbound_prose(inputs: Inputs) -> tuple[list[Problem], bool]:
    """What was found, and whether that is an error; nothing of claims without pages."""
    try:
        project = project_of(inputs.project.claims)
    except InvalidInput:
        return [], False
    claims = {name: loaded.claim for name, loaded in inputs.catalogue.claims.items()}
    return lint_pages(project, Known(claims, tuple(inputs.toolchains.names), inputs.catalogue.settings))
