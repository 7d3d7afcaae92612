"""A ledger that the developer's environment names is left as it was: tests damage, plant and prune what they find."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def ledger_left_alone() -> Iterator[None]:
    """The environment names neither a ledger nor a mode meanwhile, as on a machine where nobody has set them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CLAIMS_LEDGER", "CLAIMS_MODE"):
            patch.delenv(name, raising=False)
        yield
