"""The pins of `claims/toolchains.yml`, as types: which files make a toolchain, and on which base they go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from macros.claim.catalogue import SETTINGS_FILE, CatalogueSettings
from macros.claim.document import Document
from macros.claim.fields import Model, ToolchainName
from macros.claim.loading import load_model
from macros.problems import Problem

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Version = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)+$")]
Suite = Annotated[str, Field(pattern=r"^[a-z]+$")]


class Base(Model):
    """The base image: `registry` names it with its digest; `suite` and `variant` say how to bootstrap its like."""

    registry: Annotated[str, Field(pattern=r"^[a-z0-9./_-]+(:[A-Za-z0-9._-]+)?@sha256:[0-9a-f]{64}$")]
    suite: Suite
    variant: Literal["minbase", "essential", "apt"] = "minbase"

    @property
    def digest(self) -> str:
        """Of the registry's image: `sha256:...`."""
        return self.registry.partition("@")[2]

    @property
    def repository(self) -> str:
        """The registry's image without tag and digest."""
        name = self.registry.partition("@")[0]
        head, colon, tag = name.rpartition(":")
        return head if colon and "/" not in tag else name


class Wheel(Model):
    """One wheel of the Python package index."""

    package: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    platform: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.+-]+\.whl$")]
    sha256: Sha256


class DebianPackage(Model):
    """One package of a Debian suite."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.+-]+$")]
    version: Annotated[str, Field(pattern=r"^[0-9][A-Za-z0-9.+~-]*$")]
    architecture: Literal["amd64", "all"]
    sha256: Sha256

    @property
    def file(self) -> str:
        """The name that `apt-get download` gives it (a version with an epoch is not accepted)."""
        return f"{self.name}_{self.version}_{self.architecture}.deb"


class DebianFiles(Model):
    """The packages of a toolchain that Debian ships."""

    suite: Suite
    packages: tuple[DebianPackage, ...]

    @field_validator("packages")
    @classmethod
    def _some(cls, packages: tuple[DebianPackage, ...]) -> tuple[DebianPackage, ...]:
        if not packages:
            raise ValueError("name at least one package")
        return packages


class Toolchain(Model):
    """A release and the files that it is unpacked from: those of Debian, or a wheel."""

    version: Version
    debian: DebianFiles | None = None
    wheel: Wheel | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Toolchain:
        if (self.debian is None) == (self.wheel is None):
            raise ValueError("give either `debian` or `wheel`")
        if self.wheel is not None and f"-{self.version}-" not in self.wheel.file:
            raise ValueError(f"the wheel `{self.wheel.file}` is not of version {self.version}")
        return self

    @property
    def digests(self) -> dict[str, str]:
        """File name to SHA-256, of all files."""
        if self.wheel is not None:
            return {self.wheel.file: self.wheel.sha256}
        assert self.debian is not None
        return {package.file: package.sha256 for package in self.debian.packages}


class Pins(Model):
    """The file."""

    architecture: Literal["amd64"]
    base: Base
    toolchains: dict[ToolchainName, Toolchain]

    @field_validator("toolchains")
    @classmethod
    def _some_toolchains(cls, toolchains: dict[str, Toolchain]) -> dict[str, Toolchain]:
        if not toolchains:
            raise ValueError("name at least one toolchain")
        return toolchains


@dataclass(frozen=True)
class Toolchains:
    """All pins of a catalogue, in the order of its families and within each oldest first."""

    architecture: str
    base: Base
    toolchains: Mapping[str, Toolchain]
    settings: CatalogueSettings

    @property
    def names(self) -> tuple[str, ...]:
        """In order."""
        return tuple(self.toolchains)

    @property
    def meant_by_all(self) -> tuple[str, ...]:
        """What a claim's `toolchains: all` means, in order."""
        return self.settings.meant_by_all(self.names)

    def version(self, name: str) -> str:
        """The exact release of a toolchain. Raises KeyError for a name that is not there."""
        return self.toolchains[name].version

    def stage(self, name: str) -> str:
        """The stage of the Dockerfile that makes a toolchain's image. Raises KeyError for a name of no family."""
        family = self.settings.family_of(name)
        if family is None:
            raise KeyError(name)
        return family.stage

    def newest_that_checks(self, language: str) -> str | None:
        """The toolchain that looks the claims' programs of a language over; None if the catalogue has none."""
        able = [
            name
            for name in self.names
            if (family := self.settings.family_of(name)) is not None and family.checks == language
        ]
        return able[-1] if able else None


def load_toolchains(path: Path, settings: CatalogueSettings) -> tuple[Toolchains | None, list[Problem]]:
    """The pins, or every problem of the file with its line and column."""
    pins, document = load_model(path, Pins)
    if pins is None:
        return None, document.problems
    problems = [*document.problems, *_against_families(pins, document, settings)]
    if problems:
        return None, problems
    return Toolchains(pins.architecture, pins.base, pins.toolchains, settings), []


def _against_families(pins: Pins, document: Document, settings: CatalogueSettings) -> Iterator[Problem]:
    """Every toolchain is of a family, in its place: scopes and tables follow the order of the file."""
    for name, toolchain in pins.toolchains.items():
        family = settings.family_of(name)
        if family is None:
            families = ", ".join(f"{family.name} ({family.pattern})" for family in settings.families)
            fix = f"add its family to {SETTINGS_FILE}; there are {families}"
            yield document.problem(("toolchains", name), f"`{name}` belongs to no family", fix)
        elif toolchain.wheel is not None and not family.wheels:
            what = f"`{name}` is a wheel, and the family `{family.name}` is made from Debian packages alone"
            fix = "give `debian` instead of `wheel`, or mark the family `wheels: true`"
            yield document.problem(("toolchains", name, "wheel"), what, fix)
    names = list(pins.toolchains)
    ordered = settings.in_order(names)
    if names != ordered:
        what = f"list the toolchains by family and oldest first: {', '.join(ordered)}"
        yield document.problem(("toolchains",), what)
