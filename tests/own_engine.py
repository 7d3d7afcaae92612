"""A Docker engine of the test's own: a second dockerd, whose storage is a disk of a few hundred MiB that can be filled.

Its base image is the real engine's, with what a box is run by, and one small toolchain is made of it without any
network. So whatever the program does with an engine it does here for real, and nobody else's images are touched.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest
import yaml

from bench.engines import EngineFailed, can_start, running
from macros.lab.images import base_image, building
from macros.lab.images.pins import Toolchains
from tests.builders import CLAIMS

MIB = 2**20
INSIDE = "/usr/local/lib/claims"
PACKAGE = "tiny_1_all.deb"
"""What the small toolchain is made of. Nobody unpacks it."""

DOCKERFILE = """\
ARG BASE
FROM ${BASE} AS common
RUN echo common >/common

FROM common AS toolchain
COPY toolchain/ /toolchain/
RUN head -c 33554432 /dev/zero | tr '\\0' x >/thirty-two-mebibytes
"""


@dataclass(frozen=True)
class OwnEngine:
    """`address` is one for DOCKER_HOST, `disk` the folder of its storage."""

    address: str
    disk: Path
    client: docker.APIClient

    @contextlib.contextmanager
    def with_room(self, room: int) -> Iterator[None]:
        """Its disk filled up to so many bytes, and kept so: what is freed meanwhile is taken at once."""
        filler, stop = self.disk / "filler", threading.Event()

        def fill() -> None:
            with filler.open("wb") as file:
                while not stop.is_set():
                    left = os.statvfs(self.disk)
                    more = left.f_bavail * left.f_frsize - room
                    with contextlib.suppress(OSError):  # No room for more, or the engine was quicker.
                        os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), more)
                    filled.set()
                    stop.wait(0.002)

        filled, filling = threading.Event(), threading.Thread(target=fill)
        filling.start()
        try:
            filled.wait()
            yield
        finally:
            stop.set()
            filling.join()
            filler.unlink()

    def containers(self) -> list[dict[str, Any]]:
        """All that there are."""
        return list(self.client.containers(all=True))


@contextlib.contextmanager
def own_engine(*options: str, size: int = 640 * MIB) -> Iterator[OwnEngine]:
    """One that runs. Skips the test where this user cannot start a second engine."""
    if not can_start():
        pytest.skip("an engine of the test's own needs root and `dockerd`")
    with tempfile.TemporaryDirectory(prefix="engine-") as name, contextlib.ExitStack() as ends:
        folder, disk = Path(name), Path(name) / "disk"
        ends.enter_context(_small_disk(disk, size))
        try:
            address = ends.enter_context(running(folder, disk / "data", options))
        except EngineFailed as error:
            pytest.skip(str(error))
        yield OwnEngine(address, disk, docker.APIClient(address, version="auto", timeout=60))


@contextlib.contextmanager
def _small_disk(folder: Path, size: int) -> Iterator[None]:
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(mounting, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"a small disk needs the right to mount one: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def give_base(engine: OwnEngine, toolchains: Toolchains, image: str) -> None:
    """Give it the pinned base, as if it had bootstrapped it, with what an image of ours has for its boxes."""
    main = docker.APIClient()
    base = base_image.find(main, toolchains.base)
    assert base is not None, "whoever has an image of ours has its base"
    engine.client.load_image(main.get_image(base.reference))
    made = main.create_container(image, ["true"])
    try:
        programs = b"".join(main.get_archive(made, INSIDE)[0])
    finally:
        main.remove_container(made)
    loaded = main.inspect_image(base.reference)["Id"]
    recipe = f"FROM {loaded}\nADD programs.tar {Path(INSIDE).parent}/\nLABEL {base_image.DIGEST_LABEL}={base.digest}\n"
    context = _archive({"Dockerfile": recipe.encode(), "programs.tar": programs})
    tag = base_image.bootstrap_tag(toolchains.base)
    said = list(engine.client.build(fileobj=context, custom_context=True, tag=tag, rm=True, decode=True))
    assert engine.client.images(tag), said


def _archive(files: dict[str, bytes]) -> io.BytesIO:
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    context.seek(0)
    return context


def small_catalogue(folder: Path, names: Sequence[str] = ("go1.22",)) -> Path:
    """An empty catalogue whose toolchains are small and need no network; returns the claims' folder."""
    claims = folder / "claims"
    claims.mkdir(parents=True)
    shutil.copy(CLAIMS / "catalogue.yml", claims)
    (folder / "Dockerfile").write_text(DOCKERFILE, "utf-8")
    kept = folder / building.CACHE / building.DOWNLOADS
    kept.mkdir(parents=True)
    (kept / PACKAGE).write_bytes(b"tiny\n")
    package = {
        "name": "tiny",
        "version": "1",
        "architecture": "all",
        "sha256": hashlib.sha256(b"tiny\n").hexdigest(),
    }
    pins = yaml.safe_load((CLAIMS / "toolchains.yml").read_text("utf-8"))
    debian = {"suite": pins["base"]["suite"], "packages": [package]}
    pins["toolchains"] = {name: {"version": "1.22", "debian": debian} for name in names}
    (claims / "toolchains.yml").write_text(yaml.safe_dump(pins, sort_keys=False), "utf-8")
    return claims
