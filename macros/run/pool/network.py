"""How to reach a scheduler of Dask distributed, and the only door to that library: it takes seconds to import, and not
everybody has it.

Whoever can talk to a scheduler can run programs on its hosts, because the library sends functions as pickles. What we
send is JSON text, but that protects nobody from a third party: the network must be trusted, or TLS keep others out.
"""

from __future__ import annotations

import ipaddress
import logging
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from macros.problems import EnvironmentFailed, InvalidInput, Problem

_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})", re.ASCII)

CONNECT_SECONDS = 10
"""How long a scheduler may take to answer."""


@dataclass(frozen=True)
class Network:
    """A scheduler's address, and for `tls` the files by which both sides prove who they are."""

    address: str
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None

    @property
    def encrypted(self) -> bool:
        return self.address.startswith("tls:")

    @property
    def is_open(self) -> bool:
        """Whether others on the network could send programs to the hosts, or change what they answer."""
        return not self.encrypted and not _is_own(self.address)

    def check(self) -> Network:
        """Itself. Raises InvalidInput for an address or a set of files that cannot be used."""
        found = _ADDRESS.fullmatch(self.address)
        if not found or int(found[3]) > 65535:
            raise _wrong(f"`{self.address}` is no scheduler's address", "write tcp://host:port or tls://host:port")
        files = {"--tls-ca": self.ca, "--tls-cert": self.cert, "--tls-key": self.key}
        missing = [name for name, file in files.items() if file is None]
        if self.encrypted and missing:
            raise _wrong(f"{self.address} needs {', '.join(missing)} as well", "name the PEM files")
        if not self.encrypted and len(missing) < len(files):
            raise _wrong(f"{self.address} is not encrypted, though there are files for TLS", "write tls://host:port")
        for name, file in files.items():
            if file is not None and not file.is_file():
                raise _wrong(f"{name} names {file}, which is no file", "name a PEM file")
        return self

    def security(self) -> Any:
        """What the library takes: the same certificate for every part that this program plays."""
        if not self.encrypted:
            return None
        parts = ("client", "worker", "scheduler")
        own = {
            f"tls_{part}_{what}": str(file) for part in parts for what, file in (("cert", self.cert), ("key", self.key))
        }
        try:
            return library().Security(require_encryption=True, tls_ca_file=str(self.ca), **own)
        except Exception as error:
            raise _wrong(f"TLS cannot use these files: {error}", "check the PEM files") from error

    def unreachable(self, why: object = "") -> EnvironmentFailed:
        said = f" ({why})" if str(why) else ""
        return EnvironmentFailed(
            f"no scheduler answers at {self.address}{said}; start one with `dask scheduler`, or check the address, "
            "the network and the certificates"
        )


def library() -> ModuleType:
    """`distributed`, silent. Raises EnvironmentFailed where it is not installed."""
    try:
        import distributed
    except ImportError as error:
        raise EnvironmentFailed(
            "running on several hosts needs the Python package `distributed`; "
            "install it with `pip install --require-hashes -r requirements-hosts.txt`"
        ) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    return distributed


def _is_own(address: str) -> bool:
    found = _ADDRESS.fullmatch(address)
    host = found[2].strip("[]") if found else ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _wrong(what: str, fix: str) -> InvalidInput:
    return InvalidInput([Problem(Path("--hosts"), 1, 1, what, fix)])
