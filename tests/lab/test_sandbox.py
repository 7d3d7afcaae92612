"""What a container can and cannot do, seen from inside."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import docker
import pytest

from macros.lab import sandbox
from macros.lab.box import BoxSpec
from macros.lab.engine.box import DockerRunner
from macros.lab.engine.reaper import PROJECT, owner

pytestmark = pytest.mark.container


@pytest.fixture
def runner() -> Iterator[DockerRunner]:
    with DockerRunner() as runner:
        yield runner


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
        assert float(labels[sandbox.DEADLINE_LABEL]) > time.time()
    with pytest.raises(docker.errors.NotFound):
        client.inspect_container(box.container)


def test_containers_of_a_killed_run_are_reaped_by_the_next(any_image: str) -> None:
    """After SIGKILL nobody cleans up; the next start does, and leaves a living run's containers alone."""
    code = (
        "import sys, time; from macros.lab.docker_box import DockerRunner; from macros.lab.box import BoxSpec\n"
        f"box = DockerRunner().open(BoxSpec({any_image!r}, 'c')); print(box.container, flush=True); time.sleep(600)"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    orphan = child.stdout.readline().strip()
    client = docker.APIClient()
    with DockerRunner() as runner:
        alive = runner.open(BoxSpec(any_image, "c"))
        runner.reap()
        assert client.inspect_container(orphan)["State"]["Running"]
        child.kill()
        child.wait()
        assert runner.reap() >= 1
        with pytest.raises(docker.errors.NotFound):
            client.inspect_container(orphan)
        assert client.inspect_container(alive.container)["State"]["Running"]


def test_an_owner_is_known_by_its_start_and_not_by_its_number_alone() -> None:
    """A process number that is used again is another owner."""
    child = subprocess.Popen(["sleep", "60"])
    before = owner(child.pid)
    child.kill()
    child.wait()
    assert owner(child.pid) != before
