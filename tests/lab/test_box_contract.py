"""What every runner's boxes do: the same suite for the tests' fake and for real containers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from macros.lab.box import BoxSpec, Runner
from macros.problems import EnvironmentFailed
from tests.fakes import LocalRunner

Spec = Callable[..., BoxSpec]


@pytest.fixture(params=["local", pytest.param("docker", marks=pytest.mark.container)])
def lab(request: pytest.FixtureRequest) -> Iterator[tuple[Runner, str]]:
    """A runner and the name of an image that it has."""
    if request.param == "local":
        yield LocalRunner(), "image"
        return
    from macros.lab.engine.box import DockerRunner

    with DockerRunner() as runner:
        yield runner, request.getfixturevalue("any_image")


def test_a_script_runs_among_the_files_with_the_environment(lab: tuple[Runner, str]) -> None:
    """Files lie in the work folder, scripts among them may be executed, and the environment is the box's."""
    runner, image = lab
    files = {"a.txt": b"content", "sub/tool": b"#!/bin/sh\necho ran\n"}
    with runner.open(BoxSpec(image, "c", files=files, env={"WORD": "given"})) as box:
        outcome = box.run("cat a.txt; ./sub/tool; echo $WORD", deadline=20)
    assert outcome.stdout == b"contentran\ngiven\n"
    assert outcome.status == 0


def test_streams_are_kept_apart_and_the_status_is_the_process_s(lab: tuple[Runner, str]) -> None:
    """stdout and stderr do not mix, and the exit status is the script's own."""
    runner, image = lab
    with runner.open(BoxSpec(image, "c")) as box:
        outcome = box.run("echo out; echo err >&2; exit 7", deadline=20)
    assert (outcome.stdout, outcome.stderr, outcome.status) == (b"out\n", b"err\n", 7)


def test_a_failing_command_ends_the_script(lab: tuple[Runner, str]) -> None:
    """Scripts run with `set -eu`: nothing goes on after a failure or with an unset variable."""
    runner, image = lab
    with runner.open(BoxSpec(image, "c")) as box:
        assert box.run("false; echo went on", deadline=20).stdout == b""
        assert box.run('echo "$UNSET"; echo went on', deadline=20).stdout == b""


def test_a_process_that_ends_has_delivered_all_of_both_streams(lab: tuple[Runner, str]) -> None:
    """Also one that replaces its shell, fails, or prints nothing: output that is lost must be told from none."""
    runner, image = lab
    with runner.open(BoxSpec(image, "c")) as box:
        for script in ("exec echo x", "exit 3", ":", "printf 'no line feed'", "kill -9 $$"):
            outcome = box.run(script, deadline=20)
            assert outcome.complete
            assert not outcome.lost
            assert b"end" not in outcome.stdout + outcome.stderr


def test_each_script_is_a_fresh_process_in_the_same_folder(lab: tuple[Runner, str]) -> None:
    """What a process writes to the folder stays for the next; its variables do not."""
    runner, image = lab
    with runner.open(BoxSpec(image, "c")) as box:
        box.run("x=1; echo kept > f", deadline=20)
        assert box.run("cat f; echo ${x:-unset}", deadline=20).stdout == b"kept\nunset\n"


def test_boxes_do_not_share_a_folder(lab: tuple[Runner, str]) -> None:
    """What one box writes the next does not see."""
    runner, image = lab
    with runner.open(BoxSpec(image, "c")) as box:
        box.run("echo secret > f", deadline=20)
    with runner.open(BoxSpec(image, "c")) as box:
        assert box.run("ls", deadline=20).stdout == b""


def test_sections_are_marked_on_both_streams(lab: tuple[Runner, str]) -> None:
    """`section NAME` is there in every script."""
    runner, image = lab
    with runner.open(BoxSpec(image, "c")) as box:
        outcome = box.run("section one; echo a", deadline=20)
    assert outcome.stdout == b"\n==> one <==\na\n"
    assert outcome.stderr == b"\n==> one <==\n"


def test_a_late_process_is_killed_and_takes_the_box_with_it(lab: tuple[Runner, str]) -> None:
    """Past the deadline there is no status, and the box can no longer be used."""
    runner, image = lab
    with runner.open(BoxSpec(image, "c")) as box:
        outcome = box.run("echo begun; sleep 60", deadline=1)
        assert outcome.timed_out
        assert outcome.status is None
        assert outcome.stdout == b"begun\n"
        assert outcome.seconds < 30
        with pytest.raises(EnvironmentFailed, match="gone"):
            box.run("true", deadline=1)


def test_output_is_cut_at_the_limit(lab: tuple[Runner, str]) -> None:
    """A stream holds the limit's bytes at most, and the outcome says that it was cut."""
    runner, image = lab
    with runner.open(BoxSpec(image, "c", output=1000)) as box:
        outcome = box.run("head -c 1000 /dev/zero", deadline=20)
        assert (len(outcome.stdout), outcome.truncated) == (1000, False)
        outcome = box.run("head -c 1001 /dev/zero", deadline=20)
        assert (len(outcome.stdout), outcome.truncated) == (1000, True)


def test_a_missing_image_is_a_failure_of_the_environment(lab: tuple[Runner, str]) -> None:
    """It names the image and the next step."""
    runner, _ = lab
    with pytest.raises(EnvironmentFailed, match=r"sha256:0+ is not there; run `claims images`"):
        runner.open(BoxSpec("sha256:" + "0" * 64, "c"))
