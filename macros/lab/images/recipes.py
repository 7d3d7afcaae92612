"""What an image is made from: its part of the one Dockerfile, the pins of its toolchain, and the base it stands on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from macros.claim.catalogue import SETTINGS_FILE
from macros.lab.images.dockerfile import stages_needed
from macros.lab.images.pins import Toolchain, Toolchains
from macros.problems import EnvironmentFailed

REPOSITORY = "executable-claims"
DOCKERFILE = "Dockerfile"

INSIDE = Path(__file__).parents[1] / "inside"
"""The sources of what every image has of ours: the build context's folder `inside/`."""


@dataclass(frozen=True)
class Recipe:
    """What an image is made from. `dockerfile` holds no stage but its own and those that it needs."""

    dockerfile: str
    architecture: str
    name: str
    toolchain: Toolchain
    stage: str

    @property
    def digest(self) -> str:
        """Of all that is known before anything is built, in hexadecimal: without the base, which is found or made."""
        parts = {
            "dockerfile": hashlib.sha256(self.dockerfile.encode()).hexdigest(),
            "architecture": self.architecture,
            "version": self.toolchain.version,
            "files": self.toolchain.digests,
            "inside": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in inside()},
        }
        return _digest(parts)

    def on(self, base_digest: str) -> str:
        """Of the recipe on one base: by this an engine's image is found."""
        return _digest([self.digest, base_digest])

    def tag(self, base_digest: str) -> str:
        """The name of its image on an engine: a person who lists images sees which is which."""
        return f"{REPOSITORY}/{self.name}:{self.on(base_digest)[:12]}"


def inside() -> list[Path]:
    """The files of the build context's folder `inside/`, in order of their names."""
    return sorted(INSIDE.iterdir())


def recipes(toolchains: Toolchains, names: Iterable[str], root: Path) -> list[Recipe]:
    """What the named toolchains are made from. `root` is the project's folder, which holds the Dockerfile."""
    try:
        dockerfile = (root / DOCKERFILE).read_text("utf-8")
    except OSError as error:
        raise EnvironmentFailed(
            f"{root / DOCKERFILE} cannot be read: {error.strerror}; check the file out again"
        ) from error
    try:
        stages = {name: toolchains.stage(name) for name in names}
        return [
            Recipe(stages_needed(dockerfile, stage), toolchains.architecture, name, toolchains.toolchains[name], stage)
            for name, stage in stages.items()
        ]
    except KeyError as error:
        raise EnvironmentFailed(
            f"{root / DOCKERFILE} has no stage {error}; correct it there, or the family's `stage` in {SETTINGS_FILE}"
        ) from error


def recipe_digests(toolchains: Toolchains, names: Iterable[str], root: Path) -> dict[str, str]:
    """What finds each of the images, without any engine."""
    return {recipe.name: recipe.digest for recipe in recipes(toolchains, names, root)}


def _digest(parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
