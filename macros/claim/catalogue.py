"""What is specific to one catalogue, and therefore in its `catalogue.yml` and nowhere in the code.

    source: {name: {en: the article, zh: 原文}, url: https://…}
    languages: [en, zh]          # of every text in every claim; the first is the main one
    families:                    # of toolchains, in the order of columns
      - {name: go, pattern: 'go[0-9]+\\.[0-9]+', stage: toolchain, all: true}
    policy: {family_error: 0.05, measuring_claims: 60}
    dockerfile: ../Dockerfile

Every key may be absent, and so may the file. What holds then is the default of the field below: all languages that
this program speaks, one family that every toolchain belongs to, the policy's own figures, and the Dockerfile beside
the catalogue's folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, field_validator

from macros.claim import patterns
from macros.claim.fields import LANGUAGES, Language, Model, Name, Pattern, Text
from macros.claim.natural import natural_key

SETTINGS_FILE = "catalogue.yml"


class SourceOfClaims(Model):
    """The text whose statements the claims are."""

    name: Text
    url: Annotated[str, Field(pattern=r"^https?://[!-~]+$", max_length=500)] | None = None


class Family(Model):
    """Toolchains of one kind: the releases of one language, the versions of one tool."""

    name: Name
    pattern: Pattern = Field(description="A regular expression that matches the whole name of each of its toolchains.")
    stage: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")] = Field(
        default="toolchain", description="The stage of the Dockerfile that makes their images."
    )
    all: bool = Field(default=False, description="Whether they are what `toolchains: all` in a claim means.")
    wheels: bool = Field(default=False, description="Whether that stage unpacks wheels, and not only Debian packages.")
    checks: Literal["go"] | None = Field(
        default=None, description="The language whose programs are formatted and vetted by the newest of them."
    )

    def has(self, toolchain: str) -> bool:
        return patterns.compile(self.pattern).fullmatch(toolchain) is not None


class CatalogueSettings(Model):
    """A catalogue's own settings; see the module."""

    source: SourceOfClaims = SourceOfClaims(name=Text(en="the source", zh="原文"))
    languages: tuple[Language, ...] = LANGUAGES
    families: tuple[Family, ...] = (Family(name="toolchains", pattern=".*", all=True, wheels=True),)
    policy: dict[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")], Any] = Field(
        default_factory=dict,
        description="Fields of the verdicts' policy that differ here. Their values are checked by `claims lint`.",
    )
    dockerfile: Annotated[str, Field(pattern=r"^([^/]+/)*Dockerfile$", max_length=200)] = Field(
        default="../Dockerfile", description="The recipe of the images, as a path from this file's folder."
    )

    @field_validator("languages")
    @classmethod
    def _some_once(cls, languages: tuple[Language, ...]) -> tuple[Language, ...]:
        if not languages or len(set(languages)) < len(languages):
            raise ValueError(f"name at least one language, and each once; known: {', '.join(get_args(Language))}")
        return languages

    @field_validator("families")
    @classmethod
    def _distinct(cls, families: tuple[Family, ...]) -> tuple[Family, ...]:
        names = [family.name for family in families]
        if len(set(names)) < len(names):
            raise ValueError("two families have the same name")
        if not any(family.all for family in families):
            raise ValueError("mark at least one family `all: true`: it is what `toolchains: all` means in a claim")
        return families

    @property
    def main_language(self) -> Language:
        return self.languages[0]

    def family_of(self, toolchain: str) -> Family | None:
        """The first family whose pattern matches the name; None if no family does."""
        return next((family for family in self.families if family.has(toolchain)), None)

    def meant_by_all(self, toolchains: Sequence[str]) -> tuple[str, ...]:
        """Those of the toolchains that a claim's `toolchains: all` means, in their order."""
        return tuple(name for name in toolchains if (family := self.family_of(name)) is not None and family.all)

    def in_order(self, toolchains: Sequence[str]) -> list[str]:
        """Families in the order in which they are listed, and within each the oldest first."""
        families = {family.name: index for index, family in enumerate(self.families)}

        def place(name: str) -> tuple[int, Any]:
            family = self.family_of(name)
            return (families[family.name] if family else len(families)), natural_key(name)

        return sorted(toolchains, key=place)


DEFAULTS = CatalogueSettings()
"""Of a catalogue that says nothing."""
