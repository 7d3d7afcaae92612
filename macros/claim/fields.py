"""The small types that the project's files are made of: names, quantities, patterns, words for verdicts."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from macros.claim import patterns, units
from macros.claim.visible import first_hidden

NAME = r"^[a-z0-9][a-z0-9-]{0,62}$"
TOOLCHAIN_NAME = r"^[a-z][a-z0-9.-]{0,30}$"
METRIC_NAME = r"^[a-z][a-z0-9_]{0,62}$"

Name = Annotated[str, Field(pattern=NAME)]
ToolchainName = Annotated[str, Field(pattern=TOOLCHAIN_NAME)]
MetricName = Annotated[str, Field(pattern=METRIC_NAME)]


def _unit(text: str) -> str:
    units.check_unit(text)
    return text


Pattern = Annotated[str, AfterValidator(patterns.check)]
Unit = Annotated[str, AfterValidator(_unit)]
Duration = Annotated[str, AfterValidator(lambda text: units.check_quantity(text, "s"))]
Size = Annotated[str, AfterValidator(lambda text: units.check_quantity(text, "B"))]
Script = Annotated[str, Field(min_length=1)]


def _visible(text: str) -> str:
    hidden = first_hidden(text)
    if hidden is not None:
        raise ValueError(f"holds the hidden character {hidden[1]}; remove it")
    return text


Prose = Annotated[str, Field(min_length=1), AfterValidator(_visible)]
"""Words for readers, of one or more lines."""

OneLine = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\n\r\t]*$"), AfterValidator(_visible)]
"""Words that are given a line or a cell of a table."""


def _variable(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,127}", name):
        raise ValueError("not the name of an environment variable; use letters, digits and _, but no digit first")
    return name


def _variable_value(text: str) -> str:
    if "\0" in text:
        raise ValueError("no process can have a NUL in its environment; remove it")
    return _visible(text)


Environment = dict[Annotated[str, AfterValidator(_variable)], Annotated[str, AfterValidator(_variable_value)]]
"""Variables that any process can have and any shell can read. The engine would refuse others only in a run."""


class Model(BaseModel):
    """Frozen, and strict about keys: a misspelt key must never be ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Kind(StrEnum):
    """How a statement can be decided."""

    INSPECT = "inspect"
    MEASURE = "measure"
    COMPUTE = "compute"
    REPORT = "report"
    PLAN = "plan"

    @property
    def executable(self) -> bool:
        return self not in (Kind.REPORT, Kind.PLAN)


class VerdictName(StrEnum):
    """The six verdicts. A failure to measure is an error and none of these."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    DEPENDS = "depends"
    INCONCLUSIVE = "inconclusive"
    UNTESTABLE = "untestable"
    UNVERIFIABLE = "unverifiable"


Language = Literal["en", "zh"]
"""A language that pages can be in."""

LANGUAGES: tuple[Language, ...] = get_args(Language)


class Text(Model):
    """Prose for readers, in the languages of its catalogue. May use Markdown code spans."""

    en: Prose | None = None
    zh: Prose | None = None

    @model_validator(mode="after")
    def _in_some_language(self) -> Text:
        if not self.languages:
            raise ValueError(f"say it in at least one language: {', '.join(LANGUAGES)}")
        return self

    @property
    def languages(self) -> tuple[Language, ...]:
        """Those in which it is said."""
        return tuple(language for language in LANGUAGES if getattr(self, language) is not None)

    def say(self, language: str) -> str:
        """The words in that language, else in the first that there is."""
        words = getattr(self, language) if language in LANGUAGES else None
        return str(words if words is not None else getattr(self, self.languages[0]))


class Title(Text):
    """What something is called, in one line."""

    en: OneLine | None = None
    zh: OneLine | None = None
