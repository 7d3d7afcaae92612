"""Which of the theme's files a site needs, and what is repaired in them.

Not needed is what only helps to debug them, nor the search's other languages.
"""

from __future__ import annotations

from collections.abc import Collection

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

LUNR = "assets/javascripts/lunr/"
_WORKER = "assets/javascripts/workers/search."
_AMBIGUOUS = "e=e+s+o.id"
_SEPARATED = 'e=e+","+s+o.id'
_WORDS = {"ja": "tinyseg.js", "hi": "wordcut.js", "th": "wordcut.js"}
"""What tells words apart where no blank does, by language."""


def search_languages(config: MkDocsConfig) -> Collection[str]:
    """The languages of the search plugin: the theme's own, or MkDocs'."""
    for name in ("material/search", "search"):
        if name in config.plugins:
            return config.plugins[name].config["lang"] or [config.theme["language"]]
    return ()


def drop_unused(files: Files, languages: Collection[str]) -> None:
    """Take out of a build's files what no page of it fetches. `languages`: those of its search."""
    needed = {LUNR + name for name in _of_search(languages)}
    for file in list(files):
        uri = file.src_uri
        if (uri.startswith("assets/") and uri.endswith(".map")) or (uri.startswith(LUNR) and uri not in needed):
            files.remove(file)


def repair_search(files: Files) -> None:
    """Let the search (lunr 2.3.9) tell its nodes apart.

    Nodes of its tree of words are joined where they have one name, which is made of letters and numbers of nodes
    without anything between them. So digits in words can make two names equal, and the search then fails for whoever
    types such a word: whether it does changes with the figures that a build has measured.
    """
    for file in files:
        if file.src_uri.startswith(_WORKER):
            file.content_string = file.content_string.replace(_AMBIGUOUS, _SEPARATED)


def _of_search(languages: Collection[str]) -> set[str]:
    """The files that the theme's search fetches for its languages; it knows English without any."""
    others = [language for language in languages if language != "en"]
    names = {f"min/lunr.{language}.min.js" for language in others}
    names |= {_WORDS[language] for language in others if language in _WORDS}
    if len(languages) > 1:
        names.add("min/lunr.multi.min.js")
    return names | {"min/lunr.stemmer.support.min.js"} if names else names
