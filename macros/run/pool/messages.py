"""What a run and its hosts say to each other: each message is a value, and travels as JSON text.

A host offers, and a session needs: the same program, images with the same content, and the classes of machines that a
run asks for. What is needed is compared with what is offered by the scheduler, so that a host that joins later gets
work if it fits and never if it does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from macros.ledger.record import Record
from macros.run.session import Fault, Session, Value

_DIGITS = 16
"""Of a digest, in the name of what is offered."""


class Card(Value):
    """What a host is. `facts`: those of the machine that owns its engine. `images`: what it has, by recipe.

    `runtime`: what it can start containers with, besides its engine's default.
    """

    name: str
    program: str
    facts: Mapping[str, str | int | bool]
    images: Mapping[str, Mapping[str, str]]
    classes: tuple[str, ...] = ()
    runtime: str = ""

    @property
    def offers(self) -> frozenset[str]:
        contents = {image["image_content"] for image in self.images.values()}
        return _named(self.program, contents, self.classes, {self.runtime})


class Errand(Value):
    """A session for one host. `run`: of a fresh run, its name; then a record counts only if that run made it."""

    session: Session
    run: str = ""


class Answer(Value):
    """What a session came to on a host. `failed`: what ended it there before its end; it can be sent to another host.

    `looked_up`: how many of the records the host had already.
    """

    host: str
    records: tuple[Record, ...] = ()
    faults: tuple[Fault, ...] = ()
    failed: str = ""
    looked_up: int = 0

    def to_json(self) -> str:
        # A lone surrogate in a program's output has no place in UTF-8: it becomes a question mark, as in the ledger.
        return self.model_dump_json(by_alias=True)


def needs(session: Session, program: str, classes: Iterable[str]) -> frozenset[str]:
    """What a host must offer in order to get a session."""
    contents = {plan.image_facts["image_content"] for plan in session.cells}
    return _named(program, contents, classes, {plan.runtime for plan in session.cells})


def _named(
    program: str, contents: Collection[str], classes: Iterable[str], runtimes: Collection[str]
) -> frozenset[str]:
    return frozenset(
        {
            f"program {program[:_DIGITS]}",
            *(f"image {content[:_DIGITS]}" for content in contents),
            *(f"class {name}" for name in classes),
            *(f"runtime {name}" for name in runtimes if name),
        }
    )
