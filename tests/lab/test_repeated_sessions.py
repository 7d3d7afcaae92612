"""Two hours of repeated sessions can be interrupted, and each run adds those that are missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.again import verify_again

pytestmark = pytest.mark.container

Write = Callable[..., Path]


def test_sessions_begin_while_there_is_time_and_every_second_one_is_beside_a_load(
    catalogue: Write, tmp_path: Path
) -> None:
    """Past the end none begins; a whole run is kept, so that its figure can be had again."""
    root = catalogue("counts").parent
    file = tmp_path / "kept.jsonl"
    ended = verify_again(root, 3, 1, -1.0, file)
    assert ended.sessions == () and not file.exists()
    whole = verify_again(root, 2, 1, 5, file)
    assert [session.verdicts for session in whole.sessions] == [{"case-0": "confirmed"}] * 2
    assert [session.load for session in whole.sessions] == ["none", "a loop on the cell's core"]
    assert verify_again(root, 2, 1, -1, file).sessions == whole.sessions


def test_an_interrupted_run_goes_on_from_the_sessions_that_it_kept_of_the_same_claim(
    catalogue: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was kept is not measured again; after an edit of the program it is of another claim and does not count."""
    root = catalogue("counts").parent
    file = tmp_path / "kept.jsonl"
    monkeypatch.setattr("bench.again.time", Ticking(2))
    first = verify_again(root, 3, 1, 1, file).sessions
    assert len(first) == len(file.read_text("utf-8").splitlines()) == 2
    assert verify_again(root, 3, 1, -1, file).sessions == first
    catalogue("counts", before="true")
    assert verify_again(root, 3, 1, -1, file).sessions == ()


class Ticking:
    """A clock that stands still until it was asked so many times after the first, and then is past any end."""

    def __init__(self, times: int) -> None:
        self.left = times + 1

    def monotonic(self) -> float:
        self.left -= 1
        return 0.0 if self.left >= 0 else 1e9
