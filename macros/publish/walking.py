"""The files below a folder, for all that looks whether one of them has changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path


def files_below(place: Path, skip: Callable[[Path], bool] = lambda folder: False) -> Iterator[Path]:
    """The file itself, or all files below a folder in a fixed order, but for Python's caches and folders to skip."""
    if place.is_file():
        yield place
    for folder, below, names in os.walk(place):
        here = Path(folder)
        below[:] = sorted(name for name in below if name != "__pycache__" and not skip(here / name))
        yield from (here / name for name in sorted(names))
