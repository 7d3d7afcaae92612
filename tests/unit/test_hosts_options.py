"""The options for many hosts: what is refused before anything is asked of a network, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from macros import hosts
from macros.hosts import hosts_of, hosts_options
from macros.problems import InvalidInput
from macros.report.screen import Screen
from macros.run.pool.network import Network
from macros.run.pool.obtain import Hosts


class Heard(Screen):
    """Keeps what it is to say."""

    notes: list[str]

    def note(self, text: str, style: str = "") -> None:
        self.notes.append(text)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Hosts | None, list[str]]]:
    """What a command with these arguments sends its sessions to, and what it warns of."""
    for name in ("HOSTS", "TLS_CA", "TLS_CERT", "TLS_KEY"):
        monkeypatch.delenv(f"CLAIMS_{name}", raising=False)

    def told(*arguments: object) -> tuple[Hosts | None, list[str]]:
        screen = Heard(stderr=True)
        screen.notes = []
        command = click.Command("run", params=list(hosts_options), callback=lambda: hosts_of(screen))
        with command.make_context("run", [str(each) for each in arguments]) as context:
            return command.invoke(context), screen.notes

    return told


def test_without_a_scheduler_everything_runs_here(told: Callable[..., Any]) -> None:
    """A class alone is a mistake."""
    assert told() == (None, [])
    with pytest.raises(click.UsageError, match="name their scheduler with --hosts"):
        told("--on", "numa")


def test_classes_are_of_all_sessions_or_of_some_claims(told: Callable[..., Any]) -> None:
    """A claim's session needs both."""
    found, _ = told("--hosts", "tcp://127.0.0.1:8786", "--on", "big", "--on", "numa=far,near", "--on", "old=far")
    assert found.needed_by("far") == ("big", "numa", "old")
    assert found.needed_by("near") == ("big", "numa")
    assert found.needed_by("plain") == ("big",)


@pytest.mark.parametrize("text", ["", "Big", "a b", "=far", "numa=", "numa=a,,b", "ä", "-x"])
def test_what_is_no_class_is_refused(told: Callable[..., Any], text: str) -> None:
    """Its name would be part of what a host offers."""
    with pytest.raises(click.BadParameter, match="is no class"):
        told("--hosts", "tcp://127.0.0.1:8786", "--on", text)


def test_an_open_network_is_warned_of_and_this_machine_is_none(told: Callable[..., Any]) -> None:
    """Whoever reaches a scheduler can run programs on its hosts."""
    for address in ("tcp://127.0.0.1:8786", "tcp://localhost:8786", "tcp://[::1]:8786"):
        assert told("--hosts", address)[1] == []
    ((note,)) = told("--hosts", "tcp://10.0.0.7:8786")[1]
    assert note == hosts.OPEN_NETWORK.format(address="tcp://10.0.0.7:8786")


@pytest.mark.parametrize(
    "address",
    ["", "scheduler", "scheduler:8786", "http://a:80", "tcp://a", "tcp://a:99999", "tcp://a b:1", "ucx://a:1"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """With what one looks like."""
    with pytest.raises(InvalidInput, match=r"is no scheduler's address; write tcp://host:port or tls://host:port"):
        Network(address).check()


def test_tls_needs_its_three_files_and_files_need_tls(tmp_path: Path) -> None:
    """Which one is missing, or is no file, is named."""
    file = tmp_path / "a.pem"
    file.write_text("x")
    with pytest.raises(InvalidInput, match="needs --tls-cert, --tls-key as well"):
        Network("tls://a:1", ca=file).check()
    with pytest.raises(InvalidInput, match="not encrypted, though there are files for TLS"):
        Network("tcp://a:1", ca=file).check()
    with pytest.raises(InvalidInput, match=r"--tls-key names .*gone.pem, which is no file"):
        Network("tls://a:1", file, file, tmp_path / "gone.pem").check()
    assert not Network("tls://a:1", file, file, file).check().is_open
