"""A built site on a local port."""

from __future__ import annotations

import contextlib
import functools
import http.server
import threading
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *args: object, wrong: Path | None, directory: str) -> None:
        self.wrong = wrong
        super().__init__(*args, directory=directory)  # type: ignore[arg-type]

    def log_message(self, *args: object) -> None:
        """Say nothing: requests are checked in the browser."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """For a wrong address the page that is there for it, as web servers are told to; else Python's own."""
        if code != HTTPStatus.NOT_FOUND or self.wrong is None:
            super().send_error(code, message, explain)
            return
        body = self.wrong.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextlib.contextmanager
def serving(site: Path, wrong: Path | None = None) -> Iterator[str]:
    """The address of the folder `site`, with a slash at the end, for as long as the context lasts.

    `wrong`: the page that is shown for wrong addresses.
    """
    handler = functools.partial(_Quiet, directory=str(site), wrong=wrong)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
