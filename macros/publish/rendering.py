"""Templates to HTML. Everything is escaped unless a template says otherwise."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from macros.claim.fields import Text, VerdictName
from macros.publish.source_code import highlighted
from macros.words.figures import show
from macros.words.inert import inert
from macros.words.labels import KINDS, REASON_MEANINGS, REASONS, VERDICTS

_CODE_SPAN = re.compile(r"`([^`]+)`")


@cache
def templates() -> Environment:
    """The package's templates, compiled once in a process."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(percent=percent, prose=prose, show=show, inert=inert, highlighted=highlighted)
    environment.globals.update(
        verdict_words=VERDICTS,
        kind_words=KINDS,
        reason_words=REASONS,
        reason_meanings=REASON_MEANINGS,
        verdicts=list(VerdictName),
    )
    return environment


def percent(share: float) -> str:
    """5 %, 99.2 %, 0.083 %; never in powers of ten."""
    value = share * 100
    digits = 0 if value == 0 else max(2 - math.floor(math.log10(abs(value))), 0)
    text = f"{value:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def render(name: str, /, **values: object) -> str:
    """The template `name` of this package as HTML."""
    return templates().get_template(f"{name}.html.j2").render(**values).strip()


def prose(text: Text | str) -> Markup:
    """A claim file's prose, in the language of the pages: escaped, its code spans as code."""
    words = text if isinstance(text, str) else text.say("en")
    return Markup(_CODE_SPAN.sub(r"<code>\1</code>", str(escape(words.strip()))))


def without_markup(text: Text | str) -> str:
    """The same for titles and tooltips, where there is no markup."""
    words = text if isinstance(text, str) else text.say("en")
    return words.replace("`", "").strip()
