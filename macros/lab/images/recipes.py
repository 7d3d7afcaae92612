"""What an image is made from: its part of the one Dockerfile and the pins of its toolchain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from macros.claim.catalogue import SETTINGS_FILE
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
    stage: str

    @property
    def digest(self) -> str:
        """Of all that is known before anything is built."""
        parts = {
            "dockerfile": hashlib.sha256(self.dockerfile.encode()).hexdigest(),
            "architecture": self.architecture,
            "version": self.toolchain.version,
            "files": self.toolchain.digests,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def content(self, base_digest: str) -> str:
        """The digest of all that decides what an image holds."""
        parts = {
            "dockerfile": hashlib.sha256(self.dockerfile.encode()).hexdigest(),
            "architecture": self.architecture,
            "version": self.toolchain.version,
            "files": self.toolchain.digests,
            "base": base_digest,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def tag(self, base_digest: str) -> str:
        return f"{REPOSITORY}/{self.name}:{self.content(base_digest)[:12]}"


def recipes(toolchains: Toolchains, names: Sequence[str], root: Path) -> list[Recipe]:
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
