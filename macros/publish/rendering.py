"""Templates to HTML. Everything is escaped unless a template says otherwise."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from macros.claim.fields import Text, VerdictName
from macros.publish.icons import ICONS
from macros.publish.source_code import highlighted
from macros.words import LanguageName, figures, inert, speak


@cache
def templates(language: LanguageName) -> Environment:
    """The package's templates, compiled once in a process for each language. `words` speaks it in them."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = speak(language)
    environment.filters.update(
        attribute=inert.attribute,
        count=figures.count,
        highlighted=highlighted,
        inert=inert.html,
        inline=inert.inline,
        number=figures.plain,
        percent=figures.percent,
        prose=partial(prose, language=language),
        show=words.show,
        without_markup=partial(without_markup, language=language),
    )
    environment.globals.update(words=words, icons=ICONS, verdicts=list(VerdictName))
    return environment


def render(name: str, /, language: LanguageName = "en", **values: object) -> str:
    """The template `name` of this package as HTML."""
    return templates(language).get_template(f"{name}.html.j2").render(**values).strip()


def prose(text: Text | str, language: LanguageName = "en") -> Markup:
    """A sentence, or a claim file's prose in the language of the pages: inert, its code spans as code."""
    return inert.inline_prose(text if isinstance(text, str) else text.say(language))


def without_markup(text: Text | str, language: LanguageName = "en") -> str:
    """The same for titles and tooltips, where there is no markup."""
    return inert.without_code_spans(text if isinstance(text, str) else text.say(language)).strip()
