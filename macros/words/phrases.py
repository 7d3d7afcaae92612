"""What is the same in every language: names, values and figures as they stand in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from macros.claim import units
from macros.claim.fields import Text
from macros.evidence.observation import Value
from macros.verdict.details import DependsOnLayout
from macros.verdict.parts import Measured, Predicate, Readings, Subject
from macros.words import figures, inert
from macros.words.figures import Numerals

DEFAULT_CASE = "default"
"""The case of a claim that names none. Readers do not see its name."""

_SAID = 240


def name(text: str) -> str:
    """A metric, an arm or another name of the claim file, as code."""
    return inert.quoted(text)


def said(text: str) -> str:
    """What a probe or a claim file says, as part of a sentence: without a full stop of its own."""
    return inert.one_line(inert.without_code_spans(text), _SAID).rstrip(".。")


def prose(text: Text, language: str) -> str:
    """A claim file's own sentences in the language, with their code spans."""
    return inert.one_line(text.say(language))


def value(reading: Value, unit: str, truth: Callable[[bool], str]) -> str:
    """One reading: a truth value in the language's word, a text as code, a number with its unit."""
    if isinstance(reading, bool):
        return truth(reading)
    if isinstance(reading, str):
        return inert.quoted(reading)
    return figures.quantity(reading, unit)


def values(readings: Readings, unit: str, truth: Callable[[bool], str]) -> list[str]:
    """The different readings, in order of time; two that look alike are given once."""
    return list(dict.fromkeys(value(reading, unit, truth) for reading in readings.values))


def figure(given: object) -> str:
    """A figure as the claim gives it, in the digits and signs that all figures have; a number has no unit."""
    try:
        magnitude, unit = units.split(given if isinstance(given, (int, float)) else str(given))
    except units.UnitError:
        return inert.quoted(str(given))
    return figures.quantity(given if isinstance(given, int) else magnitude, unit)


def layouts_ends(detail: DependsOnLayout) -> tuple[str, str]:
    """What the lowest layout gave and what the highest did, with their unit."""
    unit = detail.subject.unit
    return figures.quantity(detail.lowest, unit), figures.quantity(detail.highest, unit)


def exact_figure(given: object, unit: str, truth: Callable[[bool], str]) -> str:
    """What an `equals` gives: a truth value, a figure, or a text, which may look like a figure and is none."""
    if isinstance(given, bool):
        return truth(given)
    return figure(given) if unit or not isinstance(given, str) else inert.quoted(given)


def options(given: object) -> list[str]:
    """What a `one_of` gives."""
    return [str(each) for each in given] if isinstance(given, tuple) else [str(given)]


def band(predicate: Predicate, subject: Subject) -> tuple[str, str]:
    """The two ends between which a figure was expected."""
    low, high = predicate.confirmed
    assert low is not None
    assert high is not None
    return figures.quantity(low, subject.unit), figures.quantity(high, subject.unit)


def each(numbers: Sequence[float], unit: str) -> list[str]:
    """Numbers that have no intervals, with their unit."""
    return [figures.quantity(number, unit) for number in numbers]


def ends(numbers: Sequence[float], unit: str) -> list[str]:
    """The least and the greatest of several numbers; one where they are written alike."""
    return list(dict.fromkeys(each((min(numbers), max(numbers)), unit)))


def measured(subject: Subject, found: Measured) -> Numerals | None:
    """The measured quantile in its digits; None where nothing was measured."""
    return None if found.value is None else figures.numerals(found.value, found.low, found.high, subject.unit)
