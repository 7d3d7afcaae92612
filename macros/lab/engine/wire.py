"""Bytes between the host and a container: the files that go in, the streams that come out."""

from __future__ import annotations

import io
import socket
import struct
import tarfile
from collections.abc import Iterator, Mapping

from macros.lab import sandbox


class Streams:
    """Both streams of a process, each cut at the limit."""

    def __init__(self, limit: int) -> None:
        self.out = bytearray()
        self.err = bytearray()
        self.over = False
        self._limit = limit + len(sandbox.END)

    def take(self, out: bytes | None, err: bytes | None) -> bool:
        """Keep what fits; False when a stream has more than the limit."""
        for stream, piece in ((self.out, out or b""), (self.err, err or b"")):
            room = self._limit - len(stream)
            stream += piece[:room]
            self.over = self.over or len(piece) > room
        return not self.over

    def finish(self) -> bool:
        """Take the end marks off; whether both streams have theirs."""
        return all([_without_end(self.out), _without_end(self.err)])


def _without_end(stream: bytearray) -> bool:
    place = stream.rfind(sandbox.END)
    if place < 0:
        return False
    del stream[place : place + len(sandbox.END)]
    return True


def tar(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o755 if content.startswith(b"#!") else 0o644
            entry.uid = entry.gid = sandbox.UID
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _frames(raw: socket.socket) -> Iterator[bytes]:
    """Payloads of the engine's multiplexed stream: 8 bytes of header, the last four the length."""
    pending = b""
    while True:
        while len(pending) < 8 or len(pending) < 8 + struct.unpack(">L", pending[4:8])[0]:
            piece = raw.recv(65536)
            if not piece:
                return
            pending += piece
        size = 8 + struct.unpack(">L", pending[4:8])[0]
        yield pending[8:size]
        pending = pending[size:]


def read_until(raw: socket.socket, token: bytes) -> bytes:
    said = b""
    for piece in _frames(raw):
        said += piece
        if token in said:
            break
    return said
