"""The ledger on disk: one file for each result, `records/<experiment>/<machine>.json`.

No matter what happens to the run or to the machine, a record is there whole or not at all. Old results stay until
`prune`. Beside them lie `latest/` (the address of each cell's last result, to say what changed since), `images/`
(which content an image had that was made from a recipe) and `sentinel.json`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from macros.claim.cell import Cell
from macros.ledger.address import Address, Half
from macros.ledger.files import change_json, read_json, read_text, write_json, write_text
from macros.ledger.record import Damaged, Record, read_record, write_record
from macros.problems import EnvironmentFailed

_OLDER_NAME = 2
"""How long the names of the folders are in which records of forms 1 and 2 lie."""

ASIDE = ".damaged"
"""The ending of a file that was set aside because it is not a whole record."""


class Ledger:
    """A folder of records. `damaged` names the files that were set aside while this object read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damaged: list[str] = []

    # ---- records -----------------------------------------------------------------------------------

    def get(self, address: Address) -> Record | None:
        """The record at an address, or None."""
        return self._read(self._path(address))

    def of_experiment(self, key: str) -> list[Record]:
        """What all machines showed of one experiment, the newest first."""
        folder = self.folder / "records" / key
        found = [record for path in sorted(folder.glob("*.json")) if (record := self._read(path)) is not None]
        return sorted(found, key=lambda record: record.started, reverse=True)

    def put(self, record: Record) -> None:
        """Keep a record. Raises EnvironmentFailed (disk full, say); what was there before is then still there."""
        write_text(self._path(record.address), write_record(record))
        self._note_latest(record)

    def add(self, record: Record) -> bool:
        """Keep a record unless there is one at its address; whether it was kept."""
        if self._path(record.address).exists():
            return False
        self.put(record)
        return True

    def addresses(self) -> Iterator[Address]:
        """Of all records, in no order that means anything."""
        for path in self.folder.glob("records/*/*.json"):
            if len(path.parent.name) > _OLDER_NAME:
                yield Address(path.parent.name, path.stem)

    def latest(self, cell: Cell) -> tuple[Half, Half] | None:
        """The halves of the address of the cell's last result, used to say what has changed since."""
        data = read_json(self._latest(cell))
        try:
            return Half(**data["experiment"]), Half(**data["machine"])
        except (KeyError, TypeError):
            return None

    def prune(self, keep: Callable[[Address], bool]) -> int:
        """Remove the records that are not to be kept, what was set aside, and records of an older form; how many."""
        doomed = [self._path(address) for address in self.addresses() if not keep(address)]
        doomed += [*self.folder.glob(f"records/*/*{ASIDE}"), *self._of_older_form()]
        for path in doomed:
            path.unlink(missing_ok=True)
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
        return len(doomed)

    def older_form(self) -> int:
        """How many records there are of a form that this version does not read."""
        return sum(1 for _ in self._of_older_form())

    # ---- images and other notes ----------------------------------------------------------------------

    def note_image(self, recipe: str, image: Mapping[str, str]) -> None:
        """Remember what an image holds (its `image_content`) that was made from a recipe; the newest comes last."""

        def change(noted: Any) -> Any:
            others = [one for one in _images_of(noted) if one["image_content"] != image["image_content"]]
            return [*others, dict(image)]

        path = self._images(recipe)
        noted = _images_of(read_json(path))
        if not noted or noted[-1] != dict(image):
            change_json(path, change)

    def add_images(self, recipe: str, images: Sequence[Mapping[str, str]]) -> None:
        """Remember other engines' images of a recipe, after those that are known here."""

        def change(noted: Any) -> Any:
            mine = _images_of(noted)
            known = {one["image_content"] for one in mine}
            return [*(one for one in _images_of(images) if one["image_content"] not in known), *mine]

        change_json(self._images(recipe), change)

    def images(self, recipe: str) -> list[dict[str, str]]:
        """The images that were made from a recipe, the newest first."""
        return _images_of(read_json(self._images(recipe)))[::-1]

    def recipes(self) -> list[str]:
        """All recipes of which an image is noted."""
        return sorted(path.stem for path in self.folder.glob("images/*.json"))

    def noted(self, name: str) -> Any:
        """A small document kept by `change_note`, or None."""
        return read_json(self.folder / f"{name}.json")

    def change_note(self, name: str, change: Callable[[Any], Any]) -> None:
        """Replace a small document by what `change` makes of it, while no other run does so."""
        change_json(self.folder / f"{name}.json", change)

    # ---- places --------------------------------------------------------------------------------------

    def _read(self, path: Path) -> Record | None:
        text = read_text(path)
        if text is None:
            return None
        try:
            record = read_record(text)
            if (record.experiment.key, record.machine.key) != (path.parent.name, path.stem):
                raise Damaged("it is stored at another record's address")
            if not record.fits_its_address:
                raise Damaged("its address does not match its content")
        except Damaged as error:
            self._set_aside(path, str(error))
            return None
        return record

    def _set_aside(self, path: Path, why: str) -> None:
        """A damaged record is kept out of the way, named, and its cell runs again."""
        self.damaged.append(f"{path}: {why}; set aside as {path.name}{ASIDE}, its cell runs again")
        try:
            path.replace(path.with_name(path.name + ASIDE))
        except OSError as error:
            raise EnvironmentFailed(f"cannot set {path} aside: {error.strerror}; remove it by hand") from error

    def _note_latest(self, record: Record) -> None:
        halves = {"experiment": record.experiment, "machine": record.machine}
        write_json(
            self._latest(record.cell),
            {name: {"key": half.key, "parts": dict(half.parts)} for name, half in halves.items()},
        )

    def _path(self, address: Address) -> Path:
        return self.folder / "records" / address.experiment / f"{address.machine}.json"

    def _latest(self, cell: Cell) -> Path:
        name = "~".join(part for part in (cell.toolchain, cell.case, cell.control) if part)
        return self.folder / "latest" / cell.claim / f"{name}.json"

    def _images(self, recipe: str) -> Path:
        return self.folder / "images" / f"{recipe}.json"

    def _of_older_form(self) -> Iterator[Path]:
        """Up to form 2 a record lay at `records/<two digits>/<key>.json`."""
        yield from self.folder.glob(f"records/{'?' * _OLDER_NAME}/*.json")


def _images_of(noted: Any) -> list[dict[str, str]]:
    """The images of a note. Anything else there, from another version or a person, is ignored."""
    return [
        dict(one)
        for one in (noted if isinstance(noted, Sequence) and not isinstance(noted, str) else ())
        if isinstance(one, Mapping)
        and {"image", "image_content"} <= one.keys()
        and all(isinstance(value, str) for value in one.values())
    ]
