"""The null control in a real box: two binaries of one program."""

from __future__ import annotations

import random

import pytest

from macros.lab.engine.runner import DockerRunner
from macros.lab.null_control import NullControl

pytestmark = [pytest.mark.container, pytest.mark.alone]


def test_its_two_sides_are_two_arrangements_of_the_same_code(any_image: str) -> None:
    """Two copies of one binary would agree whatever a layout does, and the control could not fire on it."""
    with DockerRunner() as runner:
        control = NullControl(runner, any_image, random.Random(1))
        control.open()
        assert control.box is not None
        digests = control.box.run("sha256sum null-[0-9]*", deadline=60).stdout.decode().splitlines()
        seconds, witnesses = control.read()
        control.close()
    assert len(digests) == len({line.split()[0] for line in digests}) == 2
    assert min(seconds) > 0
    assert witnesses
