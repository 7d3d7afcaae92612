"""What every unit test has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from macros.lab import machine
from tests.ledger_left_alone import ledger_left_alone


@pytest.fixture(autouse=True, scope="package")
def no_ledger_of_the_developer() -> Iterator[None]:
    """Tests use ledgers of their own."""
    with ledger_left_alone():
        yield


@pytest.fixture(autouse=True)
def lock_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Fakes measure nothing: a unit test neither waits for a measurement on this machine nor keeps one waiting."""
    places: tuple[Path, ...] = (tmp_path_factory.mktemp("lock"),)
    monkeypatch.setattr(machine, "PLACES", places)


@pytest.fixture(autouse=True)
def on_no_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test prints does not depend on whether GitHub runs it."""
    for name in ("GITHUB_ACTIONS", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
