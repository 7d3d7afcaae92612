"""A sample of every detail and every cause, found by their types: a new class is covered without another line here."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import fields
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from macros.claim.fields import Text, VerdictName
from macros.verdict import details
from macros.verdict.causes import Cause
from macros.verdict.details import CellShown, Detail, MachineLacks
from macros.verdict.parts import CellVerdict, Measured, Predicate, Readings, Subject

CONFIRMED, REFUTED, DEPENDS = VerdictName.CONFIRMED, VerdictName.REFUTED, VerdictName.DEPENDS
NAMES = ("go1.15", "go1.22", "go1.27", "cgo", "pure", "plain", "fast")
"""Identifiers in the samples that stand in sentences as they are."""

_WHOLE = itertools.count(1013)
_BROKEN = (number / 1000 for number in itertools.count(1501, 7))

_LACKS = MachineLacks("`perf_event_open` 37")
_CELLS = tuple(
    CellVerdict(toolchain, case, verdict)
    for case, verdicts in {"cgo": (CONFIRMED, REFUTED, REFUTED), "pure": (CONFIRMED,) * 3}.items()
    for toolchain, verdict in zip(("go1.15", "go1.22", "go1.27"), verdicts, strict=True)
)
_STATISTICAL = (
    Predicate("below", "5 ms", (5.0,), (CONFIRMED, REFUTED)),
    Predicate("above", "5 ms", (5.0,), (REFUTED, CONFIRMED)),
    Predicate("about", "5 ms", (3.0, 4.0, 6.25, 9.0), (REFUTED, DEPENDS, CONFIRMED, DEPENDS, REFUTED)),
    Predicate("grows", "linear", (0.9, 1.1), (REFUTED, CONFIRMED, REFUTED)),
    Predicate("grows", "faster", (1.1,), (REFUTED, CONFIRMED)),
    Predicate("grows", "slower", (0.9,), (CONFIRMED, REFUTED)),
)
_EXACT = (
    Predicate("equals", 2048, (2048,)),
    Predicate("equals", "static"),
    Predicate("equals", True),
    Predicate("at_least", "3 ms", (3.0,)),
    Predicate("at_most", 7, (7,)),
    Predicate("matches", "^heap:[0-9]+$"),
    Predicate("one_of", ("EXEC", "DYN")),
)
_SAMPLES: dict[Any, tuple[Any, ...]] = {
    Subject: (
        Subject("start", "ms", quantile=0.5),
        Subject("start", "ms", quantile=0.99, summary="p99"),
        Subject("start", "", "plain", "fast", quantile=0.5),
    ),
    Measured: (
        Measured(3.2187, 3.0421, 3.3977, 18),
        Measured(3.2187, None, 3.3977, 1),
        Measured(1.5, 1.2, None, 1018, paired=True),
        Measured(None, None, None, 0),
    ),
    Readings: (Readings((1001, 1002, 2048.5, "heap"), 5, 9), Readings((True,), 0, 1)),
    Text: (Text(en="No procedure is given.", zh="没有给出步骤。"),),
    CellShown: (CellShown("go1.27", "cgo", _LACKS), CellShown("go1.27", "default", None)),
    VerdictName: (CONFIRMED, REFUTED),
    str: ("start",),
    tuple[str, ...]: (("kernel", "cpu"), ("go1.15", "go1.22", "go1.27")),
    tuple[CellVerdict, ...]: (_CELLS,),
    tuple[Detail, ...]: ((_LACKS, details.OnlyContext()),),
}


def samples(kind: type[Any]) -> list[Any]:
    """Instances of one detail or cause: each field's values in turn, so that every one of them occurs."""
    hints = {field.name: get_type_hints(kind, vars(details))[field.name] for field in fields(kind)}
    values = {name: _values(kind, name, hint) for name, hint in hints.items()}
    if kind is details.Dependence:
        return [_dependence(on) for on in ("case", "toolchain", "both")]
    longest = max((len(each) for each in values.values()), default=1)
    return [kind(**{name: each[number % len(each)] for name, each in values.items()}) for number in range(longest)]


def _values(kind: type[Any], name: str, hint: Any) -> tuple[Any, ...]:
    if hint is Predicate:
        return _STATISTICAL if kind in (*get_args(details.Detail)[:5],) else _EXACT
    if hint in _SAMPLES:
        if hint == tuple[str, ...] and name == "toolchains":
            return _SAMPLES[hint][1:]
        return _SAMPLES[hint]
    if hint is int:
        return (1, next(_WHOLE), next(_WHOLE))
    if hint is float:
        return (next(_BROKEN),)
    if get_origin(hint) is Literal:
        return get_args(hint)
    if get_origin(hint) in (Union, UnionType):
        if set(get_args(hint)) == set(get_args(Cause)):
            return tuple(each for cause in get_args(Cause) for each in samples(cause))
        if float in get_args(hint):
            return (next(_BROKEN), None)
        return (_LACKS, None)
    raise AssertionError(f"no sample for {kind.__name__}.{name}: {hint}")


def _dependence(on: Any) -> details.Dependence:
    toolchains = ("go1.15", "go1.22", "go1.27")
    first, last = (CONFIRMED, CONFIRMED, REFUTED), (REFUTED, REFUTED, REFUTED)
    verdicts = {"case": ((CONFIRMED,) * 3, last), "toolchain": (first, first), "both": (first, last)}[on]
    cells = [
        CellVerdict(toolchain, case, verdict)
        for case, own in zip(("cgo", "pure"), verdicts, strict=True)
        for toolchain, verdict in zip(toolchains, own, strict=True)
    ]
    return details.Dependence(on, tuple(cells), toolchains)


def everything() -> Iterator[tuple[str, Any]]:
    """(code, sample) of every detail and every cause."""
    for kind in (*get_args(Detail), *get_args(Cause)):
        for sample in samples(kind):
            yield kind.code, sample
