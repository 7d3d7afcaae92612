"""What the steps of the program ask of a lab: an engine that answers, images, and a runner.

The Docker one is what users have; tests pass another, and nothing else in the program names an engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from macros.lab.box import Runner
from macros.lab.engine.runner import DockerRunner
from macros.lab.images import building
from macros.lab.images.building import OnStep
from macros.lab.images.pins import Toolchains
from macros.lab.setup import Leave
from macros.problems import EnvironmentFailed


class Lab(Protocol):
    def ready(self, leave: Leave, on_step: OnStep) -> None:
        """See that there is something to run boxes on. Raises EnvironmentFailed with the next step."""
        ...

    def recipes(self, names: Sequence[str]) -> Mapping[str, str]:
        """What finds each toolchain's image, without any engine: a digest by name."""
        ...

    def images(self, names: Sequence[str], leave: Leave, on_step: OnStep) -> Mapping[str, Mapping[str, str]]:
        """What a record says of each toolchain's image (`Image.describe`), which is built if it is not there."""
        ...

    def runner(self) -> AbstractContextManager[Runner]:
        """A runner that has removed what killed runs left behind, for the time of a run."""
        ...


class DockerLab:
    """The lab of a project: the engine that the environment names, and images by the project's Dockerfile and pins."""

    def __init__(self, toolchains: Toolchains, root: Path) -> None:
        self._toolchains = toolchains
        self._root = root

    def ready(self, leave: Leave, on_step: OnStep) -> None:
        building.ensure_any(self._toolchains, root=self._root, leave=leave, on_step=on_step)

    def recipes(self, names: Sequence[str]) -> Mapping[str, str]:
        return building.recipe_digests(self._toolchains, names, self._root)

    def images(self, names: Sequence[str], leave: Leave, on_step: OnStep) -> Mapping[str, Mapping[str, str]]:
        images = building.ensure(self._toolchains, names, root=self._root, leave=leave, on_step=on_step)
        return {name: image.describe() for name, image in images.items()}

    @contextmanager
    def runner(self) -> Iterator[Runner]:
        with DockerRunner(memory=_memory(self._root)) as runner:
            runner.reap()
            yield runner


def machine_now(root: Path) -> dict[str, Any] | None:
    """The facts of the machine that a run would be on; None where no engine answers. Starts none and runs no claim."""
    try:
        with DockerRunner(memory=_memory(root)) as runner:
            return runner.facts().to_json()
    except EnvironmentFailed:
        return None


def _memory(root: Path) -> Path:
    return root / building.CACHE / "machine.json"
