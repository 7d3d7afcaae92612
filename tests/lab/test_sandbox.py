"""What a container can and cannot do, seen from inside."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import docker
import pytest

from macros.lab import sandbox
from macros.lab.box import BoxSpec
from macros.lab.engine.reaper import PROJECT
from macros.lab.engine.runner import DockerRunner
from macros.lab.images.recipes import INSIDE
from macros.problems import BoxFailed

pytestmark = pytest.mark.container


@pytest.fixture
def runner() -> Iterator[DockerRunner]:
    with DockerRunner() as runner:
        yield runner


@pytest.mark.hostile("Reach")
def test_nothing_inside_has_privileges(runner: DockerRunner, any_image: str) -> None:
    """No capability, no new privileges, a seccomp filter, and not root."""
    with runner.open(BoxSpec(any_image, "c")) as box:
        said = box.run("id -u; grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status", deadline=20).stdout
    lines = said.decode().split("\n")
    assert lines[0] == str(sandbox.UID)
    assert dict(line.split(":\t") for line in lines[1:5]) == {
        "CapEff": "0" * 16,
        "CapBnd": "0" * 16,
        "NoNewPrivs": "1",
        "Seccomp": "2",
    }


@pytest.mark.hostile("Reach")
def test_the_root_is_read_only_and_there_is_no_network(runner: DockerRunner, any_image: str) -> None:
    """Nothing but the work folder and /tmp can be written, and loopback is the only interface."""
    with runner.open(BoxSpec(any_image, "c")) as box:
        said = box.run(
            "for d in / /usr /etc /opt; do touch $d/x 2>/dev/null && echo wrote $d; done; touch here /tmp/here; "
            "tail -n +3 /proc/net/dev | cut -d: -f1",
            deadline=20,
        )
    assert said.stdout.decode().split() == ["lo"]


def test_memory_is_limited_and_running_out_is_seen(runner: DockerRunner, any_image: str) -> None:
    """The kernel's kill is reported even where the script hides it."""
    with runner.open(BoxSpec(any_image, "c", memory=64 * 2**20)) as box:
        assert not box.run("true", deadline=20).out_of_memory
        assert box.run("head -c 300000000 /dev/zero | tail -c 250000000 | wc -c || true", deadline=30).out_of_memory


def test_the_work_folder_and_the_processes_are_limited(runner: DockerRunner, any_image: str) -> None:
    """A full folder is an error of the process; a bomb of processes is refused."""
    with runner.open(BoxSpec(any_image, "c", disk=2**20, processes=32)) as box:
        assert box.run("head -c 5000000 /dev/zero > f", deadline=20).status != 0
        bomb = "for i in $(seq 100); do sleep 5 & done; wait"
        assert b"fork" in box.run(bomb + " || true", deadline=30).stderr


def test_containers_are_labelled_and_gone_after_the_run(any_image: str) -> None:
    """Every container says whose it is; a closed runner leaves none behind."""
    client = docker.APIClient()
    with DockerRunner() as runner:
        box = runner.open(BoxSpec(any_image, "some-claim"))
        labels = client.inspect_container(box.container)["Config"]["Labels"]
        assert labels[sandbox.PROJECT_LABEL] == PROJECT
        assert labels[sandbox.CLAIM_LABEL] == "some-claim"
    with pytest.raises(docker.errors.NotFound):
        client.inspect_container(box.container)


HOLDER = """
import sys, time
from macros.lab.box import BoxSpec
from macros.lab.engine.runner import DockerRunner
from macros.lab.images.recipes import INSIDE
box = DockerRunner().open(BoxSpec({image!r}, "c", lifetime={lifetime}))
print(box.container, flush=True)
time.sleep(600)
"""


@contextlib.contextmanager
def held_by_another_run(image: str, lifetime: float = 3600.0) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A box that another process holds, and its container."""
    code = HOLDER.format(image=image, lifetime=lifetime)
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        yield child, child.stdout.readline().strip()
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def exists(container: str) -> bool:
    try:
        docker.APIClient().inspect_container(container)
    except docker.errors.NotFound:
        return False
    return True


def wait_until_gone(container: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while exists(container):
        assert time.monotonic() < end, "it stays"
        time.sleep(0.1)


@pytest.mark.hostile("Resources")
def test_containers_of_a_killed_run_end_by_themselves_and_those_of_a_living_one_stay(any_image: str) -> None:
    """After SIGKILL nobody cleans up: the box ends with the connection that held it. No other run has a say in it."""
    with held_by_another_run(any_image) as (child, container), DockerRunner() as runner:
        runner.reap()
        time.sleep(2)
        assert docker.APIClient().inspect_container(container)["State"]["Running"]
        child.kill()
        wait_until_gone(container)


def test_a_run_that_hangs_loses_its_box_at_the_end_of_its_lifetime(any_image: str) -> None:
    """On the engine's own host, whatever holds up the process that opened it."""
    with held_by_another_run(any_image, lifetime=3) as (child, container):
        child.send_signal(signal.SIGSTOP)
        wait_until_gone(container)


def test_what_was_made_and_never_started_is_reaped_when_it_is_old(
    any_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is killed in that moment leaves such a container; a young one is another run's that is about to."""
    # A project of its own: of any age, a box that another test is about to start would be taken for one left behind.
    monkeypatch.setattr("macros.lab.engine.reaper.PROJECT", "left-behind")
    client = docker.APIClient()
    made = client.create_container(any_image, ["true"], labels={sandbox.PROJECT_LABEL: "left-behind"})["Id"]
    with DockerRunner() as runner:
        runner.reap()
        assert exists(made)
        monkeypatch.setattr("macros.lab.engine.reaper.AGE_SECONDS", 0.0)
        time.sleep(1.1)  # The engine's list counts in seconds.
        runner.reap()
        assert not exists(made)


@pytest.mark.hostile("Reach")
@pytest.mark.parametrize("script", ["pkill -KILL sleep", "pkill -KILL cat", "pkill -KILL timeout", "kill -KILL 1"])
def test_no_script_ends_its_box(runner: DockerRunner, any_image: str, script: str) -> None:
    """What holds the box open is another user's process: the script's own user cannot signal it."""
    with runner.open(BoxSpec(any_image, "c")) as box:
        box.run(f"{script} || :", deadline=20)
        assert box.run("echo fine", deadline=20).stdout == b"fine\n"


LEFTOVERS = {
    "a daemon that stays behind": (
        "setsid sh -c 'trap \"\" HUP INT TERM; while :; do :; done' >/dev/null 2>&1 & sleep 0.1"
    ),
    "a stopped process that stays behind": "sh -c 'kill -STOP $$' >/dev/null 2>&1 & sleep 0.1",
    "a process that stays behind and forks for ever": (
        "echo 'while :; do setsid sh ../bomb & done' >../bomb; setsid sh ../bomb >/dev/null 2>&1 & sleep 0.2"
    ),
    "a process that hands over to a child and ends, again and again": (
        "echo 'setsid sh ../relay & exit' >../relay; for i in 1 2 3; do sh ../relay >/dev/null 2>&1; done; sleep 0.1"
    ),
    "a process that takes long to die": (
        "perl -e '$x = qq(a) x 7e8; open F, q(>../ready); close F; sleep 60' >/dev/null 2>&1 &\n"
        "until [ -e ../ready ]; do sleep 0.05; done"
    ),
}
OTHERS = """
for place in /proc/[0-9]*; do
    pid=${place#/proc/}
    [ $pid = $$ ] || [ $pid = $PPID ] || ! kill -0 $pid 2>/dev/null || { echo $pid; cat $place/stat; }
done
"""
"""Lists what a script's user may signal, but for itself and the shell that watches it."""


@pytest.mark.hostile("Resources")
@pytest.mark.parametrize("script", LEFTOVERS.values(), ids=LEFTOVERS.keys())
def test_what_a_script_leaves_behind_is_gone_when_the_next_one_begins(
    runner: DockerRunner, any_image: str, script: str
) -> None:
    """The process is gone, and its memory given back, before the next script begins."""
    with runner.open(BoxSpec(any_image, "c", memory=2**31, processes=64)) as box:
        box.run(script, deadline=30)
        assert box.run(OTHERS, deadline=20).stdout == b""


@pytest.mark.hostile("Resources")
def test_a_starter_ends_with_what_it_cannot_get_rid_of(runner: DockerRunner, any_image: str) -> None:
    """No later process runs beside it: the box is lost. Here nothing is killed, as if it could not be."""
    files = {
        "starter.c": (INSIDE / "starter.c").read_bytes().replace(b"LEAVE_SECONDS = 30", b"LEAVE_SECONDS = 1"),
        "harmless.c": b'#include <signal.h>\n#define kill(process, number) ((void)0)\n#include "starter.c"\n',
    }
    script = "sleep 60 >/dev/null 2>&1 &\n"
    asked = f"word 0 {len(script)}\n{script}word 0 6\necho x\n".replace("\n", "\\n")
    with runner.open(BoxSpec(any_image, "c", files=files)) as box:
        said = box.run(f"gcc -o harmless harmless.c; printf '{asked}' | ./harmless . :; exit $?", deadline=30)
    assert (said.status, b"cannot be killed" in said.stderr) == (125, True)
    assert b"word" not in said.stdout + said.stderr
    assert b"x\n" not in said.stdout


def test_a_starter_does_not_work_as_root(runner: DockerRunner, any_image: str) -> None:
    """It kills every process that its user may signal, which for root are all. Here it is only told that it is root."""
    files = {
        "starter.c": (INSIDE / "starter.c").read_bytes(),
        "root.c": b"#include <signal.h>\n#include <unistd.h>\n#define kill(process, number) ((void)0)\n"
        b'#define getuid() 0\n#include "starter.c"\n',
    }
    script = "gcc -o root root.c; printf 'word 0 6\\necho x\\n' | ./root . :; exit $?"
    with runner.open(BoxSpec(any_image, "c", files=files)) as box:
        said = box.run(script, deadline=30)
    assert (said.status, said.stdout) == (125, b"")
    assert b"not as root" in said.stderr


LOOKS = (
    "cat /proc/$PPID/fd/0",
    "cat /proc/$PPID/environ",
    "head -c 1 /proc/$PPID/mem",
    "strace -p $PPID -o trace",
    "ls -l /proc/$PPID/fd/ | grep pipe",
    "cat /proc/$PPID/maps | grep .",
)
STARTERS = {"the box": False, "the sentinel": True}


@pytest.mark.hostile("Reach")
@pytest.mark.parametrize(
    ("script", "watched"),
    [
        pytest.param(script, watched, id=f"{script}, of {starter}")
        for starter, watched in STARTERS.items()
        for script in LOOKS
    ],
)
def test_a_script_cannot_look_into_what_started_it(
    runner: DockerRunner, any_image: str, script: str, watched: bool
) -> None:
    """The script learns neither the word by which the host recognises its end, nor what the sentinel will report."""
    with runner.open(BoxSpec(any_image, "c")) as box:
        outcome = box.run(f"timeout 2 {script} && echo did || exit 3", deadline=20, watched=watched)
    assert (outcome.status, outcome.stdout) == (3, b"")


@pytest.mark.hostile("Reach")
def test_a_script_that_writes_ends_of_its_own_has_not_ended(runner: DockerRunner, any_image: str) -> None:
    """Such ends are output like any other: the status, the streams and the next script are as they should be."""
    forged = r"printf '\036guess\036'; printf '\036status=0 \036guess\036' >&2; "
    with runner.open(BoxSpec(any_image, "c")) as box:
        outcome = box.run(forged + "sleep 0.2; echo late; exit 4", deadline=20)
        assert (outcome.status, outcome.stdout) == (4, b"\x1eguess\x1elate\n")
        assert outcome.stderr == b"\x1estatus=0 \x1eguess\x1e"
        assert box.run("echo fine", deadline=20).stdout == b"fine\n"


@pytest.mark.parametrize("signal", ["TERM", "INT", "HUP", "PIPE", "USR1", "ALRM"])
def test_a_signal_that_can_be_ignored_does_not_end_what_starts_scripts(
    runner: DockerRunner, any_image: str, signal: str
) -> None:
    """And each script has it as it is by default."""
    with runner.open(BoxSpec(any_image, "c")) as box:
        assert box.run(f"kill -{signal} $PPID; echo on", deadline=20).stdout == b"on\n"
        assert box.run(f"sh -c 'kill -{signal} $$; echo on' || :", deadline=20).stdout == b""


@pytest.mark.hostile("Reach")
def test_what_a_script_does_to_its_streams_is_undone(runner: DockerRunner, any_image: str) -> None:
    """The next script shares the streams, and would lose output on one that does not block."""
    setting = "perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, O_NONBLOCK | O_WRONLY); fcntl(STDERR, F_SETFL, O_NONBLOCK)'"
    with runner.open(BoxSpec(any_image, "c")) as box:
        assert box.run(setting, deadline=20).status == 0
        seen = box.run("sed -n 's/^flags:[[:space:]]*//p' /proc/self/fdinfo/1", deadline=20).stdout
    assert int(seen, 8) & os.O_NONBLOCK == 0


def test_a_script_writes_to_its_files_and_folders_though_they_are_the_keeper_s(
    runner: DockerRunner, any_image: str
) -> None:
    """Change, remove, add, and run; in the work folder, the one of sources, a deeper one and TMPDIR."""
    files = {"a.txt": b"a", "deep/b.txt": b"b", "deep/run": b"#!/bin/sh\necho ran\n"}
    with runner.open(BoxSpec(any_image, "c", files=files)) as box:
        outcome = box.run(
            "echo more >>a.txt; rm deep/b.txt; touch deep/c.txt ../d.txt $TMPDIR/e; ./deep/run; cat a.txt", deadline=20
        )
    assert outcome.stdout == b"ran\namore\n", outcome.stderr


@pytest.mark.hostile("Reach")
def test_a_container_that_dies_loses_its_own_cell_alone(runner: DockerRunner, any_image: str) -> None:
    """Whoever ended the container from outside, its box is gone and others are opened."""
    client = docker.APIClient()
    with runner.open(BoxSpec(any_image, "c")) as box:
        client.remove_container(box.container, force=True)
        with pytest.raises(BoxFailed):
            box.run("true", deadline=20)
    with runner.open(BoxSpec(any_image, "c")) as box:
        threading.Timer(0.5, client.kill, [box.container]).start()
        with pytest.raises(BoxFailed):
            box.run("sleep 30", deadline=20)
    with runner.open(BoxSpec(any_image, "c")) as box:
        assert box.run("echo fine", deadline=20).stdout == b"fine\n"
