"""What an image is made from: its part of the one Dockerfile, the pins of its toolchain, and the base it stands on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from macros.claim.fields import is_go_release
from macros.lab.images.dockerfile import stages_needed
from macros.lab.images.pins import Toolchain, Toolchains
from macros.problems import EnvironmentFailed

REPOSITORY = "executable-claims"
DOCKERFILE = "Dockerfile"


@dataclass(frozen=True)
class Recipe:
    """What an image is made from. `dockerfile` holds no stage but its own and those that it needs."""

    dockerfile: str
    architecture: str
    name: str
    toolchain: Toolchain

    @property
    def digest(self) -> str:
        """Of all that is known before anything is built, in hexadecimal: without the base, which is found or made."""
        parts = {
            "dockerfile": hashlib.sha256(self.dockerfile.encode()).hexdigest(),
            "architecture": self.architecture,
            "version": self.toolchain.version,
            "files": self.toolchain.digests,
        }
        return _digest(parts)

    def on(self, base_digest: str) -> str:
        """Of the recipe on one base: by this an engine's image is found."""
        return _digest([self.digest, base_digest])

    @property
    def stage(self) -> str:
        return stage_of(self.name)

    def tag(self, base_digest: str) -> str:
        """The name of its image on an engine: a person who lists images sees which is which."""
        return f"{REPOSITORY}/{self.name}:{self.on(base_digest)[:12]}"


def stage_of(toolchain: str) -> str:
    """The stage of the Dockerfile that makes a toolchain's image."""
    return "toolchain" if is_go_release(toolchain) else "packages"


def recipes(toolchains: Toolchains, names: Iterable[str], root: Path) -> list[Recipe]:
    """What the named toolchains are made from. `root` is the project's folder, which holds the Dockerfile."""
    try:
        dockerfile = (root / DOCKERFILE).read_text("utf-8")
    except OSError as error:
        raise EnvironmentFailed(
            f"{root / DOCKERFILE} cannot be read: {error.strerror}; check the file out again"
        ) from error
    try:
        return [
            Recipe(
                stages_needed(dockerfile, stage_of(name)), toolchains.architecture, name, toolchains.toolchains[name]
            )
            for name in names
        ]
    except KeyError as error:
        raise EnvironmentFailed(f"{root / DOCKERFILE} has no stage {error}; check the file out again") from error


def recipe_digests(toolchains: Toolchains, names: Iterable[str], root: Path) -> dict[str, str]:
    """What finds each of the images, without any engine."""
    return {recipe.name: recipe.digest for recipe in recipes(toolchains, names, root)}


def _digest(parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
