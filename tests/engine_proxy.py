"""The real engine behind a socket of the test's own, so that it can die or hang without anybody else's noticing."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import docker


class EngineProxy:
    """`address` is one for DOCKER_HOST."""

    def __init__(self, path: Path) -> None:
        self.address = f"unix://{path}"
        self._path = path
        self._real = docker.APIClient().base_url.replace("http+docker://localhost", "/var/run/docker.sock")
        self._goes_on = threading.Event()
        self._goes_on.set()
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen(64)
        self._open: list[socket.socket] = [self._server]
        threading.Thread(target=self._accept, daemon=True).start()

    def die(self) -> None:
        """Every connection breaks, and no new one is taken."""
        self._path.unlink(missing_ok=True)
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._goes_on.set()

    def hang(self) -> None:
        """From now on connections are taken and stay open, and nothing is said on any of them."""
        self._goes_on.clear()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near = self._server.accept()[0]
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._real)
                self._open.extend((near, far))
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=ends, daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                self._goes_on.wait()
                target.sendall(piece)
            self._goes_on.wait()
            target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def engine_proxy(folder: Path) -> Iterator[EngineProxy]:
    """One that has died when the test ends."""
    proxy = EngineProxy(folder / "engine.sock")
    try:
        yield proxy
    finally:
        proxy.die()
