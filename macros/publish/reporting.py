"""Macros whose mistakes are collected: a build reports all of them, under their page and line, and then fails."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path

from macros.problems import Problem
from macros.publish.page_problems import DeniedHere, PageProblem, line_of_call
from macros.words.inert import visible


def reporting(
    macro: Callable[..., object],
    place: Callable[[int | None], tuple[Path, int]],
    problems: list[Problem],
    denied: list[Problem] | None = None,
) -> Callable[..., object]:
    """The macro, which on a mistake adds to the problems. `place`: a line of the Markdown in its file.

    What this build alone denies is added to `denied`, and the page says it in place; without `denied` it is a problem.
    """
    signature = inspect.signature(macro)

    @functools.wraps(macro)
    def reported(*args: object, **kwargs: object) -> object:
        try:
            try:
                signature.bind(*args, **kwargs)
            except TypeError as error:
                raise PageProblem(str(error), f"write {macro.__name__}{_usage(signature)}") from error
            return macro(*args, **kwargs)
        except PageProblem as problem:
            path, line = place(line_of_call())
            what = visible(f"{macro.__name__}: {problem.what}")
            found = Problem(path, line, 1, what, visible(problem.fix))
            if denied is not None and isinstance(problem, DeniedHere):
                denied.append(found)
                return problem.instead
            problems.append(found)
            return problem.instead

    return reported


def _usage(signature: inspect.Signature) -> str:
    names = [
        f"{name}…" if one.kind is one.VAR_POSITIONAL else name if one.default is one.empty else f"{name}=…"
        for name, one in signature.parameters.items()
        if name != "caller"
    ]
    return f"({', '.join(names)})"
