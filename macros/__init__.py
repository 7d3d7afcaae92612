"""The package behind the pages. The macros plugin of MkDocs loads it and calls `define_env`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs_macros.plugin import MacrosPlugin

__all__ = ["define_env"]


def define_env(env: MacrosPlugin) -> None:
    """Make sure that every claim has a result, and give the pages their macros.

    The imports stand in here so that the command line, which imports this package too, does not load MkDocs.
    """
    from macros.publish.plugin import define
    from macros.steps import for_site

    define(env, for_site)
