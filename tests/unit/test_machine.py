"""Facts about the host that measures, and the lock on it."""

from __future__ import annotations

import contextlib
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from macros.lab import machine
from macros.lab.box import BoxSpec
from macros.lab.engine import host, remembered
from macros.lab.machine import MachineFacts
from macros.problems import BoxFailed
from tests.fakes import LocalRunner

X86 = """\
==> /proc/cpuinfo
processor\t: 0
model name\t: Some CPU @ 2 GHz
physical id\t: 0
processor\t: 1
model name\t: Some CPU @ 2 GHz
physical id\t: 1
==> /proc/self/status
Name:\tcat
Cpus_allowed_list:\t0,2-3
==> /sys/devices/system/node/online
0-1
==> events
cpu
software
==> free
Filesystem 1024-blocks Used Available Capacity Mounted on
overlay 100 58 42 58% /
"""
ARM = """\
==> /proc/cpuinfo
processor\t: 0
CPU implementer\t: 0x41
CPU part\t: 0xd0c
==> /proc/self/status
Cpus_allowed_list:\t0
==> /sys/devices/system/node/online
==> events
software
==> free
"""
INFO = {"Architecture": "x86_64", "KernelVersion": "6.1", "ServerVersion": "24.0.9", "RuncCommit": {"ID": "v1.2"}}


def test_the_host_is_what_a_box_on_it_sees() -> None:
    """Two sockets, two nodes, the processors that it allows, and counters; and the disk's room in bytes."""
    seen = host.read(X86)
    assert seen == host.Seen("Some CPU @ 2 GHz", (0, 2, 3), 2, 2, True, 42 * 1024)
    assert host.facts(seen, INFO) == MachineFacts(
        "x86_64", "Some CPU @ 2 GHz", 3, 2, 2, "6.1", "Docker 24.0.9", "v1.2", True
    )


def test_a_kernel_that_shows_less_is_one_socket_and_one_node() -> None:
    """Arm names its processors by numbers, and small systems have no list of nodes."""
    assert host.read(ARM) == host.Seen("CPU implementer 0x41 CPU part 0xd0c", (0,), 1, 1, False, 0)


def test_a_look_that_failed_gives_no_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts are not made up where the box cannot say them."""
    monkeypatch.setattr(host, "LOOK", "echo no proc here >&2; exit 3")
    with LocalRunner().open(BoxSpec("image", "c")) as box, pytest.raises(BoxFailed, match="looked at: no proc here"):
        host.look(box)


def here(**changes: object) -> dict[str, object]:
    """What an engine on this very machine says of itself."""
    return {"KernelVersion": platform.release(), "NCPU": os.cpu_count(), "ID": "ABCD", **changes}


def test_facts_are_remembered_while_nothing_that_could_be_noticed_has_changed(tmp_path: Path) -> None:
    """Another engine or kernel, another day: the host is looked at again. So is one that may be elsewhere."""
    file, seen = tmp_path / "cache" / "machine.json", host.read(X86)
    assert remembered.recall(file, here()) is None
    remembered.note(file, here(), seen)
    assert remembered.recall(file, here()) == seen
    assert remembered.recall(file, here(ID="EFGH")) is None
    assert remembered.recall(file, here(), now=time.time() + remembered.SECONDS + 1) is None
    assert remembered.recall(file, here(), now=time.time() - 60) is None
    file.write_text("[]", encoding="utf-8")
    assert remembered.recall(file, here()) is None
    for elsewhere in (here(KernelVersion="0.1"), here(NCPU=4096)):
        remembered.note(file, elsewhere, seen)
        assert remembered.recall(file, elsewhere) is None
    remembered.note(file / "no-folder", here(), seen)  # A pity, and no failure.


@contextlib.contextmanager
def held(place: Path, how: str) -> Iterator[subprocess.Popen[str]]:
    """The lock, held by another process."""
    code = (
        "import sys; from pathlib import Path; from macros.lab import machine\n"
        f"with machine.{how}(where=Path({str(place)!r})): print('held', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == "held\n"
    try:
        yield child
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()


@pytest.mark.parametrize(
    ("first", "second", "waits"),
    [
        ("alone", "alone", True),
        ("alone", "in_company", True),
        ("in_company", "alone", True),
        ("in_company", "in_company", False),
    ],
)
def test_nothing_that_disturbs_goes_on_beside_a_measurement(
    tmp_path: Path, first: str, second: str, waits: bool
) -> None:
    """Measuring waits for inspecting and building and the other way round; those go on side by side."""
    waited = threading.Event()
    with held(tmp_path, first) as other:

        def on_wait() -> None:
            waited.set()
            other.kill()  # The kernel frees the lock of a killed run.

        with getattr(machine, second)(on_wait, where=tmp_path):
            assert waited.is_set() == waits


def test_the_lock_is_on_a_folder_of_root_s_and_not_reached_through_a_link(tmp_path: Path) -> None:
    """There is no file that somebody could plant; TMPDIR and the user have no part in it."""
    place = machine.place()
    assert place.stat().st_uid == 0
    assert not place.is_symlink()
    (tmp_path / "link").symlink_to(place)
    with pytest.raises(OSError, match="link"), machine.alone(where=tmp_path / "link"):
        raise AssertionError("it was opened")


def test_the_lab_can_be_imported_on_a_system_without_locks_and_affinity() -> None:
    """A site is built from a ledger on macOS and Windows too; what only Linux has is asked for when something runs."""
    code = (
        "import os, pkgutil, importlib, sys\n"
        "sys.modules['fcntl'] = None\n"
        "import docker, filelock, pint, pydantic, yaml\n"
        "for name in ('sched_getaffinity', 'geteuid', 'getuid', 'uname', 'O_NOFOLLOW', 'O_DIRECTORY'):\n"
        "    delattr(os, name)\n"
        "import macros.lab\n"
        "for module in pkgutil.walk_packages(macros.lab.__path__, 'macros.lab.'):\n"
        "    importlib.import_module(module.name)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
