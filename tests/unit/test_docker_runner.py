"""What the Docker runner does without an engine: who is told to go, and when."""

from __future__ import annotations

from typing import cast

import pytest

from macros.lab.engine.container import DockerBox
from macros.lab.engine.runner import DockerRunner


def test_a_box_that_was_being_made_while_the_runner_closed_is_removed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing twice is safe, and what turns up in between is not forgotten."""
    removed: list[str] = []
    monkeypatch.setattr(DockerRunner, "_remove", lambda self, container: removed.append(container))
    runner = DockerRunner()
    runner._open["early"] = cast(DockerBox, object())
    runner.close()
    assert removed == ["early"]
    runner._open["late"] = cast(DockerBox, object())
    runner.close()
    assert removed == ["early", "late"]
    runner.forget("late")
    assert removed == ["early", "late"]
