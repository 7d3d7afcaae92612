"""The engine's streams: nothing of them is lost, and no wait for them is without end."""

from __future__ import annotations

import socket
import struct
import threading
import time
from http.client import HTTPResponse
from types import SimpleNamespace
from typing import Any

import pytest

from macros.lab import sandbox
from macros.lab.engine.wire import STDERR, STDOUT, Streams, Wire

HEADERS = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"


def frame(kind: int, content: bytes) -> bytes:
    return struct.pack(">BxxxL", kind, len(content)) + content


def opened_by_the_sdk(near: socket.socket) -> Any:
    """What the SDK gives for `socket=True`: the raw socket below the reader that took the headers in."""
    response = HTTPResponse(near, method="POST")
    response.begin()
    raw: Any = response.fp.raw  # type: ignore[attr-defined]
    raw._response = SimpleNamespace(raw=SimpleNamespace(_fp=response), close=response.close)
    return raw


def soon() -> float:
    return time.monotonic() + 5


def test_output_that_comes_together_with_the_headers_is_not_lost() -> None:
    """On a busy machine a process answers before its reader gets to the headers: both are in one buffer then."""
    near, far = socket.socketpair()
    far.sendall(HEADERS + frame(STDOUT, b"early") + frame(STDERR, b"la"))
    wire = Wire(opened_by_the_sdk(near))
    far.sendall(frame(STDOUT, b"te"))
    far.close()
    frames = []
    while (piece := wire.read(soon())) is not None:
        frames.append(piece)
    assert frames == [(STDOUT, b"early"), (STDERR, b"la"), (STDOUT, b"te")]


def test_output_that_comes_after_the_headers_is_read_as_ever() -> None:
    """Looking for what came early takes nothing away and does not wait."""
    near, far = socket.socketpair()
    far.sendall(HEADERS)
    begun = time.monotonic()
    wire = Wire(opened_by_the_sdk(near))
    assert time.monotonic() - begun < 1
    for piece in (frame(STDOUT, b"abc")[:5], frame(STDOUT, b"abc")[5:]):
        far.sendall(piece)
    assert wire.read(soon()) == (STDOUT, b"abc")
    far.close()
    assert wire.read(soon()) is None


def test_a_long_piece_is_given_in_parts_and_its_rest_is_not_taken_for_a_header() -> None:
    """A piece is as long as the engine says, whatever arrives at a time."""
    near, far = socket.socketpair()
    content = bytes(range(256)) * 4000
    threading.Thread(target=lambda: (far.sendall(frame(STDOUT, content) + frame(STDERR, b"end")), far.close())).start()
    wire = Wire(near)
    assert wire.read_all(soon()) == content + b"end"


def test_a_silent_engine_ends_the_wait() -> None:
    """At the moment that the caller named, also where something came before it."""
    near, far = socket.socketpair()
    far.sendall(frame(STDOUT, b"abc")[:6])
    with pytest.raises(TimeoutError):
        Wire(near).read(time.monotonic() + 0.05)
    with pytest.raises(TimeoutError):
        Wire(near).read(time.monotonic() - 1)
    with pytest.raises(TimeoutError):
        Wire(near).send(b"x" * 2**24, time.monotonic() + 0.05)
    far.close()


def test_a_wire_that_another_thread_closes_ends_the_wait() -> None:
    """A run that is stopped does not wait for an engine that may be gone."""
    near, far = socket.socketpair()
    wire = Wire(near)
    threading.Timer(0.1, wire.close).start()
    begun = time.monotonic()
    assert wire.read(time.monotonic() + 30) is None
    assert time.monotonic() - begun < 5
    far.close()


END = sandbox.end_of("secret")


def test_streams_are_cut_apart_and_what_the_starter_wrote_is_taken_off() -> None:
    """Each has the limit for itself; there is a status where both have come to their ends, and only there."""
    streams = Streams(4, END)
    assert streams.take(STDOUT, b"abcd" + END)
    assert streams.take(STDERR, b"x")
    assert not streams.ended
    streams.finish()
    assert streams.status is None
    streams = Streams(4, END)
    assert streams.take(STDERR, b"x\x1estatus=3 " + END[:4])
    assert streams.take(STDOUT, b"abcd" + END)
    assert not streams.ended
    assert streams.take(STDERR, END[4:])
    assert streams.ended
    streams.finish()
    assert (bytes(streams.out), bytes(streams.err), streams.status, streams.over) == (b"abcd", b"x", 3, False)


def test_a_stream_over_its_limit_is_cut() -> None:
    """However much of what the starter writes would still have had room."""
    streams = Streams(4, END)
    assert not streams.take(STDOUT, b"x" * (5 + len(END)))
    streams = Streams(4, END)
    streams.take(STDOUT, b"abcde" + END)
    streams.take(STDERR, b"\x1estatus=0 " + END)
    streams.finish()
    assert streams.over


@pytest.mark.parametrize(
    "forged", [sandbox.end_of("guess"), b"\x1estatus=0 " + sandbox.end_of("guess"), b"\x1e"], ids=repr
)
def test_a_process_that_writes_an_end_of_its_own_has_not_ended(forged: bytes) -> None:
    """It does not know the word; and what it wrote stays part of its output."""
    streams = Streams(100, END)
    for kind in (STDOUT, STDERR):
        streams.take(kind, forged)
    assert not streams.ended
    streams.take(STDOUT, END)
    streams.take(STDERR, b"\x1estatus=7 " + END)
    streams.finish()
    assert (bytes(streams.out), bytes(streams.err), streams.status) == (forged, forged, 7)
