"""Toolchain images: found by their recipe, or built from the one Dockerfile and then looked into.

An image gets two labels: the digest of what it was made from, by which it is found, and the digest of what is in it, by
which results know it (see `content`). The second is known only when the first build has ended, so a second one puts
both on; it adds no layer.
"""

from __future__ import annotations

import os
import tarfile
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, wait
from pathlib import Path
from typing import IO

import docker

from macros.lab import machine, runtimes, setup
from macros.lab.engine import connection, starting
from macros.lab.engine.runner import IMAGES, DockerRunner
from macros.lab.images import base_image, content, downloads, image
from macros.lab.images.background import Background
from macros.lab.images.base_image import BaseImage
from macros.lab.images.image import CONTENT_LABEL, RECIPE_LABEL, VERSION_LABEL, Image
from macros.lab.images.pins import Toolchains
from macros.lab.images.recipes import DOCKERFILE, REPOSITORY, Recipe, inside, recipe_digests, recipes
from macros.lab.setup import Leave
from macros.lab.turns import taking_turns
from macros.problems import EnvironmentFailed

__all__ = ["CACHE", "Image", "OnStep", "ensure", "ensure_any", "recipe_digests"]

OnStep = Callable[[str, str], None]
"""Takes what is worked on (a toolchain, or `engine`, `base`, `common`) and one line about the step."""

CACHE = ".cache"
DOWNLOADS = "downloads"
LOCK = "images.lock"


def ensure(
    toolchains: Toolchains,
    names: Sequence[str],
    *,
    root: Path,
    leave: Leave,
    on_step: OnStep = lambda name, text: None,
) -> dict[str, Image]:
    """Find the images named, in their order, and build what is missing, if there is leave to.

    Raises EnvironmentFailed, with the next step, if that cannot be done. Two builds on one checkout take turns, and
    none goes on beside a measurement; so this must not be called inside `machine.alone`.
    """
    cache = root / CACHE
    client = starting.ensure(cache, leave, lambda text: on_step("engine", text))
    try:
        _check_architecture(client, toolchains.architecture)
        found = image.find(client, toolchains, names, root)
        missing = [name for name in names if name not in found]
        if missing:
            leave.need(f"building images ({', '.join(dict.fromkeys(missing))})")
            with (
                taking_turns(cache / LOCK, lambda: on_step("engine", "waiting for another build of images")),
                machine.in_company(lambda: on_step("engine", "waiting for a run that is measuring")),
            ):
                found = _build_missing(client, toolchains, names, root, on_step)
    except connection.ENGINE_GONE as error:
        raise connection.failed(error) from error
    return {name: found[name] for name in names}


def ensure_any(toolchains: Toolchains, *, root: Path, leave: Leave, on_step: OnStep) -> None:
    """An engine with the runtime that is asked for, and some image of ours: without one nobody can look at the machine.

    Where everything has a result already, its images may have been removed: then the base alone is had again.
    """
    client = starting.ensure(root / CACHE, leave, lambda text: on_step("engine", text))
    try:
        if runtimes.chosen():
            runtimes.require(runtimes.chosen(), client.info())
        if not client.images(filters={"reference": IMAGES}):
            leave.need("getting the base image")
            base = base_image.ensure(client, toolchains.base, root / CACHE, lambda text: on_step("base", text))
            client.tag(base.reference, base_image.REPOSITORY, "host")
    except connection.ENGINE_GONE as error:
        raise connection.failed(error) from error


def _check_architecture(client: docker.APIClient, pinned: str) -> None:
    runs = client.version()["Arch"]
    if runs != pinned:
        raise EnvironmentFailed(
            f"the toolchains are pinned for {pinned} and this engine runs {runs}; "
            f"set DOCKER_HOST to an engine on {pinned}"
        )


def _build_missing(
    client: docker.APIClient, toolchains: Toolchains, names: Sequence[str], root: Path, on_step: OnStep
) -> dict[str, Image]:
    """Look again for existing images, since another build may have made some in the meantime; then build the rest."""
    cache = root / CACHE
    base = base_image.ensure(client, toolchains.base, cache, lambda text: on_step("base", text))
    found = image.find(client, toolchains, names, root)
    wanted = [recipe for recipe in recipes(toolchains, dict.fromkeys(names), root) if recipe.name not in found]
    return {**found, **_Builder(toolchains.base.suite, base, cache, on_step).build_all(wanted)}


class _Builder:
    """Fetches while it builds, and builds two at a time: one compiles while the other packs or unpacks."""

    FETCHES, BUILDS = 3, 2

    def __init__(self, suite: str, base: BaseImage, cache: Path, on_step: OnStep) -> None:
        self._suite = suite
        self._base = base
        self._cache = cache
        self._on_step = on_step
        self._local = threading.local()
        self._background = Background()

    def build_all(self, wanted: Sequence[Recipe]) -> dict[str, Image]:
        """The images, or what the first failure or Ctrl-C raises: then at once, and nothing is left running."""
        if not wanted:
            return {}
        fetching, building = threading.Semaphore(self.FETCHES), threading.Semaphore(self.BUILDS)
        start = self._background.start
        try:
            fetched = {recipe.name: start(lambda one=recipe: self._fetch(one), fetching) for recipe in wanted}  # type: ignore[misc]
            start(lambda: self._build_common(wanted[0]), building).result()
            built = [
                start(lambda one=recipe: self._build(one, fetched[one.name].result()), building)  # type: ignore[misc]
                for recipe in wanted
            ]
            done, _ = wait(built, return_when=FIRST_EXCEPTION)
            return {made.name: made for made in (future.result() for future in (*done, *built))}
        except BaseException:
            setup.stop_programs()
            self._background.stop()
            raise

    @property
    def _client(self) -> docker.APIClient:
        """This thread's connection: the SDK's session is not made to be shared."""
        if not hasattr(self._local, "client"):
            self._local.client = connection.connect(connection.BUILD_SECONDS)
        return self._local.client  # type: ignore[no-any-return]

    def _fetch(self, recipe: Recipe) -> list[Path]:
        return downloads.fetch(
            self._client,
            self._base,
            self._suite,
            recipe.toolchain,
            self._cache / DOWNLOADS,
            lambda text: self._on_step(recipe.name, text),
            self._background.stopped,
        )

    def _build_common(self, recipe: Recipe) -> None:
        """The layers that all share, before two builds make them twice."""
        self._on_step("common", "building the layers that all toolchains share")
        self._run_build("the common layers", recipe.dockerfile, [], "common", {}, f"{REPOSITORY}/common:latest")

    def _build(self, recipe: Recipe, files: Sequence[Path]) -> Image:
        self._on_step(recipe.name, f"building {recipe.toolchain.version}")
        name, tag = f"the image of {recipe.name}", recipe.tag(self._base.digest)
        made = self._run_build(name, recipe.dockerfile, files, recipe.stage, {}, None)
        self._on_step(recipe.name, "looking into it")
        with DockerRunner() as runner, runner.open(content.spec(made)) as box:
            seen = content.look(box)
        labels = {
            RECIPE_LABEL: recipe.on(self._base.digest),
            CONTENT_LABEL: content.digest(seen, self._client.inspect_image(made)["Config"]),
            VERSION_LABEL: recipe.toolchain.version,
        }
        self._run_build(name, f"FROM {made}\n", [], None, labels, tag)
        found = image.inspect(self._client, recipe, self._base)
        if found is None:
            raise EnvironmentFailed(f"the engine built {name} but does not show it; check that its disk is not full")
        self._on_step(recipe.name, f"built {tag}")
        return found

    def _run_build(
        self,
        name: str,
        dockerfile: str,
        files: Sequence[Path],
        target: str | None,
        labels: Mapping[str, str],
        tag: str | None,
    ) -> str:
        """The engine's id of what was built."""
        said: list[str] = []
        made = ""
        with tempfile.TemporaryFile(dir=self._cache) as context:
            write_context(context, dockerfile, files)
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
                    made = line.get("aux", {}).get("ID", made)
                    if "error" in line:
                        raise EnvironmentFailed(_build_failed(name, line["error"], said))
            except connection.ENGINE_GONE as error:
                raise connection.failed(error) from error
        if not made:
            raise EnvironmentFailed(_build_failed(name, "the engine does not say what it built", said))
        return made


def write_context(file: IO[bytes], dockerfile: str, files: Sequence[Path]) -> None:
    """The build context as a tar stream: recipe, inside/, and toolchain/ with the files. Without times and owners."""
    with tarfile.open(fileobj=file, mode="w") as tar:
        with tempfile.TemporaryFile() as text:
            text.write(dockerfile.encode())
            text.seek(0)
            _add(tar, DOCKERFILE, text)
        for folder, paths in (("inside", inside()), ("toolchain", sorted(files))):
            for path in paths:
                with path.open("rb") as taken:
                    _add(tar, f"{folder}/{path.name}", taken)


def _add(tar: tarfile.TarFile, name: str, file: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = file.seek(0, os.SEEK_END)
    file.seek(0)
    entry.mode = 0o644
    tar.addfile(entry, file)


def _build_failed(name: str, error: str, said: Sequence[str]) -> str:
    full = connection.is_full(error + "".join(said[-20:]))
    hint = connection.MAKE_ROOM if full else "fix what the build complains about"
    return f"{name} was not built: {error.strip()}; {hint}, then start again\n{setup.tail(''.join(said))}"
