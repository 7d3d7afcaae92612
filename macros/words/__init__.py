"""Findings as sentences, numbers as text, and foreign text made inert. `speak` gives the language."""

from __future__ import annotations

from macros.words.en import English
from macros.words.language import Language, LanguageName
from macros.words.zh import Chinese

__all__ = ["Language", "LanguageName", "speak"]

_LANGUAGES: dict[str, Language] = {"en": English(), "zh": Chinese()}


def speak(language: LanguageName) -> Language:
    """The language of that name."""
    return _LANGUAGES[language]
