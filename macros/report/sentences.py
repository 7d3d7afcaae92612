"""What the reports say of a finding, in the language of the command line."""

from __future__ import annotations

from macros.verdict.finding import Finding
from macros.words import speak

WORDS = speak("en")

MOST = 500
"""Characters of one sentence in a report: texts that programs printed may be quoted in it."""


def sentence(finding: Finding) -> str:
    """Why the verdict is what it is; empty where there is nothing to add. Not inert: that is each medium's own task."""
    return WORDS.finding(finding)


def verdict_words(finding: Finding) -> str:
    """`inconclusive (noisy)`, `confirmed (near its bound)`: verdict and reason in the codes that claim files and
    claims.json have, and the marks in words.
    """
    beside = [finding.reason.value] if finding.reason.value else []
    beside += [WORDS.mark(mark) for mark in finding.marks]
    return f"{finding.verdict.value} ({'; '.join(beside)})" if beside else finding.verdict.value
