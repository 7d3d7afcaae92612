"""What a verdict came from, as short digests: two builds are compared by them to say why a verdict is another one.

A cell's address says all of it at once. Here it is apart: the claim file, the programs, the instruments.
"""

from __future__ import annotations

import hashlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from importlib import import_module
from typing import Any

from macros import verdict
from macros.claim.model import Claim
from macros.evidence.source_digest import digest_of
from macros.ledger.address import digest
from macros.ledger.record import Record
from macros.results.catalogue import CatalogueResult, ClaimResult
from macros.results.feed_models import Instruments

LENGTH = 16
"""Hexadecimal digits: enough to tell things apart that nobody makes alike on purpose."""

DECIDES = ("kind", "toolchains", "cases", "uses", "experiment", "metrics", "expect", "controls")
"""The keys of a claim file that can change its verdict."""

WORDS: dict[str, Any] = {
    "cases": {"__all__": {"title": True}},
    "experiment": {"layouts": {"because": True}},
    "metrics": {"__all__": {"title": True}},
    "expect": {"__all__": {"because": True, "machine": {"because": True}}},
    "controls": {"__all__": {"because": True}},
}
"""What is for readers in these keys."""


def definition_of(claim: Claim) -> str:
    """Of what the claim file says that decides its verdict; not of its prose."""
    said = claim.model_dump(mode="json", by_alias=True, include=set(DECIDES), exclude=WORDS)
    for case in said["cases"]:
        case["context"] = bool(case["context"])
    return _short(said)


def programs_of(result: ClaimResult) -> str:
    """Of the program files as they ran."""
    return _short({name: hashlib.sha256(content).hexdigest() for name, content in result.files.items()})


def instruments_of(results: CatalogueResult) -> Instruments | None:
    """With what the results were obtained and judged; None where there are none."""
    records = list(_records(results))
    if not records:
        return None
    return Instruments(
        sandbox=_parts(records, "sandbox"),
        extractors=_parts(records, "extractors", "format"),
        judge=_short([judges_digest(), asdict(results.policy)]),
    )


@cache
def judges_digest() -> str:
    """Of the source of all judges; comments and documentation do not count."""
    names = [module.name for module in pkgutil.walk_packages(verdict.__path__, f"{verdict.__name__}.")]
    return digest_of({name: inspect.getsource(import_module(name)) for name in names})


def _records(results: CatalogueResult) -> Iterator[Record]:
    for claim in results.claims.values():
        yield from (cell.record for cell in claim.every_cell())


def _parts(records: list[Record], *names: str) -> str:
    """Of these parts of all experiments. One tree gives one of each: the records fit the tree, or they are not used."""
    return _short(sorted({tuple(record.experiment.parts.get(name, "") for name in names) for record in records}))


def _short(value: Any) -> str:
    return digest(value)[:LENGTH]
