"""Output as pages show it."""

from __future__ import annotations

from macros.ledger.record import Output
from macros.publish.card import streams_of


def test_a_stream_with_nothing_but_section_marks_is_left_out() -> None:
    """`section` marks both streams; an empty stderr is no news."""
    marks = "\n==> one <==\n\n==> two <==\n"
    shown = streams_of(
        Output(stage="run", script="s", status=0, stdout=marks + "said\n", stderr=marks), "label"
    ).streams
    assert [(stream.name, stream.text) for stream in shown] == [("stdout", marks + "said\n")]
