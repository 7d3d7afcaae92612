"""What an unquoted YAML scalar stands for: null, a truth value, a number, or text. YAML 1.2; dates are text."""

from __future__ import annotations

import math
import re

MAX_NUMBER = 40
"""Characters of an unquoted number. No double and no 64-bit integer needs more, and Python refuses 4,301 digits."""

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+)|[-+][0-9_]+|[0-9][0-9_]*")
_FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)"
    r"|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_BASES = {"0b": 2, "0o": 8, "0x": 16}


class NoNumber(ValueError):
    """What has the form of a number and is none that can be used. Says what and why, then what would be right."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


def value_of(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar. Raises NoNumber."""
    if text in _WORDS:
        return _WORDS[text]
    whole, fraction = _INT.fullmatch(text), _FLOAT.fullmatch(text)
    if not whole and not fraction:
        return text
    if len(text) > MAX_NUMBER:
        raise NoNumber(f"a number of {len(text):,} characters", "round it, or quote it to make it text")
    digits = text.replace("_", "")
    try:
        value = _whole(digits) if whole else float(digits.replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise NoNumber(f"`{text}` is not a finite number", "give a number, or quote it to make it text")
    return value


def _whole(digits: str) -> int:
    """010 is ten; int() itself takes a sign."""
    base = _BASES.get(digits.lstrip("+-")[:2], 10)
    return int(digits, base)
