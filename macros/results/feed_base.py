"""What all models of published files are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from macros.claim.fields import NAME
from macros.verdict.details import LONGEST_TEXT

FOLDER = "claims"
"""In which the claims' pages and files are, from the site's root."""

LONGEST = LONGEST_TEXT + 1
"""Characters of the longest text: one that was cut ends in an ellipsis."""

LONGEST_LINE = 500
"""Characters of the longest name, title or fact."""

Line = Annotated[str, Field(max_length=LONGEST_LINE)]
Words = Annotated[str, Field(max_length=LONGEST)]
Id = Annotated[str, Field(pattern=NAME)]
Key = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="A SHA-256 in hexadecimal digits.")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$", description="Two that differ were made of different things.")]


def folder_of(claim: str) -> str:
    """The folder of a claim's page and files, from the site's root, with a slash behind it."""
    return f"{FOLDER}/{claim}/"


class FeedModel(BaseModel):
    """Immutable; takes no other key, no other type, and no number that JSON does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
