"""A toolchain's image: found on an engine by its recipe, or recalled from what a ledger notes. Builds nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import docker
from docker.errors import ImageNotFound, NotFound

from macros.lab.images import base_image
from macros.lab.images.base_image import BaseImage
from macros.lab.images.pins import Toolchains
from macros.lab.images.recipes import Recipe, recipes

RECIPE_LABEL = "executable-claims.recipe"
CONTENT_LABEL = "executable-claims.content"
VERSION_LABEL = "executable-claims.version"


@dataclass(frozen=True)
class Image:
    """A toolchain's image. `id` as the engine names it, digests hexadecimal.

    `recipe`: of what it was made from, by which it is found. `content`: of what is in it, by which results know it.
    """

    name: str
    id: str
    recipe: str
    content: str
    supplier: str
    base_digest: str
    version: str

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Image:
        return cls(**data)

    def describe(self) -> dict[str, str]:
        """What a result records of its image."""
        return {
            "image": self.id,
            "image_content": self.content,
            "toolchain": self.version,
            "base_supplier": self.supplier,
            "base_digest": self.base_digest,
        }


def find(client: docker.APIClient, toolchains: Toolchains, names: Iterable[str], root: Path) -> dict[str, Image]:
    """The images that are on the engine already."""
    base = base_image.find(client, toolchains.base)
    if base is None:
        return {}
    found = (inspect(client, recipe, base) for recipe in recipes(toolchains, names, root))
    return {image.name: image for image in found if image is not None}


def inspect(client: docker.APIClient, recipe: Recipe, base: BaseImage) -> Image | None:
    """A recipe's image, if the engine has it. A name can be put on anything: the labels decide."""
    try:
        seen = client.inspect_image(recipe.tag(base.digest))
    except (ImageNotFound, NotFound):
        return None
    labels = seen["Config"]["Labels"] or {}
    if labels.get(RECIPE_LABEL) != recipe.on(base.digest) or not labels.get(CONTENT_LABEL):
        return None
    return Image(
        name=recipe.name,
        id=seen["Id"],
        recipe=recipe.digest,
        content=labels[CONTENT_LABEL],
        supplier=base.supplier,
        base_digest=base.digest,
        version=recipe.toolchain.version,
    )
