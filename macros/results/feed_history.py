"""What a feed remembers of the builds before it: the verdicts that changed, each with its cause."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from macros.claim.fields import VerdictName
from macros.results.feed_base import FeedModel, Id, Line

MOST_CHANGES = 2000
"""Changes of verdicts that a feed remembers."""


class Cause(StrEnum):
    """What else changed where a verdict or a value did."""

    CLAIM = "claim"
    """The claim file: its cases, scripts, metrics, expectations or controls."""

    PROGRAM = "program"
    """Its program files."""

    IMAGE = "image"
    """What a toolchain's image holds, or which toolchains there are."""

    ENGINE = "engine"
    """The container engine, runc, or the sandbox's profile."""

    MACHINE = "machine"
    JUDGE = "judge"
    """The policy, or the code that reads and judges."""

    NOISE = "noise"
    """None of these."""

    UNKNOWN = "unknown"
    """A feed does not say enough to tell."""


class Build(FeedModel):
    """A published build."""

    generated: Line = Field(description="As in its own feed.")
    source_commit: Line = Field(description="As in its own feed.")


class Change(FeedModel):
    """A verdict that was another one in the build before."""

    claim: Id
    generated: Line = Field(description="The build that was the first to have the new verdict.")
    before: VerdictName
    after: VerdictName
    causes: tuple[Cause, ...] = Field(description="What else had changed; `noise`: nothing that we know of.")


class History(FeedModel):
    """What the builds before this one came to. Each build reads it from the last one's feed, and hands it on."""

    first: Build = Field(description="The earliest build that is known.")
    previous: Build = Field(description="The last one before this.")
    builds: int = Field(ge=1, description="How many came before this one.")
    since: dict[Id, Line] = Field(description="By claim, the earliest build that is known to have it, by `generated`.")
    changes: tuple[Change, ...] = Field(
        max_length=MOST_CHANGES, description="The newest first; the oldest are dropped."
    )
