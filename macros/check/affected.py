"""Which claims a change to files can affect. Pure; in doubt, all of them.

- A file in a claim's folder affects that claim; a shared program file the claims that use it.
- A pin affects the claims with a cell in its toolchain; a new base image, or a toolchain that is gone, affects all.
- The catalogue's settings, the Dockerfile, the locked libraries, and every part of this program that runs, reads or
  judges affect all. What only reports and publishes affects none, and neither do pages and tests.

A premise does not affect the claims that rest on it: their verdicts are their own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from macros.check.revisions import Change, path_in
from macros.claim.catalogue import SETTINGS_FILE
from macros.claim.files import left_out
from macros.claim.loading import SHARED, Catalogue, LoadedClaim
from macros.claim.scope import cells_of

PROGRAM = Path(__file__).parents[1]
"""The folder of this program's own source."""

ONLY_SHOWS = ("words", "publish", "report", "preview", "cli.py", "ci.py", "options.py", "running.py", "replicating.py")
"""What of it has no part in any verdict."""

PINS = "toolchains.yml"
LOCK = "requirements.txt"
"""The libraries by which this program reads and judges, beside its folder."""


@dataclass(frozen=True)
class Affected:
    """The claims that a change affects, in the catalogue's order. `because`: the first file that affects all, or ""."""

    claims: tuple[str, ...]
    because: str = ""


def files_to_keep(catalogue: Catalogue) -> tuple[Path, ...]:
    """Those whose former text `affected` wants."""
    return (catalogue.folder / PINS,)


def affected(catalogue: Catalogue, toolchains: tuple[str, ...], change: Change, program: Path = PROGRAM) -> Affected:
    """See the module. `toolchains`: all known ones, in order. `change` holds the former text of `files_to_keep`."""
    folder = f"{path_in(change.root, catalogue.folder)}/".removeprefix("./")
    deciding = {path_in(change.root, file) for file in (catalogue.folder / SETTINGS_FILE, catalogue.dockerfile)}
    own = path_in(change.root, program)
    deciding.add(path_in(change.root, program.parent / LOCK))
    touched: set[str] = set()
    for path in sorted(change.paths):
        if any(left_out(part) for part in path.split("/")):
            continue
        pins = _changed_pins(catalogue, change, path) if path == f"{folder}{PINS}" else set()
        if path in deciding or _decides(path, own) or pins is None:
            return Affected(tuple(catalogue.claims), path)
        inside = path.removeprefix(folder) if path.startswith(folder) else ""
        touched.update(
            name
            for name, loaded in catalogue.claims.items()
            if _is_its_file(inside, loaded) or (pins and _runs_in(catalogue, loaded, toolchains, pins))
        )
    return Affected(tuple(name for name in catalogue.claims if name in touched))


def judges_otherwise(change: Change, program: Path = PROGRAM) -> bool:
    """Whether the part of this program that runs, reads or judges is another one than before, or its libraries are."""
    own, lock = (path_in(change.root, place) for place in (program, program.parent / LOCK))
    return any(path == lock or _decides(path, own) for path in change.paths)


def _decides(path: str, program: str) -> bool:
    """Whether a file is a part of this program that runs, reads or judges."""
    if not program or not path.startswith(f"{program}/"):
        return False
    return path.removeprefix(f"{program}/").partition("/")[0] not in ONLY_SHOWS


def _is_its_file(inside: str, loaded: LoadedClaim) -> bool:
    """Whether a path in the catalogue's folder belongs to the claim."""
    part, _, rest = inside.partition("/")
    return part == loaded.folder.name or (part == SHARED and rest in loaded.claim.uses)


def _changed_pins(catalogue: Catalogue, change: Change, path: str) -> set[str] | None:
    """The toolchains whose pins are new or others than before; None where that is not all that changed."""
    before, now = _read(change.before.get(path)), _read((catalogue.folder / PINS).read_text("utf-8"))
    if before is None or now is None:
        return None
    was, is_now = before.pop("toolchains", None), now.pop("toolchains", None)
    if before != now or not isinstance(was, dict) or not isinstance(is_now, dict) or was.keys() - is_now.keys():
        return None
    return {name for name, pins in is_now.items() if was.get(name) != pins}


def _read(text: str | None) -> dict[Any, Any] | None:
    """The mapping that a YAML text is, if it is one."""
    try:
        data = yaml.safe_load(text or "")
    except yaml.YAMLError:
        return None
    return data if isinstance(data, dict) else None


def _runs_in(catalogue: Catalogue, loaded: LoadedClaim, toolchains: tuple[str, ...], some: Collection[str]) -> bool:
    both = cells_of(loaded.claim, toolchains, catalogue.settings)
    return any(cell.toolchain in some for cells in both for cell in cells)
