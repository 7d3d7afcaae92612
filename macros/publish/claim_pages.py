"""The pages that nobody writes: one for each claim, and the catalogue of all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup
from mkdocs.structure import StructureItem
from mkdocs.structure.nav import Link, Navigation, Section
from mkdocs.structure.pages import Page

from macros.publish import changed, lookup
from macros.publish.argument import RADIUS, Argument, path_of
from macros.publish.card import Card
from macros.publish.claims_index import index_of, titles_elsewhere
from macros.publish.fragments import Fragment
from macros.publish.machines import elsewhere_values
from macros.publish.plot_marks import SWATCHES
from macros.publish.rendering import head_text, prose, render, without_markup
from macros.publish.vocabulary import Vocabulary
from macros.results.catalogue import CatalogueResult
from macros.results.feed_base import FOLDER
from macros.results.relations import any_premise

CLAIM_KEY = "claim"
"""The key in a generated page's front matter that names its claim; "" for the catalogue, ARGUMENT for that page."""

ARGUMENT = "?argument"
"""Stands for the page on which claims rest on which; no claim can be called so."""

WORDLESS = ("plots", "elsewhere", "printed", "provenance")
"""Templates of which the search takes no word. Every claim's page has their headings: all would be found."""

UNSEARCHED = ' { data-search-exclude="" }'

# The links are HTML, not Markdown: the two files are written after MkDocs has checked its links.
CATALOGUE_INTRODUCTION = (
    "Each line is one statement of the source and what came out when it was executed. Releases are named where the "
    "verdict differs between them, or where it is not known for all of them. "
    '<a href="../for-programs/">For programs</a>, the same is in <a href="../claims.json">claims.json</a>.'
)

ARGUMENT_INTRODUCTION = (
    "The source argues from some of its statements for others. Where a premise is refuted, that argument fails, "
    "whatever the verdict on the statement that it was to support."
)


@dataclass(frozen=True)
class Head:
    """What the theme says of a page in its head and header. It escapes neither, so both are inert already."""

    title: Markup
    description: Markup
    hide: tuple[str, ...] = ()
    """The parts of the theme's frame that the page does without."""
    tags: tuple[str, ...] = ()
    """What the search finds the page by before anything else."""


def addresses(results: CatalogueResult) -> Mapping[str, str]:
    """The places among the docs: of each claim's page, of the catalogue for "", and of ARGUMENT if it has a page."""
    argued = {ARGUMENT: f"{FOLDER}/what-rests-on-what.md"} if any_premise(results.claims) else {}
    return {"": f"{FOLDER}/index.md", **argued, **{name: f"{FOLDER}/{name}.md" for name in results.claims}}


def source(claim: str) -> str:
    """A page's file as MkDocs reads it: only which claim it is.

    The content comes after the macros have run, and title and description with it: nothing in a claim is ever taken
    for a macro, or for YAML.
    """
    return f"---\nrender_macros: false\n{CLAIM_KEY}: {json.dumps(claim)}\n---\n"


def head(results: CatalogueResult, claim: str) -> Head:
    """Of a claim's page, or for "" of the catalogue's."""
    if not claim:
        return Head(head_text("All claims"), head_text("Every claim with its measured verdict."), ("toc",))
    if claim == ARGUMENT:
        return Head(head_text("What rests on what"), head_text("Which statements of the source rest on which others."))
    found = lookup.find_claim(results, claim).claim
    return Head(head_text(found.title), head_text(found.statement), tags=(found.id,))


def body(vocabulary: Vocabulary, claim: str, edit: str | None = None) -> str:
    """The Markdown of a generated page: headings, and a fragment under each. `edit`: where to edit a claim's file."""
    if not claim:
        return f"# All claims\n\n{CATALOGUE_INTRODUCTION}{_to_argument(vocabulary)}\n\n{_index(vocabulary)}\n"
    if claim == ARGUMENT:
        return _argument(vocabulary)
    result = lookup.find_claim(vocabulary.results, claim)
    card = Card(result, False, vocabulary.results.policy)
    drawings = card.drawings(vocabulary.plots[claim], vocabulary.words)
    values = {**vocabulary.card_values(card), "drawings": drawings, "swatches": SWATCHES, "edit": edit}
    title = Fragment(str(prose(result.claim.title)), without_markup(result.claim.title))

    def part(template: str) -> str:
        return vocabulary.fragments.keep(Fragment(render(template, vocabulary.language, **values), block=True))

    sections = [("Measured", "plots")] if drawings else []
    sections.append(("Results", "results"))
    if others := vocabulary.results.elsewhere.get(claim, ()):
        values |= elsewhere_values(card, others, vocabulary.words)
        sections.append(("On other machines", "elsewhere"))
    if result.controls:
        sections.append(("Controls", "controls"))
    if result.claim.experiment:
        sections += [("How it is decided", "method"), ("What it printed", "printed")]
    sections.append(("Where and when", "provenance"))
    if vocabulary.past:
        rows = changed.of_claim(vocabulary.past, claim, vocabulary.language)
        since = vocabulary.past.history.since.get(claim, vocabulary.results.generated)
        values |= {"rows": rows, "since": since, "generated": vocabulary.results.generated}
        sections.append(("History of the verdict", "history"))
    elsewhere = titles_elsewhere(result.claim, vocabulary.language)
    names = render("names", vocabulary.language, claim=result.claim, titles=elsewhere)
    parts = [f"# {vocabulary.fragments.keep(title)}", vocabulary.fragments.keep(Fragment(names, block=True))]
    if note := vocabulary.note(claim):
        parts.append(note)
    parts.append(part("statement"))
    for heading, template in sections:
        unsearched = UNSEARCHED if template in WORDLESS or (template == "results" and card.groups) else ""
        parts += [f"## {heading}{unsearched}", part(template)]
    return "\n\n".join(parts) + "\n"


def _index(vocabulary: Vocabulary) -> str:
    """The table of all claims, with its filters."""
    html = render("index", vocabulary.language, index=index_of(vocabulary.results), url=vocabulary.url)
    return vocabulary.fragments.keep(Fragment(html, block=True))


def short_navigation(nav: Navigation) -> Navigation:
    """The site's parts without the pages in them: a claim's page is in none of them, and there are many such pages."""

    def entry(item: StructureItem) -> StructureItem:
        pages = (child for child in item.children if isinstance(child, Page)) if isinstance(item, Section) else ()
        return next((Link(item.title or "", page.url) for page in pages), item)

    return Navigation([entry(item) for item in nav.items], nav.pages)


def _to_argument(vocabulary: Vocabulary) -> str:
    """Leads from the catalogue to the page on premises, where there is one."""
    if not any_premise(vocabulary.results.claims):
        return ""
    return f' Some of them are premises of others: <a href="{vocabulary.url(ARGUMENT)}">what rests on what</a>.'


def _argument(vocabulary: Vocabulary) -> str:
    """The page on premises."""
    argument = Argument(vocabulary.results.claims)
    values = {"roots": argument.roots, "drawing": argument.drawing(), "path_of": path_of, "radius": RADIUS}
    html = render("argument", vocabulary.language, url=vocabulary.url, **values)
    # No name of a claim is to be found here before its own page.
    block = vocabulary.fragments.keep(Fragment(f"<section data-search-exclude>{html}</section>", block=True))
    return f"# What rests on what\n\n{ARGUMENT_INTRODUCTION}\n\n{block}\n"
