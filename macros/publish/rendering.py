"""Templates to HTML: the one way by which anything of a claim or a program gets into a page.

Whatever a template sets is escaped and its invisible characters are named, unless it is markup of this package.
What goes to the theme's templates, which escape nothing, is made inert by `head_text`.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from macros.claim.cell import Cell
from macros.claim.fields import Text, VerdictName
from macros.publish.icons import ICONS
from macros.publish.source_code import highlighted
from macros.verdict.finding import Mark
from macros.words import LanguageName, figures, inert, speak

HEAD_LENGTH = 300
"""How many characters of a text go into a title or a description."""


@cache
def templates(language: LanguageName) -> Environment:
    """The package's templates, compiled once in a process for each language. `words` speaks it in them."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = speak(language)
    environment.filters.update(
        anchor=anchor,
        attribute=inert.attribute,
        count=figures.count,
        factor=figures.factor,
        highlighted=highlighted,
        inert=inert.html,
        inline=inert.inline,
        microseconds=_microseconds,
        number=figures.plain,
        percent=figures.percent,
        prose=partial(prose, language=language),
        show=words.show,
        witness=words.witness,
        without_markup=partial(without_markup, language=language),
    )
    environment.globals.update(words=words, icons=ICONS, verdicts=list(VerdictName), all_marks=list(Mark))
    return environment


def _microseconds(seconds: float) -> str:
    return figures.quantity(seconds * 1e6, unit="us")


def _visible(value: object) -> object:
    return inert.visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def render(name: str, /, language: LanguageName = "en", **values: object) -> str:
    """The template `name` of this package as HTML."""
    return templates(language).get_template(f"{name}.html.j2").render(**values).strip()


def prose(text: Text | str, language: LanguageName = "en") -> Markup:
    """A sentence, or a claim file's prose in the language of the pages: inert, its code spans as code."""
    return inert.inline_prose(text if isinstance(text, str) else text.say(language))


def without_markup(text: Text | str, language: LanguageName = "en") -> str:
    """The same as plain text, where there is no markup. Our templates escape it; for the theme's, see `head_text`."""
    return inert.without_code_spans(text if isinstance(text, str) else text.say(language)).strip()


def anchor(cell: Cell) -> str:
    """By which a cell's values are found on its claim's page."""
    return f"{cell.toolchain}-{cell.case}"


def head_text(text: Text | str, language: LanguageName = "en") -> Markup:
    """One line of text for titles, tables of contents and attributes of the theme, which prints them as they are."""
    return inert.attribute(without_markup(text, language), HEAD_LENGTH)
