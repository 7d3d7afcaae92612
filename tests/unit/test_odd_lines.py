"""JSON lines behind other text, torn, cut and given twice; numbers whose commas may mean two things."""

from __future__ import annotations

from typing import Any

import pytest

from macros.evidence.extract import NoReading
from tests.odd_output import read

FIRST = '{"metric": "m", "value": 1}\n'
OBJECT = '{"metric": "m", "value": 200}'


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(f"....{OBJECT}", id="behind progress dots"),
        pytest.param(f"May 04 10:00:01 host unit[12]: {OBJECT}", id="behind a log's prefix"),
        pytest.param(f"\ufeff{OBJECT}", id="behind a byte order mark"),
        pytest.param(f"50%\r{OBJECT}", id="behind a progress bar"),
        pytest.param(f"\x1b[0m{OBJECT}", id="behind a colour's end"),
        pytest.param(f"gc 2 @0.2s{OBJECT}", id="behind a torn line"),
        pytest.param(f"[{OBJECT}]", id="in a list"),
        pytest.param('{\n "metric": "m",\n "value": 200\n}', id="on several lines"),
        pytest.param('{"metINFO ready\nric": "m", "value": 200}', id="torn in its first key"),
        pytest.param('{"value": 200, "metric": INFO ready\n"m"}\n"m", "value"', id="torn before the name"),
        pytest.param(f"{OBJECT} done", id="before other text"),
        pytest.param(f"{OBJECT}{OBJECT}", id="two on one line"),
        pytest.param('{"metric": "m", "value": 200, "value": 3}', id="a value twice"),
        pytest.param('{"metric": "n", "metric": "m", "value": 200}', id="a name twice"),
        pytest.param('{"time": 1, "data": {"metric": "m", "value": 200}}', id="inside another object"),
        pytest.param('{"time": 1, "data": [{"metric": "m", "value": 200}]}', id="inside a list of another object"),
        pytest.param("{'metric': 'm', 'value': 200}", id="as Python writes it"),
        pytest.param(
            '{"log": "{\\"metric\\": \\"m\\", \\"value\\": 200}\\n", "stream": "stdout"}', id="inside a log's JSON"
        ),
    ],
)
@pytest.mark.parametrize("metric", [{"summary": "max"}, {"summary": "count"}, {"summary": "last"}])
def test_a_line_that_names_the_metric_is_read_or_is_an_error(line: str, metric: dict[str, Any]) -> None:
    """Wherever its object begins: the greatest, the last and the number of the others are no answer."""
    for text in (FIRST + line + "\n", line + "\n" + FIRST):
        with pytest.raises(NoReading):
            read(text, {"from": "json", "field": "m", **metric})


@pytest.mark.parametrize(
    "cut",
    [
        "{",
        '{"n": 16',
        '{"unit": "ms", "met',
        '{"unit": "ms", "metric": "',
        '{"met',
        '{"metric": ',
        '{"metric": "m',
        '{"metric": "m", "va',
        '{"value": 20',
    ],
)
def test_an_object_that_the_end_has_cut_is_an_error(cut: str) -> None:
    """It may have been the metric's, even before its name."""
    with pytest.raises(NoReading):
        read(FIRST + cut, {"from": "json", "field": "m", "summary": "max"})


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{\nready {\n" + FIRST, id="a brace alone on a line"),
        pytest.param(FIRST.rstrip(), id="the last one without its line feed"),
        pytest.param(FIRST + '{"metric": "n', id="another metric's that was cut"),
        pytest.param(FIRST + '{"metric": "mm", "value": 2}\n', id="another metric that begins so"),
        pytest.param('the metric "m" follows\n' + FIRST, id="a sentence that names it"),
        pytest.param('"m": 3\n' + FIRST, id="another program's line with the name"),
        pytest.param('{"name": "m"}\n' + FIRST, id="another object with the name"),
        pytest.param('{"a": {"metric": "m"}}\n' + FIRST, id="another object that holds one"),
        pytest.param(" \t" + FIRST.replace("\n", "\r\n"), id="blanks before it, a carriage return behind"),
    ],
)
def test_what_is_not_the_metrics_line_is_passed_over(text: str) -> None:
    """Other metrics, other objects and sentences."""
    assert read(text, {"from": "json", "field": "m"}) == 1


def number(text: str, pattern: str = r"([\d.,]+) \w+ *$") -> Any:
    return read(text, {"from": "regex", "pattern": pattern, "value_unit": "ms", "unit": "ms", "summary": "first"})


@pytest.mark.parametrize("figure", ["1,234", "12,345", "0,123", "999,000"])
def test_a_single_comma_is_an_error_where_nothing_tells_what_it_means(figure: str) -> None:
    """perf writes 1.234 so in a German locale, and 1234 so in an English one."""
    with pytest.raises(NoReading, match=f"'{figure}' may be"):
        number(f" {figure} msec\n")


@pytest.mark.parametrize("beside", ["5,109,360,888 cycles", "2,001.5 seconds"])
def test_a_figure_beside_it_tells_that_commas_group_digits(beside: str) -> None:
    """Of one process all figures are written alike."""
    assert number(f" 1,234 msec\n{beside}\n") == 1234
    with pytest.raises(NoReading, match="'0,123' is not a number"):
        number(f" 0,123 msec\n{beside}\n")


@pytest.mark.parametrize(("figure", "value"), [("1,234,567", 1234567), ("1,234.5", 1234.5), ("1234", 1234)])
def test_a_figure_of_one_meaning_is_read(figure: str, value: float) -> None:
    """Two groups, or decimals behind a point."""
    assert number(f"{figure} msec\n") == value


def test_a_carriage_return_before_the_line_feed_is_no_part_of_a_line() -> None:
    """`$` matches before it."""
    rss = {"from": "regex", "pattern": r"^VmRSS: +(\d+) kB$", "value_unit": "KiB", "unit": "KiB"}
    assert read("VmRSS:     2048 kB\r\n", rss) == 2048


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        pytest.param("took 1.5 ms", r"(\d+) ms", id="behind its whole part"),
        pytest.param("took 1,234 ms", r"(\d+) ms", id="behind its thousands"),
        pytest.param("took 1.5 ms", r"took (\d+)", id="before its decimals"),
        pytest.param("took 1e6 ns", r"took (\d+)", id="before its exponent"),
        pytest.param("took 15 ms", r"took (\d)", id="before its last digit"),
        pytest.param("changed by -5 ms", r"(\d+) ms", id="behind its sign"),
        pytest.param("took .5 ms", r"(\d+) ms", id="behind its point"),
        pytest.param("at 0x15", r"(\d+)$", id="behind what makes it hexadecimal"),
        pytest.param("took 1.5 ms", r"(?P<value>\d+) ms", id="of a named group"),
        pytest.param("took 1.5 ms", r"\d+", id="of no group"),
    ],
)
def test_a_number_is_never_cut_out_of_a_longer_one(text: str, pattern: str) -> None:
    """The part would be a number as well, and another."""
    with pytest.raises(NoReading, match="out of a longer number"):
        read(text + "\n", {"from": "regex", "pattern": pattern, "summary": "first"})


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("took 5, then stopped.", r"took (\d+)", 5),
        ("it took 5.", r"took (\d+)", 5),
        ("GOMAXPROCS-8", r"(\d+)$", 8),
        ("go1.22.3", r"go1\.(\d+)\.", 22),
        ("clock 0.1+2.5+0.2 ms", r"\+([\d.]+)\+", 2.5),
        ("5elements", r"^(\d+)", 5),
        ("-5 ms", r"(-?\d+) ms", -5),
    ],
)
def test_what_stands_beside_a_whole_number_does_not_matter(text: str, pattern: str, expected: float) -> None:
    """The end of a sentence, a name's dash, and what the pattern itself has matched."""
    assert read(text + "\n", {"from": "regex", "pattern": pattern}) == expected
