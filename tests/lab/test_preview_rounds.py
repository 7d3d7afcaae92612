"""A preview in real containers: both sides of a change take turns, and what it leaves alone runs once or never."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from macros.evidence.observation import Observation
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.results.feed_reading import read_files
from tests.preview_repository import Repository

pytestmark = [pytest.mark.container, pytest.mark.timeout(900)]

NO_ENGINE = {"DOCKER_HOST": "unix:///nowhere/docker.sock"}


def test_a_change_to_one_claim_measures_both_sides_in_the_same_rounds(tmp_path: Path, any_image: str) -> None:
    """Every round has a process of each side, all of them before the next round; the other claim runs once.

    The flip is in the feeds and in the comment. With the same change, a second preview runs nothing.
    """
    repository = Repository.made(tmp_path)
    repository.slow_down()
    done = repository.claims("preview", "--base", "main")
    assert done.returncode == 0, done.stderr
    folder = repository.root / "preview"
    base, head = (feed.claims for feed in read_files(folder / "base.json", folder / "head.json"))
    assert [(one.id, one.verdict.value) for one in base] == [("counts", "confirmed"), ("ticks", "confirmed")]
    assert [(one.id, one.verdict.value) for one in head] == [("counts", "confirmed"), ("ticks", "refuted")]
    sides = [by_experiment(repository, claim.cells[0].experiment) for claim in (base[1], head[1])]
    assert sides[0].started == sides[1].started
    rounds = [side.evidence.observations for side in sides]
    both = min(len(rounds[0]), len(rounds[1]))
    assert both >= 10
    times = [sorted(at(side[number]) for side in rounds) for number in range(both)]
    assert all(before[-1] < after[0] for before, after in itertools.pairwise(times))
    firsts = [at(rounds[0][number]) < at(rounds[1][number]) for number in range(both)]
    assert any(firsts) and not all(firsts), "nobody always goes first"
    assert base[0].cells == head[0].cells
    assert len(list(repository.ledger.glob("records/*/*.json"))) == 2 + 2 * 2
    assert "ticks" in (folder / "comment.md").read_text("utf-8")

    again = repository.claims("preview", "--base", "main", **NO_ENGINE)
    assert again.returncode == 0, again.stderr
    assert json.loads((folder / "head.json").read_text("utf-8"))["mode"] == "frozen"


def by_experiment(repository: Repository, key: str) -> Record:
    (record,) = Ledger(repository.ledger).of_experiment(key)
    return record


def at(seen: Observation) -> float:
    """When a process ran."""
    value = seen.readings["at"]
    assert isinstance(value, float)
    return value
