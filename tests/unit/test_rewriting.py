"""A recorded verdict is written into a claim file without a change to anything else in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from macros.claim.document import parse_document, read_document
from macros.claim.fields import VerdictName
from macros.claim.loading import CLAIM_FILE
from macros.claim.rewriting import with_recorded
from macros.problems import InvalidInput
from tests.builders import CLAIMS

PATH = Path("claims/x/claim.yml")
FILES = sorted(CLAIMS.glob(f"[a-z]*/{CLAIM_FILE}"))


def rewritten(content: str, verdict: VerdictName = VerdictName.DEPENDS) -> str:
    raw = content.encode()
    return with_recorded(raw, parse_document(PATH, raw), verdict).decode()


@pytest.mark.parametrize(
    "value", ["confirmed", "'confirmed'", '"confirmed"', '"confirm\\x65d"', "|-\n  confirmed", ">-\n  confirmed"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_only_the_scalar_changes(value: str, end: str) -> None:
    """Comments, blanks, order, quotes, line endings and letters of any alphabet stay as they were."""
    before = (
        "# 断言: recorded: refuted\nid:   x  # a name\ntitle: {zh: '断言 recorded: confirmed', en: t}\nrecorded:   "
    )
    after = "\n\n# the end\nnested: {recorded: confirmed}\n"
    if "\n" not in value:
        after = "   # since go1.22" + after
    quote = value[0] if value[0] in "'\"" else ""
    changed = rewritten(f"{before}{value}{after}".replace("\n", end))
    assert changed == f"{before}{quote}depends{quote}{after}".replace("\n", end)


def test_a_mark_of_byte_order_and_a_missing_last_line_feed_stay() -> None:
    """They are the author's editor's."""
    assert rewritten("\ufeffrecorded: confirmed") == "\ufeffrecorded: depends"
    assert rewritten("{id: x, recorded: confirmed}") == "{id: x, recorded: depends}"


@pytest.mark.parametrize("file", FILES[::12], ids=lambda file: file.parent.name)
def test_a_real_claim_file_differs_in_one_line(file: Path) -> None:
    """And the way back gives the same bytes."""
    before, document = file.read_bytes(), read_document(file)
    recorded = VerdictName(document.data["recorded"])
    other = VerdictName.UNTESTABLE if recorded is not VerdictName.UNTESTABLE else VerdictName.CONFIRMED
    changed = with_recorded(before, document, other)
    lines = zip(before.split(b"\n"), changed.split(b"\n"), strict=True)
    assert [number for number, (old, new) in enumerate(lines, 1) if old != new] == [document.position(("recorded",))[0]]
    assert with_recorded(changed, parse_document(file, changed), recorded) == before


def test_a_file_that_was_edited_meanwhile_is_left_alone() -> None:
    """Its claim is not the one that ran. A comment is no edit of the claim."""
    document = parse_document(PATH, b"id: x\nrecorded: confirmed\n")
    with pytest.raises(InvalidInput, match=r"claims/x/claim\.yml:1:1: was edited while its claim ran"):
        with_recorded(b"id: y\nrecorded: confirmed\n", document, VerdictName.REFUTED)
    changed = with_recorded(b"id: x # new\nrecorded: confirmed\n", document, VerdictName.REFUTED)
    assert changed == b"id: x # new\nrecorded: refuted\n"
