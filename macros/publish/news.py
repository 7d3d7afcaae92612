"""Changes of verdicts for feed readers: Atom and JSON Feed, one of each for every turn that a verdict can take.

Atom is written with the standard library: it is ten elements, and a library for it would bring a compiled XML parser.
Where the site's address is not known (`site_url` of mkdocs.yml), links are relative to the feed.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from macros.publish.rendering import without_markup
from macros.results.catalogue import CatalogueResult
from macros.results.diff import Turn, turn_to
from macros.results.feed_base import folder_of
from macros.results.feed_history import Change
from macros.results.history import Past
from macros.words import LanguageName, inert, speak
from macros.words.changes import CHANGES

FOLDER = "feeds"
ALL = "changes"
ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
FEED = "alternate feed"
"""Both words, since the theme's script takes each link that is `alternate` and nothing else for the same page in
another language, and asks for that edition's map."""

TYPES = {"atom": "application/atom+xml", "json": "application/feed+json"}
"""Of a feed, by the ending of its file."""

MOST = 100
"""Entries of a feed; older ones are on the claims' pages."""

_IDS = uuid.UUID("b8f1f0f2-3b0c-5c53-9a3e-3f7f6f0b6f35")
"""The name space of the entries' ids. An entry keeps its id for ever, wherever the site moves."""


@dataclass(frozen=True)
class Entry:
    """One change. `url` is relative to the site's root."""

    id: str
    url: str
    turn: Turn
    title: str
    text: str
    generated: str


@dataclass(frozen=True)
class Site:
    """`url`: its address, ending in a slash; "" where it is not known."""

    name: str
    url: str

    def link(self, place: str) -> str:
        """To a place in the site, as it is written in a feed."""
        return f"{self.url or '../'}{place}"


def anchor_of(change: Change) -> str:
    """By which a change is found on its claim's page."""
    return "changed-" + "".join(letter for letter in change.generated if letter.isalnum())


def files(results: CatalogueResult, past: Past | None, site: Site, language: LanguageName) -> Iterator[tuple[str, str]]:
    """Every feed by its place in the site; without a change they are empty, so that they can be subscribed to."""
    entries = entries_of(results, past, language)
    turns = CHANGES[language].turns
    for turn in (None, *Turn):
        name = turn.value if turn else ALL
        title = f"{site.name}: {turns[turn]}" if turn else site.name
        of_turn = [entry for entry in entries if turn in (None, entry.turn)][:MOST]
        yield f"{FOLDER}/{name}.atom", atom(name, title, of_turn, site, results.generated)
        yield f"{FOLDER}/{name}.json", json_feed(name, title, of_turn, site)


def in_head(page: str, place: str, title: str) -> str:
    """A finished page that names both feeds of all changes, by which feed readers find them. `place`: their folder."""
    links = "".join(
        f'<link rel="{FEED}" type="{kind}" title="{inert.attribute(title)}" href="{place}{ALL}.{suffix}">'
        for suffix, kind in TYPES.items()
    )
    return page.replace("</head>", f"{links}</head>", 1)


def entries_of(results: CatalogueResult, past: Past | None, language: LanguageName) -> list[Entry]:
    """The newest first. A claim that is gone has no page, and no entry."""
    words, says = speak(language), CHANGES[language]
    entries = []
    for change in past.history.changes if past else ():
        if change.claim not in results.claims:
            continue
        claim = without_markup(results.claims[change.claim].claim.title, language)
        turn = turn_to(change.after)
        entries.append(
            Entry(
                id=uuid.uuid5(_IDS, f"{change.claim} {change.generated}").urn,
                url=f"{folder_of(change.claim)}#{anchor_of(change)}",
                turn=turn,
                title=inert.xml(f"{says.turns[turn]}: {claim}"),
                text=inert.xml(
                    f"{words.verdict(change.before)} → {words.verdict(change.after)}; {says.because(change.causes)}"
                ),
                generated=change.generated,
            )
        )
    return entries


def atom(name: str, title: str, entries: Sequence[Entry], site: Site, generated: str) -> str:
    """An Atom feed (RFC 4287)."""
    feed = ElementTree.Element("feed", xmlns=ATOM)
    _add(feed, "id", uuid.uuid5(_IDS, f"{site.name} {name}").urn)
    _add(feed, "title", inert.xml(title))
    _add(feed, "updated", entries[0].generated if entries else generated)
    _add(_add(feed, "author"), "name", inert.xml(site.name))
    _add(feed, "link", rel="self", type="application/atom+xml", href=site.link(f"{FOLDER}/{name}.atom"))
    _add(feed, "link", rel="alternate", type="text/html", href=site.link(""))
    for entry in entries:
        element = _add(feed, "entry")
        _add(element, "id", entry.id)
        _add(element, "title", entry.title)
        _add(element, "updated", entry.generated)
        _add(element, "link", rel="alternate", type="text/html", href=site.link(entry.url))
        _add(element, "category", term=entry.turn.value)
        _add(element, "summary", entry.text)
    ElementTree.indent(feed)
    return ElementTree.tostring(feed, encoding="unicode", xml_declaration=True) + "\n"


def json_feed(name: str, title: str, entries: Sequence[Entry], site: Site) -> str:
    """The same as JSON Feed 1.1."""
    places = {"home_page_url": site.url, "feed_url": site.link(f"{FOLDER}/{name}.json")} if site.url else {}
    items = [
        {
            "id": entry.id,
            "url": site.link(entry.url),
            "title": entry.title,
            "content_text": entry.text,
            "date_published": entry.generated,
            "tags": [entry.turn.value],
        }
        for entry in entries
    ]
    whole = {"version": JSON_FEED, "title": inert.xml(title), **places, "items": items}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name, attributes)
    element.text = text
    return element
