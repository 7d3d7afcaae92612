"""The files that toolchains are made of: fetched, checked on the host against the pins, kept.

A wheel comes through this environment's own pip, a Debian package through the apt-get of the base image
(with the signature check that apt makes); where from is the business of their configuration. Nothing goes
under its final name before its SHA-256 was found right.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import docker

from macros.lab import sandbox, setup
from macros.lab.engine import connection
from macros.lab.engine.reaper import PROJECT, remove
from macros.lab.images.base_image import BaseImage
from macros.lab.images.pins import DebianFiles, Toolchain, Wheel
from macros.lab.setup import Say
from macros.problems import EnvironmentFailed

PINS = "claims/toolchains.yml"
FETCH_SECONDS = 900
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")

_FETCH_DEBS = """\
set -eu
mkdir -p /fetch/lists/partial /fetch/parts
cd /fetch
: > sources.list
if [ -f /etc/apt/sources.list ]; then sed 's/{base}/{suite}/g' /etc/apt/sources.list > sources.list; fi
for file in /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    if [ -f "$file" ]; then sed 's/{base}/{suite}/g' "$file" > "parts/${{file##*/}}"; fi
done
set -- -q -o Dir::Etc::SourceList=/fetch/sources.list -o Dir::Etc::SourceParts=/fetch/parts \\
    -o Dir::State::Lists=/fetch/lists -o APT::Sandbox::User=root
apt-get "$@" update
mkdir files
cd files
apt-get "$@" download {packages}
"""
"""Works on both forms of apt's sources, one-line and deb822; a suite's name stands in either as a word of its own."""


def fetch(
    client: docker.APIClient,
    base: BaseImage,
    base_suite: str,
    toolchain: Toolchain,
    folder: Path,
    say: Say,
    stopped: threading.Event,
) -> list[Path]:
    """All files of a toolchain, checked. Good files that exist already are kept. Ends soon once `stopped` is set.

    Raises EnvironmentFailed naming file, expected and found digest; or with what pip or apt-get said.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if missing(toolchain.digests, folder):
        with tempfile.TemporaryDirectory(dir=folder, prefix="partial-") as partial:
            if toolchain.wheel is not None:
                say(f"downloading {toolchain.wheel.file}")
                fetch_wheel(toolchain.wheel, toolchain.version, Path(partial))
            elif toolchain.debian is not None:
                say(f"downloading {', '.join(package.name for package in toolchain.debian.packages)}")
                fetch_debs(client, base, base_suite, toolchain.debian, Path(partial), stopped)
            accept(toolchain.digests, Path(partial), folder)
    return [folder / name for name in toolchain.digests]


def missing(digests: Mapping[str, str], folder: Path) -> list[str]:
    """The files that are not there, or not as pinned."""
    return [
        name for name, pinned in digests.items() if not (folder / name).is_file() or sha256(folder / name) != pinned
    ]


def accept(digests: Mapping[str, str], source: Path, folder: Path) -> None:
    """Check all downloads, then move them in. Raises EnvironmentFailed at the first that is not what is pinned."""
    for name, pinned in digests.items():
        if not (source / name).is_file():
            came = ", ".join(sorted(path.name for path in source.iterdir())) or "nothing"
            raise EnvironmentFailed(
                f"{name} was not delivered (but {came}); check that {PINS} names a version that exists"
            )
        found = sha256(source / name)
        if found != pinned:
            raise EnvironmentFailed(
                f"{name} is not what {PINS} pins: expected sha256 {pinned}, found {found}; "
                "download again, and if it stays so, find out who changed the file before changing the pin"
            )
    for name in digests:
        os.replace(source / name, folder / name)


def sha256(path: Path) -> str:
    """Of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch_wheel(wheel: Wheel, version: str, folder: Path) -> None:
    """One wheel by package name, version and platform: the platform of the image, not that of the host."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-cache-dir", "--no-deps", "--only-binary=:all:", f"--platform={wheel.platform}"]
    command += [f"--dest={folder}", f"{wheel.package}=={version}"]
    setup.checked(command, FETCH_SECONDS, "check that pip reaches its package index, then start again")


def fetch_debs(
    client: docker.APIClient,
    base: BaseImage,
    base_suite: str,
    files: DebianFiles,
    folder: Path,
    stopped: threading.Event,
) -> None:
    """A suite's packages, by apt-get in a short-lived container of the base image."""
    wanted = " ".join(shlex.quote(f"{package.name}={package.version}") for package in files.packages)
    script = _FETCH_DEBS.format(base=base_suite, suite=files.suite, packages=wanted)
    try:
        made = client.create_container(
            base.reference,
            ["/bin/sh", "-c", script],
            environment=proxies(),
            host_config=client.create_host_config(network_mode="host"),
            labels={sandbox.PROJECT_LABEL: PROJECT},
        )
        try:
            client.start(made)
            status = _status(client, made["Id"], stopped)
            if status != 0:
                said = setup.tail(client.logs(made).decode("utf-8", "replace"))
                raise EnvironmentFailed(
                    f"apt-get of the base image does not deliver {wanted}; check that a Debian mirror can be reached "
                    f"and still has this version, then start again\n{said}"
                )
            _copy_out(client, made["Id"], folder)
        finally:
            remove(client, made["Id"])
    except connection.ENGINE_GONE as error:
        raise connection.failed(error) from error


def _status(client: docker.APIClient, container: str, stopped: threading.Event) -> int:
    """Of its process, when it has ended. Looks again and again: the SDK's own wait could not be cut short."""
    end = time.monotonic() + FETCH_SECONDS
    while True:
        state = client.inspect_container(container)["State"]
        if not state["Running"]:
            return int(state["ExitCode"])
        if time.monotonic() > end:
            raise EnvironmentFailed(
                f"apt-get of the base image did not end within {FETCH_SECONDS} s; "
                "check that a Debian mirror can be reached, then start again"
            )
        if stopped.wait(0.5):
            raise EnvironmentFailed("the downloads were stopped")


def proxies() -> dict[str, str]:
    """The host's proxy settings, which builds and downloads inside containers need too."""
    return {name: os.environ[name] for name in PROXIES if os.environ.get(name)}


def _copy_out(client: docker.APIClient, container: str, folder: Path) -> None:
    """The downloads as files of `folder`. By the engine's archive call: it also works on an engine elsewhere."""
    pieces, _ = client.get_archive(container, "/fetch/files")
    with tempfile.TemporaryFile(dir=folder) as spool:
        for piece in pieces:
            spool.write(piece)
        spool.seek(0)
        with tarfile.open(fileobj=spool) as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isreg() else None
                if content is not None:
                    with (folder / Path(member.name).name).open("wb") as out:
                        while block := content.read(2**20):
                            out.write(block)
