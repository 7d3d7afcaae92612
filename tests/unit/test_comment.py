"""The second stage of a preview: one comment, made of what was validated, under the pull request that GitHub names."""

from __future__ import annotations

import io
import re
import zipfile
from json import dumps
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result
from requests import Response

from macros import cli
from macros.claim.fields import VerdictName
from macros.problems import EnvironmentFailed
from macros.report.artifact import Results
from macros.report.comment import MARK, comment, failed
from macros.report.github import BOT, GitHub
from macros.results.feed import feed_of, write
from macros.results.feed_models import Claim, Feed
from tests.unit.publish_sample import catalogue

SHA, OTHER = "a" * 40, "b" * 40


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    return feed_of(catalogue(tmp_path))


def with_claims(feed: Feed, *claims: Claim) -> Feed:
    return feed.model_copy(update={"claims": tuple(sorted(claims, key=lambda claim: claim.id))})


def flipped(claim: Claim, **more: Any) -> Claim:
    refuted = claim.verdict is VerdictName.REFUTED
    return claim.model_copy(update={"verdict": VerdictName.CONFIRMED if refuted else VerdictName.REFUTED, **more})


def test_a_change_without_effect_has_no_comment(feed: Feed) -> None:
    """Nobody is told that nothing happened."""
    assert comment(Results(feed, feed)) is None


def test_a_comment_names_what_flipped_what_is_new_and_what_is_gone(feed: Feed) -> None:
    """With the verdicts of both sides, and links to the preview and the run."""
    first, second, *rest = feed.claims
    head = with_claims(feed, flipped(first), second.model_copy(update={"id": "newcomer"}), *rest)
    text = comment(Results(feed, head), run="https://ci.example/1", site="https://preview.example/1/") or ""
    assert text.startswith(MARK)
    for part in (first.id, second.id, "newcomer", "https://ci.example/1", "https://preview.example/1/"):
        assert part in text


def test_a_claim_that_could_not_be_run_is_told(feed: Feed) -> None:
    """Though nothing that did run came out otherwise."""
    lost = feed.claims[0].id
    head = with_claims(feed, *feed.claims[1:]).model_copy(update={"lost": (lost,)})
    assert lost in (comment(Results(feed, head)) or "")


def test_words_of_the_change_do_nothing_in_the_comment(feed: Feed) -> None:
    """No script in a title, no mention, link, image or issue in a value, a case or a fact: they act nowhere."""
    evil = "<script>alert(1)</script> @everyone #1 ![x](https://evil.example/x.png) [y](https://evil.example) <!-- "
    claim = feed.claims[0]
    cell = claim.cells[0].model_copy(update={"case": evil})
    metrics = {"m": next(iter(claim.cells[0].metrics.values())).model_copy(update={"value": evil})}
    changed = flipped(
        claim, title={"en": evil, "zh": evil}, cells=(cell.model_copy(update={"metrics": metrics}), *claim.cells[1:])
    )
    head = with_claims(feed, changed, *feed.claims[1:]).model_copy(update={"source_commit": evil, "generated": evil})
    text = (comment(Results(feed, head)) or "").removeprefix(MARK)
    assert claim.id in text
    assert not re.search(r"<script|<!--|@everyone|(?<!\\)!\[|(?<!\\)\]\(|#1\b|https?://", text)


def test_ten_thousand_flips_fit(feed: Feed) -> None:
    """As many as there is room for, and how many are left out."""
    claim = feed.claims[0]
    many = [claim.model_copy(update={"id": f"claim-{number:05}-{'x' * 40}"}) for number in range(10_000)]
    head = with_claims(feed, *(flipped(one) for one in many))
    text = comment(Results(with_claims(feed, *many), head), run="https://ci.example/1") or ""
    assert 30_000 < len(text.encode()) < 65_000
    assert re.search(r"10[,.]?000", text) and "https://ci.example/1" in text


# ---- GitHub, as far as we ask it ------------------------------------------------------------------------


class Server:
    """A pretended GitHub: its pull requests, its comments and reports, and what was asked."""

    def __init__(self) -> None:
        self.pulls: list[Any] = []
        self.texts: list[Any] = []
        self.asked: list[tuple[str, str, Any]] = []
        self.status = 200

    def request(self, method: str, address: str, *, params: Any, json: Any, headers: Any, **rest: Any) -> Response:
        """Answers in pages, as GitHub does."""
        assert headers["Authorization"] == "Bearer secret" and rest == {"timeout": 30, "allow_redirects": False}
        path = address.removeprefix("https://github.example/repos/o/r/")
        self.asked.append((method, path, json))
        every = self.pulls if path == "pulls" else self.texts
        page = int(params["page"]) if params else 0
        response = Response()
        response.status_code = self.status
        response._content = dumps(every[100 * (page - 1) : 100 * page] if method == "GET" else {}).encode()
        return response


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    pretended = Server()
    monkeypatch.setattr(requests, "request", pretended.request)
    monkeypatch.setenv("GITHUB_API_URL", "https://github.example")
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    return pretended


def pull(number: int, sha: str) -> Any:
    return {"number": number, "head": {"sha": sha}}


def text(id: int, body: str | None, login: str = BOT) -> Any:
    return {"id": id, "number": id, "body": body, "user": {"login": login}}


def written(server: Server) -> list[tuple[str, str, Any]]:
    return [one for one in server.asked if one[0] != "GET"]


def test_the_pull_request_is_the_one_whose_head_github_says_it_is(server: Server) -> None:
    """Found on any page of the answer; none when the head has moved on; several are nobody's."""
    server.pulls = [*(pull(number, OTHER) for number in range(1, 121)), pull(121, SHA)]
    github = GitHub.of_environment()
    assert github.pull_request(SHA) == 121
    assert github.pull_request("c" * 40) is None
    with pytest.raises(EnvironmentFailed, match="120 open pull requests"):
        github.pull_request(OTHER)


def test_one_comment_is_written_once_then_rewritten_and_removed_when_nothing_changes(server: Server) -> None:
    """Somebody else's comment with our mark is not ours."""
    github = GitHub.of_environment()
    server.texts = [text(1, f"{MARK}\nforged", login="somebody"), text(2, None, login="somebody")]
    github.keep_comment(7, MARK, f"{MARK}\nfirst")
    assert written(server) == [("POST", "issues/7/comments", {"body": f"{MARK}\nfirst"})]
    server.texts.append(text(3, f"{MARK}\nfirst"))
    github.keep_comment(7, MARK, f"{MARK}\nsecond")
    github.keep_comment(7, MARK, None)
    assert written(server)[1:] == [
        ("PATCH", "issues/comments/3", {"body": f"{MARK}\nsecond"}),
        ("DELETE", "issues/comments/3", None),
    ]
    server.texts.pop()
    server.asked.clear()
    github.keep_comment(7, MARK, None)
    assert written(server) == []


def test_what_github_refuses_is_told_and_the_token_is_not(server: Server) -> None:
    """With the status and the question."""
    server.status = 403
    with pytest.raises(EnvironmentFailed, match="403 to GET pulls") as error:
        GitHub.of_environment().pull_request(SHA)
    assert "secret" not in str(error.value)


# ---- the commands ------------------------------------------------------------------------------------------


def archive(folder: Path, base: Feed, head: Feed, **more: str) -> Path:
    path = folder / "artifact" / "preview.zip"
    path.parent.mkdir()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, data in {"base.json": write(base), "head.json": write(head), **more}.items():
            file.writestr(name, data)
    path.write_bytes(content.getvalue())
    return path.parent


def claims(*arguments: object) -> Result:
    return CliRunner().invoke(cli.claims, [str(argument) for argument in arguments])


def test_the_comment_goes_to_the_pull_request_of_the_commit(server: Server, feed: Feed, tmp_path: Path) -> None:
    """From the artifact to GitHub in one command."""
    server.pulls = [pull(1, OTHER), pull(2, SHA)]
    folder = archive(tmp_path, feed, with_claims(feed, flipped(feed.claims[0]), *feed.claims[1:]))
    assert claims("comment", folder, "--commit", SHA).exit_code == 0
    ((method, path, sent),) = written(server)
    assert (method, path) == ("POST", "issues/2/comments")
    assert feed.claims[0].id in sent["body"]


@pytest.mark.parametrize("arguments", [["--failed"], ["ARTIFACT"]])
def test_a_failed_job_and_a_refused_artifact_are_told_in_the_comment(
    server: Server, feed: Feed, tmp_path: Path, arguments: list[str]
) -> None:
    """A forged number beside the feeds has the artifact refused, and the comment goes where GitHub says."""
    server.pulls = [pull(2, SHA)]
    folder = archive(tmp_path, feed, feed, **{"number": "1"})
    given = [str(folder) if one == "ARTIFACT" else one for one in arguments]
    ended = claims("comment", *given, "--commit", SHA, "--run", "https://ci.example/1")
    assert (ended.exit_code == 0) == (arguments == ["--failed"])
    assert written(server) == [("POST", "issues/2/comments", {"body": failed("https://ci.example/1")})]


def test_the_comment_can_be_written_to_a_file_without_asking_anybody(
    server: Server, feed: Feed, tmp_path: Path
) -> None:
    """What a workflow does runs locally."""
    folder = archive(tmp_path, feed, with_claims(feed, *feed.claims[1:]))
    assert claims("comment", folder, "--markdown", tmp_path / "comment.md").exit_code == 0
    assert feed.claims[0].id in (tmp_path / "comment.md").read_text()
    assert server.asked == []


def test_one_report_is_opened_then_rewritten_and_closed_when_nothing_flips(server: Server, tmp_path: Path) -> None:
    """Whole lines of a long summary, as many as GitHub takes."""
    summary = tmp_path / "summary.md"
    summary.write_text("| a | b |\n" * 10_000)
    assert claims("report", summary).exit_code == 0
    ((method, path, sent),) = written(server)
    assert (method, path) == ("POST", "issues")
    assert len(sent["body"]) < 65_000 and "The rest is in the summary" in sent["body"]
    server.texts = [text(5, sent["body"])]
    assert claims("report", summary).exit_code == claims("report", "--resolved").exit_code == 0
    assert [one[:2] for one in written(server)[1:]] == [("PATCH", "issues/5"), ("PATCH", "issues/5")]
    assert written(server)[-1][2] == {"state": "closed"}


def test_without_a_repository_and_a_token_it_is_said_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked of anybody."""
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    with pytest.raises(EnvironmentFailed, match="GITHUB_REPOSITORY and GITHUB_TOKEN must be set"):
        GitHub.of_environment()
    assert GitHub("o/r", "t").address == "https://api.github.com"
