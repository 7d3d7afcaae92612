"""GitHub's interface, as far as we use it: which pull request a commit belongs to, and texts that are kept up to date.

A text of ours begins with a mark and was written by GitHub's own bot: anybody can copy the mark.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from macros.problems import EnvironmentFailed

BOT = "github-actions[bot]"
_PAGE, _MOST_PAGES = 100, 50
_SECONDS = 30
_VARIABLES = ("GITHUB_REPOSITORY", "GITHUB_TOKEN")


@dataclass(frozen=True)
class GitHub:
    """A repository there, and the right to write to it."""

    repository: str
    token: str
    address: str = "https://api.github.com"

    @classmethod
    def of_environment(cls, variables: Mapping[str, str] = os.environ) -> GitHub:
        """As a workflow's step has it. Raises EnvironmentFailed."""
        missing = [name for name in _VARIABLES if not variables.get(name)]
        if missing:
            raise EnvironmentFailed(f"{' and '.join(missing)} must be set; a step of a workflow sets them in its `env`")
        repository, token = (variables[name] for name in _VARIABLES)
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII):
            raise EnvironmentFailed(f"GITHUB_REPOSITORY is {repository[:80]!r}; it must be OWNER/NAME")
        return cls(repository, token, variables.get("GITHUB_API_URL") or cls.address)

    def pull_request(self, commit: str) -> int | None:
        """The number of the one open pull request whose head is this commit, as GitHub says; None if it has moved on.

        Raises EnvironmentFailed where there are several: their bases may differ.
        """
        numbers = [one["number"] for one in self._all("pulls", state="open") if one["head"]["sha"] == commit]
        if len(numbers) > 1:
            raise EnvironmentFailed(f"{len(numbers)} open pull requests have the head {commit}; close all but one")
        return int(numbers[0]) if numbers else None

    def keep_comment(self, number: int, mark: str, body: str | None) -> str:
        """Write, rewrite or remove our one comment; says which."""
        found = next((one["id"] for one in self._all(f"issues/{number}/comments") if _ours(one, mark)), None)
        if body is None:
            if found is None:
                return "no comment"
            self._ask("DELETE", f"issues/comments/{int(found)}")
            return "removed the comment"
        if found is None:
            self._ask("POST", f"issues/{number}/comments", {"body": body})
            return "wrote a comment"
        self._ask("PATCH", f"issues/comments/{int(found)}", {"body": body})
        return "rewrote the comment"

    def keep_report(self, title: str, mark: str, body: str | None) -> str:
        """Open, rewrite or close our one report; says which."""
        reports = (one for one in self._all("issues", state="open", creator=BOT) if "pull_request" not in one)
        found = next((one["number"] for one in reports if _ours(one, mark)), None)
        if body is None:
            if found is None:
                return "no report"
            self._ask("PATCH", f"issues/{int(found)}", {"state": "closed"})
            return f"closed the report {found}"
        if found is None:
            self._ask("POST", "issues", {"title": title, "body": body})
            return "opened a report"
        self._ask("PATCH", f"issues/{int(found)}", {"title": title, "body": body})
        return f"rewrote the report {found}"

    def _all(self, path: str, **query: str) -> Iterator[Any]:
        for page in range(1, _MOST_PAGES + 1):
            answer = self._ask("GET", path, query={**query, "per_page": str(_PAGE), "page": str(page)})
            yield from answer
            if len(answer) < _PAGE:
                return

    def _ask(self, method: str, path: str, data: Any = None, query: Mapping[str, str] | None = None) -> Any:
        headers = {"Accept": "application/vnd.github+json", "Authorization": f"Bearer {self.token}"}
        address = f"{self.address}/repos/{self.repository}/{path}"
        try:
            answer = requests.request(
                method, address, params=query, json=data, headers=headers, timeout=_SECONDS, allow_redirects=False
            )
            if answer.status_code // 100 != 2:
                raise EnvironmentFailed(f"GitHub answers {answer.status_code} to {method} {path}: {answer.text[:200]}")
            return answer.json() if answer.content else None
        except (requests.RequestException, ValueError) as error:
            raise EnvironmentFailed(f"GitHub cannot be asked ({method} {path}): {error}; try again later") from error


def _ours(one: Any, mark: str) -> bool:
    return one["user"]["login"] == BOT and str(one["body"] or "").startswith(mark)
