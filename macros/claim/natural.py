"""The one order of names that hold numbers: go1.9 before go1.15, section 2.10 after 2.9."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from natsort import natsort_keygen, ns

natural_key: Callable[[str], Any] = natsort_keygen(alg=ns.INT)
"""A sort key. Keys of any two texts can be compared; numbers in them count as numbers, without sign."""
