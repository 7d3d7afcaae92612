"""Bytes between the host and a container: the files that go in, the streams that come out.

Every wait ends at a moment that the caller names: an engine that hangs must not hang a run.
"""

from __future__ import annotations

import contextlib
import io
import socket
import ssl
import struct
import tarfile
import time
from collections.abc import Mapping
from typing import Any

from macros.lab import sandbox

STDOUT, STDERR = 1, 2
_HEADER = struct.Struct(">BxxxL")
_BLOCK = 65536


class Wire:
    """A connection that the engine has taken over for the streams of one process. `opened` is the SDK's socket.

    Moments are of the monotonic clock.
    """

    def __init__(self, opened: Any) -> None:
        self._opened = opened  # It keeps the connection open.
        self._socket: socket.socket = getattr(opened, "_sock", opened)
        self._pending = bytearray(_came_with_the_headers(opened, self._socket))
        self._kind, self._left = 0, 0
        self._closed = False

    def send(self, content: bytes, until: float) -> None:
        """Raises TimeoutError when the other side has not taken it by then."""
        self._wait_until(until)
        self._socket.sendall(content)

    def read(self, until: float) -> tuple[int, bytes] | None:
        """The next piece of a stream, STDOUT or STDERR; None at the end. Raises TimeoutError when none has come."""
        while not self._left:
            while len(self._pending) < _HEADER.size:
                if not self._fill(until):
                    return None
            self._kind, self._left = _HEADER.unpack(self._pending[: _HEADER.size])
            del self._pending[: _HEADER.size]
        if not self._pending and not self._fill(until):
            return None
        piece = bytes(self._pending[: self._left])
        del self._pending[: self._left]
        self._left -= len(piece)
        return self._kind, piece

    def read_all(self, until: float, end: bytes = b"") -> bytes:
        """Both streams as they come, up to their end or to a word. Raises TimeoutError when it has not come."""
        said = b""
        while not (end and end in said) and (frame := self.read(until)) is not None:
            said += frame[1]
        return said

    def close(self) -> None:
        """Also from another thread: a read that waits there ends."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self._opened.close()

    def _fill(self, until: float) -> bool:
        try:
            self._wait_until(until)
            piece = self._socket.recv(_BLOCK)
        except OSError:
            if self._closed:
                return False  # By another thread, in the middle of the wait.
            raise
        self._pending += piece
        return bool(piece)

    def _wait_until(self, until: float) -> None:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("it ran out of time")
        self._socket.settimeout(left)


def _came_with_the_headers(opened: Any, raw: socket.socket) -> bytes:
    """What the SDK's HTTP reader took in together with the response's headers, and would lose.

    A process may answer before this thread gets to read the headers: on a busy machine its first output is then
    behind them in the reader's buffer, which the socket that the SDK hands out passes by.
    """
    try:
        reader = opened._response.raw._fp.fp
    except AttributeError:
        return b""  # Some transports give no such reader.
    if not hasattr(reader, "peek"):
        return b""
    raw.settimeout(0)
    try:
        return bytes(reader.read1(len(reader.peek())))
    except (BlockingIOError, ssl.SSLWantReadError):
        return b""


class Streams:
    """Both streams of a process, each cut at the limit.

    `end`: what the starter writes last on either. Before it, on the error stream, it says how the process ended:
    `status`, as a shell gives it, and `report`, the sentinel's where it watched.
    """

    def __init__(self, limit: int, end: bytes) -> None:
        self.out = bytearray()
        self.err = bytearray()
        self.status: int | None = None
        self.report = b""
        self.over = False
        self._limit = limit
        self._end = end

    @property
    def ended(self) -> bool:
        """Whether both streams have come to their ends."""
        return self.out.endswith(self._end) and self.err.endswith(self._end)

    def take(self, kind: int, piece: bytes) -> bool:
        """Keep what fits; False when a stream has more than the limit."""
        stream, more = (self.err, sandbox.REPORT_BYTES) if kind == STDERR else (self.out, 0)
        room = self._limit + len(self._end) + more - len(stream)
        stream += piece[:room]
        self.over = self.over or len(piece) > room
        return not self.over

    def finish(self) -> None:
        """Take off what the starter wrote, and read it."""
        if self.ended:
            del self.out[-len(self._end) :], self.err[-len(self._end) :]
            begins = self.err.rfind(sandbox.SEPARATOR)
            status, _, self.report = bytes(self.err[begins + 1 :]).partition(b" ")
            self.status = int(status.removeprefix(b"status="))
            del self.err[begins:]
        self.over = self.over or max(len(self.out), len(self.err)) > self._limit


def tar(files: Mapping[str, bytes]) -> bytes:
    """The files as an archive. Their group may write them: they are unpacked by the box's keeper, and not its user."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o775 if content.startswith(b"#!") else 0o664
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
