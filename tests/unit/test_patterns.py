"""Patterns that claims' authors write: what is supported, what is refused with advice, what they cost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from macros.claim import patterns
from macros.claim.metrics import Metric
from macros.claim.model import Expectation
from macros.claim.patterns import LARGEST_PROGRAM, LONGEST_PATTERN, PatternError
from macros.evidence.reading import LONGEST_LINE
from macros.verdict.exact import holds

_METRIC: TypeAdapter[Metric] = TypeAdapter(Metric)
_BECAUSE = {"en": "why", "zh": "因"}


@pytest.mark.parametrize(
    ("pattern", "said", "advice"),
    [
        (r"(?!SP\))", r"(?!", "lookahead is not supported; write the alternatives out, or say with `unless`"),
        ("a(?=b)", "(?=", "lookahead is not supported; match what follows as well"),
        ("(?<=a)b", "(?<=", "lookbehind is not supported; match what goes before as well"),
        ("(?<!a)b", "(?<!", "lookbehind is not supported; write the alternatives out"),
        (r"(a)\1", r"\1", "backreferences are not supported; write out"),
        ("(?P<a>x)(?P=a)", "(?P", "backreferences are not supported; write out"),
        ("(?>a+)b", "(?>", "atomic groups are not supported; an ordinary group"),
        ("a++b", "++", "possessive repetition is not supported; ordinary repetition is as fast"),
        ("(a)?(?(1)b)", "(?(", "conditions are not supported; write the alternatives out"),
        ("(?x) a", "(?x", "verbose mode is not supported; write the pattern without blanks"),
        ("(?#why)a", "(?#", "comments inside are not supported"),
        (r"a\Z", r"\Z", r"is written \z, or $"),
        (r"\u00b5s", r"\u", r"is written \x{...}, like \x{00b5}"),
        ("a{2000}", "{2000}", "at most 1,000 repetitions are supported"),
        ("(a{100}){100}", "{100}", "nested ones multiply"),
        ("a(b", "a(b", "not a regular expression (of RE2's syntax): missing )"),
        ("[a", "[a", "not a regular expression (of RE2's syntax): missing ]"),
        ("\ud800", "surrogate", "leave that out"),
        ("a" * (LONGEST_PATTERN + 1), "1,001 characters", "at most 1,000 can be used"),
        ("(ab){900}", "steps for a character", "repeat less"),
    ],
)
def test_what_is_not_supported_is_refused_with_what_to_write_instead(pattern: str, said: str, advice: str) -> None:
    """Each part of Python's syntax that RE2 lacks is named, and so is the way without it."""
    with pytest.raises(PatternError) as caught:
        patterns.check(pattern)
    assert said in str(caught.value)
    assert advice in str(caught.value)


_MODELS: list[tuple[dict[str, Any], str]] = [
    ({"from": "go-bench"}, "benchmark"),
    ({"from": "nm"}, "symbol"),
    ({"from": "objdump", "instruction": "x"}, "function"),
    ({"from": "objdump", "function": "x"}, "instruction"),
    ({"from": "objdump", "function": "x", "instruction": "x"}, "unless"),
    ({"from": "diagnostics"}, "message"),
    ({"from": "regex"}, "pattern"),
    ({"from": "regex", "pattern": "x"}, "unless"),
]


@pytest.mark.parametrize(("metric", "field"), _MODELS)
@pytest.mark.parametrize("pattern", ["a(?=b)", "a\\nb", "ab\n", "(", "(?:x{500}){500}"])
def test_every_pattern_of_a_metric_is_checked_when_it_is_read(metric: dict[str, Any], field: str, pattern: str) -> None:
    """Unsupported syntax, and a line feed, which no name and no line that is looked at holds: not first in a run."""
    _METRIC.validate_python({**metric, field: "a"})
    with pytest.raises(ValidationError, match="regular expression"):
        _METRIC.validate_python({**metric, field: pattern})


@pytest.mark.parametrize("pattern", [r"[^\n]*", r"\\n", r"a\\nb", r"[^a\n]b"])
def test_to_leave_a_line_feed_out_is_no_wish_for_one(pattern: str) -> None:
    """`[^\\n]` is another way to say `.`, and `\\\\n` is a backslash and an n."""
    assert patterns.check_one_line(patterns.check(pattern)) == pattern


@pytest.mark.parametrize(
    ("pattern", "group"), [("a", 0), ("(a)(b)", 1), ("(?P<other>a)", 1), ("(a)(?P<value>b)", "value")]
)
def test_the_value_is_the_group_of_that_name_or_the_first(pattern: str, group: int | str) -> None:
    """Else it is the whole match."""
    assert patterns.compile(pattern).value_group == group


@pytest.mark.parametrize("text", ["", "a", "\ud800", "a\udfffb\ud83d", "µ漢\U0001f600"])
def test_any_text_can_be_searched(text: str) -> None:
    """Half of a surrogate pair, which UTF-8 cannot express, counts as U+FFFD."""
    match = patterns.compile(".*").fullmatch(text)
    assert match is not None
    assert match[0] == patterns.encodable(text)
    assert [found[0] for found in patterns.compile("(?s).").finditer(text)] == list(patterns.encodable(text))


_PATTERNS = (
    r"^CALL\s+runtime\.(panicIndex|panicBounds|panicSlice)", r"\bR1[23]\b", r"a*", r"(a|ab)(c|bcd)?$", "(?i)CALL",
    r"\d+(?:\.\d{1,3})?", r"[^,\"]+", r"^\s+(?P<value>\S.*?)(?: \(0x[0-9a-f]+\))?$", "", "z|x?y?",
)  # fmt: skip


@given(st.sampled_from(_PATTERNS), st.text('abcd CALRrun.\t0123(,x"yz', max_size=40))
def test_what_is_supported_matches_as_python_matches(pattern: str, text: str) -> None:
    """Whether, where and with which groups: for ASCII text of one line, RE2 and Python's `re` agree.

    They differ in one thing that nobody wants: where an empty match is preferred to a longer one, as in `y??`.
    """
    ours, theirs = patterns.compile(pattern), re.compile(pattern)
    group = ours.value_group
    for mine, other in ((ours.search(text), theirs.search(text)), (ours.fullmatch(text), theirs.fullmatch(text))):
        assert (mine and (mine[0], mine[group])) == (other and (other[0], other[group]))
    assert [match[group] for match in ours.finditer(text)] == [match[group] for match in theirs.finditer(text)]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)*x"])
def test_an_exponential_pattern_is_answered_at_once(pattern: str) -> None:
    """Python's own `re` would take longer for each of these than the universe has existed."""
    text = "a" * LONGEST_LINE + "!"
    assert patterns.compile(pattern).search(text) is None
    assert patterns.compile(pattern).fullmatch(text) is None
    assert not holds(Expectation.model_validate({"metric": "m", "matches": pattern, "because": _BECAUSE}), text, "")


def test_a_pattern_is_never_larger_than_its_limit() -> None:
    """`size` bounds the steps that one character can cost."""
    assert 1 <= patterns.compile("main\\.\\w+").size <= LARGEST_PROGRAM
