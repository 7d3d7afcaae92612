"""The models of a record write its file and read it back, for every record that the types allow."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from macros.claim.cell import Cell
from macros.evidence.observation import Evidence, NullPair, Observation, QuietLevel, Session
from macros.ledger.address import EXPERIMENT_PARTS, MACHINE_PARTS, Half, machine_half
from macros.ledger.record import Damaged, Origin, Output, Record, as_data, read_record, write_record

words = st.text(max_size=12)
names = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,8}", fullmatch=True)
numbers = st.floats(allow_nan=False)
values = st.one_of(st.booleans(), st.integers(), numbers, words)
counts = st.integers(0, 2**31)
readings = st.dictionaries(words, values, max_size=3)

cells = st.builds(Cell, names, names, names, st.just("") | names)
observations = st.builds(
    Observation, words, counts, numbers, readings, counts, st.dictionaries(words, numbers, max_size=3)
)
sessions = st.builds(
    Session,
    counts,
    st.dictionaries(words, words, max_size=3),
    st.lists(st.builds(NullPair, counts, numbers, numbers), max_size=2).map(tuple),
    st.dictionaries(words, st.builds(QuietLevel, numbers, numbers), max_size=2),
)
evidence = st.builds(
    Evidence,
    st.lists(observations, max_size=3).map(tuple),
    readings,
    st.none() | words,
    st.lists(sessions, max_size=2).map(tuple),
)
outputs = st.builds(
    Output, stage=words, script=words, status=st.none() | st.integers(-255, 255), stdout=words, stderr=words
)
facts = st.fixed_dictionaries(
    {name: st.one_of(words, counts, st.booleans()) if name != "architecture" else words for name in MACHINE_PARTS}
)
parts = st.fixed_dictionaries({}, optional=dict.fromkeys(EXPERIMENT_PARTS, words))


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A record at the address that its content has."""
    cell, found = draw(cells), draw(facts)
    return Record(
        cell=cell,
        experiment=Half.of(draw(parts), str(cell)),
        machine=machine_half(found, whole=draw(st.booleans())),
        facts=found,
        image=draw(st.dictionaries(words, words, max_size=3)),
        evidence=draw(evidence),
        outputs=tuple(draw(st.lists(outputs, max_size=2))),
        started=draw(words),
        seconds=draw(st.dictionaries(words, numbers, max_size=3)),
        remarks=draw(st.dictionaries(words, words, max_size=3)),
        origin=draw(st.none() | st.builds(Origin, file=words, imported=words)),
    )


@given(records())
@settings(deadline=None)
def test_a_record_that_is_written_is_read_back_the_same(record: Record) -> None:
    """Nothing is lost, no number changes its kind, and it still fits its address."""
    text = write_record(record)
    back = read_record(text)
    assert back == record
    assert repr(back) == repr(record)
    assert write_record(back) == text
    assert back.fits_its_address


@given(records())
@settings(deadline=None)
def test_a_record_travels_as_plain_data(record: Record) -> None:
    """So does an exported file's entry."""
    import json

    assert Record.model_validate_json(json.dumps(as_data(record))) == record


@given(records(), st.data())
@settings(deadline=None)
def test_no_damage_goes_unseen(record: Record, data: st.DataObject) -> None:
    """A file with one character changed is damaged, wherever it is; never another record."""
    text = write_record(record)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(exclude_characters=text[place]))
    with pytest.raises(Damaged):
        read_record(text[:place] + other + text[place + 1 :])


@given(st.text(st.characters(exclude_categories=())))
@settings(deadline=None)
def test_no_text_makes_the_reader_fail_in_another_way(text: str) -> None:
    """Whatever lies in the ledger: a record, or Damaged."""
    with pytest.raises(Damaged):
        read_record(text)


def _with_stdout(text: str) -> Any:
    cell = Cell("c", "go1.22", "default")
    found = dict.fromkeys(MACHINE_PARTS, "x")
    return Record(
        cell=cell,
        experiment=Half.of({}, str(cell)),
        machine=machine_half(found, whole=True),
        facts=found,
        image={},
        evidence=Evidence(),
        outputs=(Output(stage="run", script="./x", status=0, stdout=text, stderr=""),),
        started="",
        seconds={},
    )


def test_a_lone_surrogate_of_a_program_s_output_is_a_question_mark() -> None:
    """UTF-8 has no place for it; the record is written all the same and reads back alike ever after."""
    back = read_record(write_record(_with_stdout("a\ud800b")))
    assert back.outputs[0].stdout == "a?b"
    assert read_record(write_record(back)) == back
