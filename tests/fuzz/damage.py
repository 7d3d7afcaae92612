"""Damaged samples: bytes choose one and say where it is cut, doubled, spliced, or broken by a hostile token."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

STEP = 5
"""Bytes of one change: what is done, where (two), how far, and with which token."""

MOST_CHANGES = 7
LONGEST = 1_600
"""Characters of a damaged sample, so that one execution takes about a millisecond."""

TOKENS = (
    "\n", "\r", "\r\n", "\t", " ", "\0", "\x1b[31m", "\x1b]8;;http://x\x07", "\x07", "\x85",
    "\u2028", "\u202e", "\u200b",
    "\u2066", "\ue000", "\U000f0000", "\U0010fffd", "\ufffe", "\ud800", "\udfff", "\u3164",
    "\ufe0f", "\U000e0041", "é", "文",
    "²", "٣", "𝟗", "0", "-1", "1e999", "1e-999", "NaN", "inf", "0x1p3", "9" * 40, "9" * 400,
    "1_000", "1,000", "+", "-", ".",
    "%", "µs", "ns/op", "<script>", "</pre>", "<!--", "]]>", "&lt;", "&#0;", '"', "'", "`", "``",
    "{{ x }}", "{% x %}",
    "{#", "[a](b)", "![a](b)", "](", "|", "\\", "$", "*", "_", "#1", "@a", "https://a.b", ":a:",
    "[", "]", "{", "}", ",",
    ":", ": ", "- ", "? ", "!", "&a", "*a", "<<: ", "---\n", "...\n", "null", "true", "NO", "~", "\n==> a <==\n",
    '{"metric": "m", "value": 1}\n', "gc 1 @", "Benchmarka 1 ", "0000 T a\n",
)  # fmt: skip


VARIANTS = 16
"""Texts of one draw: to draw takes hypothesis longer than most targets take for a text."""


def damaged(samples: Sequence[str]) -> st.SearchStrategy[list[str]]:
    """Texts that are nearly one of the samples."""

    def texts(program: bytes) -> list[str]:
        variants = [program, *(bytes((each + 37 * step) % 256 for each in program) for step in range(1, VARIANTS))]
        return list(dict.fromkeys(damage(samples, variant) for variant in variants))

    return st.binary(max_size=1 + MOST_CHANGES * STEP).map(texts)


def damage(samples: Sequence[str], program: bytes) -> str:
    """The text that the bytes stand for; the same for the same bytes, and for none the first sample whole."""
    text = samples[program[0] % len(samples)] if program else samples[0]
    for at in range(1, len(program) - STEP + 1, STEP):
        what, high, low, length, token = program[at : at + STEP]
        start = (high << 8 | low) % (len(text) + 1)
        end = min(start + length, len(text))
        text = (
            text[:start] + TOKENS[token % len(TOKENS)] + text[start:],
            text[:start] + TOKENS[token % len(TOKENS)] + text[end:],
            text[:start] + text[end:],
            text[:end] + text[start:],
            text[:start] + chr(token) * (length + 1) + text[start:],
            text[:start],
            text[:start] + samples[token % len(samples)][:length] + text[end:],
            text[:start] + chr(token << 8 | length) + text[end:],
        )[what % 8]
    return text[:LONGEST]
