"""What every runner's boxes do: the same suite for the tests' fake and for real containers."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from macros.lab.box import BoxSpec, Runner
from macros.lab.machine import MachineFacts
from macros.problems import BoxFailed, EnvironmentFailed
from tests.fakes import TOO_LARGE, LocalRunner

Spec = Callable[..., BoxSpec]


@pytest.fixture(params=["local", pytest.param("docker", marks=pytest.mark.container)])
def lab(request: pytest.FixtureRequest) -> Iterator[tuple[Runner, str]]:
    """A runner and the name of an image that it has."""
    if request.param == "local":
        yield LocalRunner(), "image"
        return
    from macros.lab.engine.runner import DockerRunner

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
        with pytest.raises(BoxFailed, match="gone"):
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
    """It names the image and the next step, and is no failure of one box alone."""
    runner, _ = lab
    with pytest.raises(EnvironmentFailed, match=r"sha256:0+ does not exist; run `claims images`") as failure:
        runner.open(BoxSpec("sha256:" + "0" * 64, "c"))
    assert not isinstance(failure.value, BoxFailed)


@pytest.mark.parametrize("spec", [{"env": {"": "x"}}, {"env": {"A\0B": "x"}}, {"disk": TOO_LARGE}], ids=str)
def test_a_box_that_cannot_be_made_is_its_own_failure(lab: tuple[Runner, str], spec: dict[str, Any]) -> None:
    """Whatever a claim asks for, the boxes of others are made."""
    runner, image = lab
    with pytest.raises(BoxFailed, match="for strange"):
        runner.open(BoxSpec(image, "strange", **spec))
    with runner.open(BoxSpec(image, "c")) as box:
        assert box.run("echo fine", deadline=20).stdout == b"fine\n"


def test_a_script_that_kills_what_started_it_loses_its_own_box_alone(lab: tuple[Runner, str]) -> None:
    """There is then nobody who would have cleaned up after it, so the box is of no more use; others go on."""
    runner, image = lab
    with runner.open(BoxSpec(image, "c")) as box, runner.open(BoxSpec(image, "c")) as other:
        with pytest.raises(BoxFailed, match="killed what started it"):
            box.run("sleep 60 >/dev/null 2>&1 & kill -KILL $PPID; sleep 60", deadline=30)
        with pytest.raises(BoxFailed, match="gone"):
            box.run("true", deadline=20)
        assert other.run("echo fine", deadline=20).stdout == b"fine\n"


def test_what_a_script_leaves_behind_is_gone_before_its_outcome_is_known(lab: tuple[Runner, str]) -> None:
    """It must run beside no later sample, and nobody waits for it even where it holds the streams."""
    runner, image = lab
    with runner.open(BoxSpec(image, "c")) as box:
        outcome = box.run("sleep 60 & echo $! >left; echo said", deadline=50)
        assert (outcome.stdout, outcome.status) == (b"said\n", 0)
        assert outcome.seconds < 30
        state = "sed -n 's/^State:[[:space:]]*//p' /proc/$(cat left)/status 2>/dev/null || :"
        assert box.run(state, deadline=20).stdout[:1] in (b"", b"Z")


def test_a_box_has_all_processors_or_one(lab: tuple[Runner, str]) -> None:
    """Which one is the runner's business."""
    runner, image = lab
    with runner.open(BoxSpec(image, "c", cpus="one")) as box:
        assert box.run("nproc", deadline=20).stdout == b"1\n"


def test_the_facts_of_the_machine_stay_and_survive_json(lab: tuple[Runner, str]) -> None:
    """Asked twice they are the same, and the processors are as many as the facts say."""
    runner, _ = lab
    facts = runner.facts()
    assert runner.facts() == facts
    assert MachineFacts.from_json(json.loads(json.dumps(facts.to_json()))) == facts
    assert len(runner.cpus()) == facts.cores >= 1


def test_a_runner_that_is_closed_ends_what_is_under_way_and_opens_no_more(lab: tuple[Runner, str]) -> None:
    """From another thread, at once and twice: that is what Ctrl-C does."""
    runner, image = lab
    box = runner.open(BoxSpec(image, "c"))
    stop = threading.Timer(1.0, runner.close)
    stop.start()
    begun = time.monotonic()
    assert box.run("sleep 60", deadline=50).status is None
    assert time.monotonic() - begun < 20
    stop.join()
    runner.close()
    with pytest.raises(EnvironmentFailed, match="stopped"):
        runner.open(BoxSpec(image, "c"))
