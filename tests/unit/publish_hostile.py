"""The sample catalogue with the same words in every text that a claim file or a program can hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import Enum
from typing import Any

from pydantic import BaseModel

from macros.results.catalogue import CatalogueResult, machines_of

WORD = "zqxword"
"""What a reader searches for."""

MARKUP = (
    f"{WORD}\"'><script>pwned=1</script><img src=x onerror=pwned=2></title></h1></a></pre></details>"
    "<iframe srcdoc='<script>parent.pwned=4</script>'></iframe><style>*{}</style><!--{{ config }}&lt;b&gt;"
)
"""Ends whatever could be open, and would leave an element or run a script anywhere in a page. Short enough to be shown
whole as a metric's value.
"""

HARMLESS = f"{WORD} " + "harmless " * 40
HARMLESS = HARMLESS[: len(MARKUP) - 1] + "."
"""As long as the markup, so that pages differ in nothing else."""

KEPT = {
    "id", "claim", "case", "cases", "name", "control", "controls", "stage", "arm", "expected", "related", "uses",
    "metric", "of", "over", "below", "above", "about", "at_least", "at_most", "grows", "within", "floor", "code",
    "quantile", "witness", "where", "started", "generated", "key", "seconds", "source_commit", "from_", "from",
    "deadlines", "limits", "samples", "mode", "summary", "imported", "pattern",
}  # fmt: skip
"""Fields whose texts are checked names, numbers with units, or are looked up by."""


def everything_says(results: CatalogueResult, words: str) -> CatalogueResult:
    """The results with `words` before every other text, wherever it is, be the field known here or not."""
    said: CatalogueResult = _say(results, words)
    # A machine's key is the digest of its facts, which say the words now too.
    return dataclasses.replace(said, machines=machines_of(said.claims.values()))


def _say(value: Any, words: str) -> Any:
    if isinstance(value, Enum) or value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return f"{words} {value}"
    if isinstance(value, bytes):
        return f"{words}\n".encode() + value
    if isinstance(value, BaseModel):
        said = {name: _field(name, getattr(value, name), words) for name in type(value).model_fields}
        return value.model_copy(update=said)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        said = {one.name: _field(one.name, getattr(value, one.name), words) for one in dataclasses.fields(value)}
        return dataclasses.replace(value, **said)
    if isinstance(value, Mapping):
        # Names of claims, metrics and stages are checked; names of files are whatever a folder holds.
        return {(f"{words} {key}" if isinstance(one, bytes) else key): _say(one, words) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_say(one, words) for one in value)
    return value


def _field(name: str, value: Any, words: str) -> Any:
    texts = (str, list, tuple, set, frozenset)
    if name in KEPT and (
        isinstance(value, str) or (isinstance(value, texts) and all(isinstance(x, str) for x in value))
    ):
        return value
    return _say(value, words)
