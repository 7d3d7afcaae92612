"""A host without an engine, as a process of its own: it joins a scheduler and runs sessions as plain processes.

`python -m tests.fake_host JSON`, where the JSON says `address`, `claims`, `name`, `ledger`, and perhaps `classes`,
`facts`, `content`, `broken` (what its engine says instead of running anything), `program`, `tls` (ca, cert, key). Its
lock for measuring is its own, as that of another machine is.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from macros.lab import machine
from macros.lab.box import Runner
from macros.problems import EnvironmentFailed
from macros.run.pool.messages import Card
from macros.run.pool.network import Network
from macros.run.pool.worker import Worker
from macros.run.progress import Progress
from macros.run.tree import Tree
from macros.steps import load
from tests.fake_lab import FakeLab


class Broken(FakeLab):
    """An engine that fails as soon as it is to run something."""

    said = ""

    @contextmanager
    def runner(self) -> Iterator[Runner]:
        raise EnvironmentFailed(self.said)
        yield


class Spoken(Progress):
    def stage(self, text: str, slots: int = 1) -> None:
        print(text, flush=True)


def main(told: dict[str, object]) -> None:
    os.environ["CLAIMS_LEDGER"] = str(told["ledger"])
    machine.PLACES = (Path(tempfile.mkdtemp()),)  # type: ignore[assignment]
    inputs = load(Path(str(told["claims"])))
    lab = (Broken if "broken" in told else FakeLab)(content=str(told.get("content", "c" * 64)))
    lab = lab.elsewhere(**told.get("facts", {})) if "facts" in told else lab  # type: ignore[arg-type]
    if isinstance(lab, Broken):
        lab.said = str(told["broken"])
    recipes = lab.recipes(inputs.toolchains.names)
    images = lab.images(inputs.toolchains.names, None, lambda name, text: None)  # type: ignore[arg-type]
    card = Card(
        name=str(told["name"]),
        program=str(told.get("program") or Tree.of(inputs).program),
        facts=lab.facts.to_json(),
        images={recipes[name]: images[name] for name in inputs.toolchains.names},
        classes=tuple(told.get("classes", ())),  # type: ignore[arg-type]
    )
    network = Network(str(told["address"]), *(Path(file) for file in told.get("tls", ())))  # type: ignore[attr-defined]
    Worker(network, card, lab, inputs, Spoken()).work()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
