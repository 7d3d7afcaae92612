"""Toolchain images: found by their content, or built from the one Dockerfile.

An image's `content` is the digest of its recipe: its part of the Dockerfile, the toolchain's pins, the base's digest.
It is the image's label and part of its name, so that a rebuild from the same recipe on the same base
counts as the same image although its layers differ in their times.
"""

from __future__ import annotations

import os
import tarfile
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import docker
from docker.errors import ImageNotFound, NotFound

from macros.lab import setup
from macros.lab.engine import connection
from macros.lab.images import base_image, downloads
from macros.lab.images.base_image import BaseImage
from macros.lab.images.pins import Toolchains
from macros.lab.images.recipes import DOCKERFILE, REPOSITORY, Recipe, recipes
from macros.lab.setup import Leave
from macros.lab.turns import taking_turns
from macros.problems import EnvironmentFailed

OnStep = Callable[[str, str], None]
"""Takes what is worked on (a toolchain, or `engine`, `base`, `common`) and one line about the step."""

CONTENT_LABEL = "executable-claims.content"
VERSION_LABEL = "executable-claims.version"
CACHE = ".cache"
DOWNLOADS = "downloads"
LOCK = "images.lock"


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


def recipe_digests(toolchains: Toolchains, names: Sequence[str], root: Path) -> dict[str, str]:
    """What finds each of the images, without any engine."""
    return {recipe.name: recipe.digest for recipe in recipes(toolchains, names, root)}


def recall(
    toolchains: Toolchains, names: Sequence[str], noted: Mapping[str, Any] | None, *, root: Path
) -> dict[str, Image]:
    """The images as a ledger notes them (name to `Image.to_json`), without any engine.

    Raises EnvironmentFailed for an image that is not noted, or that today's recipe would not give.
    """
    known: dict[str, Image] = {}
    for recipe in recipes(toolchains, names, root):
        note = (noted or {}).get(recipe.name)
        if note is None:
            raise EnvironmentFailed(
                f"no image of {recipe.name} is noted; run `claims images {recipe.name}` to build it"
            )
        image = Image.from_json(note)
        if recipe.digest != image.recipe:
            raise EnvironmentFailed(
                f"the image of {recipe.name} is of an older recipe (Dockerfile or pins changed); "
                f"run `claims images {recipe.name}` to build it"
            )
        known[recipe.name] = image
    return known


def find(
    client: docker.APIClient, toolchains: Toolchains, names: Sequence[str], found_base: BaseImage, *, root: Path
) -> dict[str, Image]:
    """The images that are there already; builds nothing."""
    found: dict[str, Image] = {}
    for recipe in recipes(toolchains, names, root):
        image = _inspect(client, recipe, found_base)
        if image is not None:
            found[recipe.name] = image
    return found


def ensure(
    toolchains: Toolchains,
    names: Sequence[str],
    *,
    root: Path,
    leave: Leave,
    on_step: OnStep = lambda name, text: None,
) -> dict[str, Image]:
    """Find the images named, in their order, and build what is missing, if there is leave to.

    Raises EnvironmentFailed, with the next step, if that cannot be done. Two builds on one checkout take turns.
    """
    cache = root / CACHE
    client = connection.ensure(cache, leave, lambda text: on_step("engine", text))
    _check_architecture(client, toolchains.architecture)
    try:
        found = _find_all(client, toolchains, names, root)
        if len(found) < len(set(names)):
            leave.need(f"building the images of {', '.join(name for name in names if name not in found)}")
            with taking_turns(cache / LOCK, lambda: on_step("engine", "waiting for another build of images")):
                found = _build_missing(client, toolchains, names, root, on_step)
    except connection.ENGINE_GONE as error:
        raise connection.failed(error) from error
    return {name: found[name] for name in names}


# ---- finding -------------------------------------------------------------------------------------


def _find_all(client: docker.APIClient, toolchains: Toolchains, names: Sequence[str], root: Path) -> dict[str, Image]:
    found_base = base_image.find(client, toolchains.base)
    return find(client, toolchains, names, found_base, root=root) if found_base else {}


def _inspect(client: docker.APIClient, recipe: Recipe, found_base: BaseImage) -> Image | None:
    content = recipe.content(found_base.digest)
    try:
        seen = client.inspect_image(recipe.tag(found_base.digest))
    except (ImageNotFound, NotFound):
        return None
    if (seen["Config"]["Labels"] or {}).get(CONTENT_LABEL) != content:
        return None  # somebody else's image under our name: build our own over it
    return Image(
        recipe.name, seen["Id"], recipe.digest, content,
        found_base.supplier, found_base.digest, recipe.toolchain.version,
    )  # fmt: skip


def _check_architecture(client: docker.APIClient, pinned: str) -> None:
    runs = client.version()["Arch"]
    if runs != pinned:
        raise EnvironmentFailed(
            f"the toolchains are pinned for {pinned} and this engine runs {runs}; "
            f"set DOCKER_HOST to an engine on {pinned}"
        )


# ---- building ------------------------------------------------------------------------------------


def _build_missing(
    client: docker.APIClient, toolchains: Toolchains, names: Sequence[str], root: Path, on_step: OnStep
) -> dict[str, Image]:
    cache = root / CACHE
    found_base = base_image.ensure(client, toolchains.base, cache, lambda text: on_step("base", text))
    found = find(client, toolchains, names, found_base, root=root)
    wanted = [recipe for recipe in recipes(toolchains, names, root) if recipe.name not in found]
    builder = _Builder(toolchains.base.suite, found_base, cache, on_step)
    found.update(builder.build_all(wanted))
    return found


class _Builder:
    """Fetches while it builds, and builds two at a time: one compiles while the other packs or unpacks."""

    FETCHES, BUILDS = 3, 2

    def __init__(self, suite: str, found_base: BaseImage, cache: Path, on_step: OnStep) -> None:
        self._suite = suite
        self._base = found_base
        self._cache = cache
        self._on_step = on_step
        self._local = threading.local()

    def build_all(self, wanted: Sequence[Recipe]) -> dict[str, Image]:
        if not wanted:
            return {}
        with ThreadPoolExecutor(self.FETCHES) as fetchers, ThreadPoolExecutor(self.BUILDS) as builders:
            try:
                fetched = {recipe.name: fetchers.submit(self._fetch, recipe) for recipe in wanted}
                self._build_common(wanted[0])
                building = [
                    builders.submit(lambda recipe=recipe: self._build(recipe, fetched[recipe.name].result()))  # type: ignore[misc]
                    for recipe in wanted
                ]
                return {image.name: image for image in (future.result() for future in building)}
            except BaseException:
                fetchers.shutdown(wait=False, cancel_futures=True)
                builders.shutdown(wait=False, cancel_futures=True)
                raise

    @property
    def _client(self) -> docker.APIClient:
        """This thread's connection: the SDK's session is not made to be shared."""
        if not hasattr(self._local, "client"):
            client = connection.find()
            if client is None:
                raise EnvironmentFailed(
                    "the Docker engine went away; see that it runs (`docker info`), then start again"
                )
            self._local.client = client
        return self._local.client  # type: ignore[no-any-return]

    def _fetch(self, recipe: Recipe) -> list[Path]:
        return downloads.fetch(
            self._client,
            self._base,
            self._suite,
            recipe.toolchain,
            self._cache / DOWNLOADS,
            lambda text: self._on_step(recipe.name, text),
        )

    def _build_common(self, recipe: Recipe) -> None:
        """The layers that all share, before two builds make them twice."""
        self._on_step("common", "building the layers that all toolchains share")
        self._run_build(recipe, [], "common", {}, f"{REPOSITORY}/common:latest")

    def _build(self, recipe: Recipe, files: Sequence[Path]) -> Image:
        self._on_step(recipe.name, f"building {recipe.toolchain.version}")
        labels = {CONTENT_LABEL: recipe.content(self._base.digest), VERSION_LABEL: recipe.toolchain.version}
        self._run_build(recipe, files, recipe.stage, labels, recipe.tag(self._base.digest))
        image = _inspect(self._client, recipe, self._base)
        if image is None:
            raise EnvironmentFailed(
                f"the engine built {recipe.name} but does not show it; see that its disk is not full"
            )
        self._on_step(recipe.name, f"built {recipe.tag(self._base.digest)}")
        return image

    def _run_build(
        self, recipe: Recipe, files: Sequence[Path], target: str, labels: Mapping[str, str], tag: str
    ) -> None:
        said: list[str] = []
        with tempfile.TemporaryFile(dir=self._cache) as context:
            write_context(context, recipe.dockerfile, files)
            context.seek(0)
            try:
                stream = self._client.build(
                    fileobj=context,
                    custom_context=True,
                    decode=True,
                    rm=True,
                    forcerm=True,
                    network_mode="host",
                    target=target,
                    tag=tag,
                    labels=dict(labels),
                    buildargs={"BASE": self._base.reference, **downloads.proxies()},
                )
                for line in stream:
                    said.append(line.get("stream", ""))
                    if "error" in line:
                        raise EnvironmentFailed(_build_failed(recipe.name, line["error"], said))
            except connection.ENGINE_GONE as error:
                raise connection.failed(error) from error


def write_context(file: IO[bytes], dockerfile: str, files: Sequence[Path]) -> None:
    """The build context as a tar stream: the recipe, and toolchain/ with the files. Without times and owners."""
    with tarfile.open(fileobj=file, mode="w") as tar:
        with tempfile.TemporaryFile() as text:
            text.write(dockerfile.encode())
            text.seek(0)
            _add(tar, DOCKERFILE, text)
        for path in sorted(files):
            with path.open("rb") as content:
                _add(tar, f"toolchain/{path.name}", content)


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = content.seek(0, os.SEEK_END)
    content.seek(0)
    entry.mode = 0o644
    tar.addfile(entry, content)


def _build_failed(name: str, error: str, said: Sequence[str]) -> str:
    hint = "free disk space" if "no space left" in error + "".join(said[-20:]) else "fix what the build complains about"
    return f"the image of {name} was not built: {error.strip()}; {hint}, then start again\n{setup.tail(''.join(said))}"
