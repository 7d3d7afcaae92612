"""A lab without an engine: real processes on this machine, which may call itself any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from macros.lab.box import BoxSpec, Runner
from macros.lab.images.building import OnStep
from macros.lab.machine import MachineFacts
from macros.lab.setup import Leave
from macros.problems import BoxFailed, EnvironmentFailed
from tests.fakes import LocalBox, LocalRunner

HERE = MachineFacts(
    architecture="x86_64", cpu="Example CPU", cores=2, sockets=1, numa_nodes=1, kernel="6.1", engine="fake 1",
    runc="1.1", counters=False,
)  # fmt: skip


class FakeLab:
    """Says of every toolchain that its image holds `content`. `asked` notes which images it had to give."""

    def __init__(self, facts: MachineFacts = HERE, content: str = "c" * 64, recipe: str = "e" * 64) -> None:
        self.facts = facts
        self.content = content
        self.recipe = recipe
        self.asked: list[str] = []
        self.unopenable: str | None = None
        self.gone: str | None = None

    def elsewhere(self, **facts: object) -> FakeLab:
        """The same lab on another machine."""
        return FakeLab(replace(self.facts, **facts), self.content, self.recipe)

    def ready(self, leave: Leave, on_step: OnStep) -> None:
        if self.gone is not None:
            raise EnvironmentFailed(self.gone)

    def recipes(self, names: Sequence[str]) -> Mapping[str, str]:
        return dict.fromkeys(names, self.recipe)

    def images(self, names: Sequence[str], leave: Leave, on_step: OnStep) -> Mapping[str, Mapping[str, str]]:
        self.asked.extend(names)
        facts = {"image": "image", "image_content": self.content, "toolchain": "1.22", "base_supplier": "x"}
        return dict.fromkeys(names, facts)

    @contextmanager
    def runner(self) -> Iterator[Runner]:
        yield _Runner(self)


class _Runner(LocalRunner):
    def __init__(self, lab: FakeLab) -> None:
        super().__init__(machine=lab.facts)
        self._lab = lab

    def open(self, spec: BoxSpec) -> LocalBox:
        if spec.claim == self._lab.unopenable:
            raise BoxFailed("this box cannot be made")
        return super().open(spec)
