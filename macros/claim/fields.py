"""The small types that the project's files are made of: names, quantities, patterns, words for verdicts."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from macros.claim import patterns, units

NAME = r"^[a-z0-9][a-z0-9-]{0,62}$"
TOOLCHAIN_NAME = r"^[a-z][a-z0-9.-]{0,30}$"
GO_RELEASE = r"^go[0-9]+\.[0-9]+$"
METRIC_NAME = r"^[a-z][a-z0-9_]{0,62}$"

Name = Annotated[str, Field(pattern=NAME)]
ToolchainName = Annotated[str, Field(pattern=TOOLCHAIN_NAME)]
MetricName = Annotated[str, Field(pattern=METRIC_NAME)]


def is_go_release(toolchain: str) -> bool:
    """Whether a toolchain is a release of Go, told by its name. The others are named by the claims that need them."""
    return re.match(GO_RELEASE, toolchain) is not None


def _unit(text: str) -> str:
    units.check_unit(text)
    return text


Pattern = Annotated[str, AfterValidator(patterns.check)]
Unit = Annotated[str, AfterValidator(_unit)]
Duration = Annotated[str, AfterValidator(lambda text: units.check_quantity(text, "s"))]
Size = Annotated[str, AfterValidator(lambda text: units.check_quantity(text, "B"))]
Script = Annotated[str, Field(min_length=1)]


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


class Text(Model):
    """Prose for readers, in both languages of the site. May use Markdown code spans."""

    en: Annotated[str, Field(min_length=1)]
    zh: Annotated[str, Field(min_length=1)]

    def say(self, language: str) -> str:
        """The words in that language."""
        return self.zh if language == "zh" else self.en
