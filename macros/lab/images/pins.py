"""The pins of `claims/toolchains.yml`, as types: which files make a toolchain, and on which base they go."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from macros.claim.fields import Model, ToolchainName, is_go_release
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


class Toolchains(Model):
    """All pins of a catalogue."""

    architecture: Literal["amd64"]
    base: Base
    toolchains: dict[ToolchainName, Toolchain]

    @field_validator("toolchains")
    @classmethod
    def _oldest_first(cls, toolchains: dict[str, Toolchain]) -> dict[str, Toolchain]:
        """Scopes and tables follow the order of the file, so it must be the order of the releases."""
        names = list(toolchains)
        if not names:
            raise ValueError("name at least one toolchain")
        if names != sorted(names, key=_release):
            raise ValueError(f"list the toolchains oldest first: {', '.join(sorted(names, key=_release))}")
        return toolchains

    @field_validator("toolchains")
    @classmethod
    def _wheels_hold_go(cls, toolchains: dict[str, Toolchain]) -> dict[str, Toolchain]:
        for name, toolchain in toolchains.items():
            if toolchain.wheel is not None and not is_go_release(name):
                raise ValueError(f"`{name}` is no release of Go: give `debian` instead of `wheel`")
        return toolchains

    @property
    def names(self) -> tuple[str, ...]:
        """Oldest first."""
        return tuple(self.toolchains)

    @property
    def go_releases(self) -> tuple[str, ...]:
        """The toolchains that are releases of Go, oldest first."""
        return tuple(name for name in self.toolchains if is_go_release(name))

    def version(self, name: str) -> str:
        """The exact release of a toolchain. Raises KeyError for a name that is not there."""
        return self.toolchains[name].version


def load_toolchains(path: Path) -> tuple[Toolchains | None, list[Problem]]:
    """The pins, or every problem of the file with its line and column."""
    toolchains, document = load_model(path, Toolchains)
    return toolchains, document.problems


def _release(name: str) -> tuple[bool, str, tuple[int, ...]]:
    """The releases of Go come first, whatever the others are called."""
    family = name.rstrip("0123456789.")
    numbers = tuple(int(number) for number in re.findall(r"\d+", name.removeprefix(family)))
    return not is_go_release(name), family, numbers
