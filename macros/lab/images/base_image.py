"""The base image and its two suppliers.

A registry's image is known by its digest. A bootstrapped one differs in every build (times, caches),
so it is known by what it holds: the digest of its installed packages and their versions. The same
content has the same digest, on any host.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import docker
from docker.errors import APIError, ImageNotFound, NotFound

from macros.lab import setup
from macros.lab.engine import connection
from macros.lab.images.background import patiently
from macros.lab.images.pins import Base
from macros.lab.setup import Say
from macros.problems import EnvironmentFailed

Supplier = Literal["registry", "bootstrap"]

REPOSITORY = "executable-claims/base"
DIGEST_LABEL = "executable-claims.base"
BOOTSTRAP_SECONDS = 900
STALL_SECONDS = 120.0
"""How long a registry may be silent before the other supplier is asked."""


@dataclass(frozen=True)
class BaseImage:
    """What toolchains are built on. `reference` is what a Dockerfile's FROM takes; `digest` is `sha256:...`."""

    reference: str
    supplier: Supplier
    digest: str


def find(client: docker.APIClient, pins: Base) -> BaseImage | None:
    """The base that is on the engine already: the registry's before a bootstrapped one."""
    try:
        client.inspect_image(pins.registry)
        return BaseImage(pins.registry, "registry", pins.digest)
    except (ImageNotFound, NotFound):
        pass
    try:
        found = client.inspect_image(bootstrap_tag(pins))
        return BaseImage(found["Id"], "bootstrap", found["Config"]["Labels"][DIGEST_LABEL])
    except (ImageNotFound, NotFound):
        return None


def ensure(client: docker.APIClient, pins: Base, cache: Path, say: Say) -> BaseImage:
    """Find the base, or get it: from the registry if one answers, else by a bootstrap on this host."""
    try:
        found = find(client, pins)
        if found is not None:
            return found
        say(f"pulling {pins.registry}")
        refusal = _pull(client, pins)
        if refusal is None and find(client, pins) is None:
            refusal = "the pull succeeded, but the engine does not have the image"
        if refusal is not None and connection.is_full(refusal):
            raise EnvironmentFailed(
                f"the base image was not taken in: {refusal}; {connection.MAKE_ROOM}, then start again"
            )
        if refusal is not None:
            say(f"no registry provides it ({refusal}); bootstrapping {pins.suite} with mmdebstrap instead")
            _bootstrap(client, pins, cache, say)
        found = find(client, pins)
    except connection.ENGINE_GONE as error:
        raise connection.failed(error) from error
    if found is None:
        raise EnvironmentFailed(
            "the engine took the base image but does not show it; restart the engine, then start again"
        )
    return found


def bootstrap_tag(pins: Base) -> str:
    """The local name of a bootstrapped base: other pins, another name."""
    return f"{REPOSITORY}:{pins.suite}-{pins.variant}"


def packages_digest(status: Iterable[str]) -> str:
    """`sha256:...` of the installed packages, from the lines of dpkg's status file, whatever their order there.

    Each installed package counts with name, version and architecture. Raises ValueError if there is none.
    """
    installed: list[str] = []
    fields: dict[str, str] = {}
    for line in [*status, ""]:
        if line.strip():
            key, colon, value = line.partition(":")
            if colon and not line.startswith((" ", "\t")):
                fields[key] = value.strip()
            continue
        if fields.get("Status", "").endswith(" installed"):
            installed.append(f"{fields['Package']} {fields['Version']} {fields['Architecture']}\n")
        fields = {}
    if not installed:
        raise ValueError("no installed package in dpkg's status file")
    return "sha256:" + hashlib.sha256("".join(sorted(installed)).encode()).hexdigest()


def _pull(client: docker.APIClient, pins: Base) -> str | None:
    """Why the registry did not give the image; None when it says that it did. The digest is checked by the engine."""
    refusal = None
    try:
        for line in patiently(
            lambda: client.pull(pins.repository, tag=pins.digest, stream=True, decode=True), STALL_SECONDS
        ):
            refusal = line.get("error", refusal)  # Told inside a stream that began well.
    except TimeoutError as error:
        refusal = str(error)
    except APIError as error:
        refusal = connection.said(error)
    return refusal and (refusal.strip().splitlines() or ["it does not say why"])[0][:200]


def _bootstrap(client: docker.APIClient, pins: Base, cache: Path, say: Say) -> None:
    program = setup.need_program(
        "mmdebstrap", ("mmdebstrap", "debian-archive-keyring"), "bootstrapping the base image", say
    )
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="base-") as folder:
        archive = Path(folder) / "base.tar"
        command = [program, f"--variant={pins.variant}", "--architectures=amd64", "--quiet", pins.suite, str(archive)]
        # mmdebstrap builds below TMPDIR as another user in some of its modes; /tmp lets it in, the cache may not.
        environment = {**os.environ, "TMPDIR": "/tmp"}
        setup.checked(
            command, BOOTSTRAP_SECONDS, "check that a Debian mirror can be reached, then start again", environment
        )
        digest = _digest_of(archive)
        say(f"importing the base image ({digest[:19]})")
        client.import_image_from_file(
            str(archive), repository=REPOSITORY, tag=bootstrap_tag(pins).rpartition(":")[2],
            changes=[f"LABEL {DIGEST_LABEL}={digest}", 'CMD ["/bin/sh"]'],
        )  # fmt: skip


def _digest_of(archive: Path) -> str:
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name.removeprefix("./") == "var/lib/dpkg/status":
                content = tar.extractfile(member)
                assert content is not None
                return packages_digest(content.read().decode("utf-8").splitlines())
    raise EnvironmentFailed("the bootstrapped Debian has no list of packages; remove its cache and start again")
