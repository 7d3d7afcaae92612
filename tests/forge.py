"""A small forge on a local port, as far as we ask GitHub: pull requests, and the comments under them."""

from __future__ import annotations

import contextlib
import http.server
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

BOT = "github-actions[bot]"
REPOSITORY, TOKEN = "o/r", "secret"


@dataclass
class Forge:
    """What it has. `heads`: the head commit of each open pull request; `comments`: by pull request, then by id."""

    address: str = ""
    heads: dict[int, str] = field(default_factory=dict)
    comments: dict[int, dict[int, str]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def variables(self) -> dict[str, str]:
        """What a workflow's step has in its environment."""
        return {"GITHUB_API_URL": self.address, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_TOKEN": TOKEN}

    def answer(self, method: str, path: str, sent: Any) -> Any:
        """Of one request; KeyError for what it does not know."""
        self.asked.append((method, path))
        if (method, path) == ("GET", "pulls"):
            return [{"number": number, "head": {"sha": sha}} for number, sha in self.heads.items()]
        if under := re.fullmatch(r"issues/(\d+)/comments", path):
            comments = self.comments.setdefault(int(under[1]), {})
            if method == "POST":
                comments[sum(map(len, self.comments.values())) + 1] = sent["body"]
            return [{"id": id, "body": body, "user": {"login": BOT}} for id, body in comments.items()]
        if one := re.fullmatch(r"issues/comments/(\d+)", path):
            comments = next(of for of in self.comments.values() if int(one[1]) in of)
            if method == "DELETE":
                del comments[int(one[1])]
            else:
                comments[int(one[1])] = sent["body"]
            return {}
        raise KeyError(path)


@contextlib.contextmanager
def forge() -> Iterator[Forge]:
    """One that answers for as long as the context lasts."""
    own = Forge()

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            assert self.headers["Authorization"] == f"Bearer {TOKEN}"
            size = int(self.headers.get("Content-Length") or 0)
            sent = json.loads(self.rfile.read(size)) if size else None
            path = self.path.partition("?")[0].removeprefix(f"/repos/{REPOSITORY}/")
            body = json.dumps(own.answer(self.command, path, sent)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PATCH = do_DELETE = do_GET

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        own.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield own
        server.shutdown()
