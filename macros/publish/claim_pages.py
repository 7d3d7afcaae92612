"""The pages that nobody writes: one for each claim, and the catalogue of all."""

from __future__ import annotations

import json
from collections.abc import Mapping

from macros.publish import lookup
from macros.publish.fragments import Fragment
from macros.publish.rendering import prose, render, without_markup
from macros.publish.vocabulary import Vocabulary
from macros.results.catalogue import CatalogueResult

CLAIM_KEY = "claim"
"""The key in a generated page's front matter that names its claim; "" for the catalogue."""

FOLDER = "claims"

# The links are HTML, not Markdown: the two files are written after MkDocs has checked its links.
CATALOGUE_INTRODUCTION = (
    "Each line is one statement of the source and what came out when it was executed. The same list for programs: "
    '<a href="../claims.json">claims.json</a>, with its <a href="../claims.schema.json">schema</a>.'
)


def sources(results: CatalogueResult) -> Mapping[str, tuple[str, str]]:
    """For each claim, and for "" (the catalogue): the page's place among the docs, and its front matter.

    The content comes after the macros have run, so nothing in a claim is ever taken for a macro.
    """
    pages = {"": (f"{FOLDER}/index.md", _front_matter("", "All claims", "Every claim with its measured verdict."))}
    for name, result in results.claims.items():
        title = without_markup(result.claim.title)
        pages[name] = (f"{FOLDER}/{name}.md", _front_matter(name, title, without_markup(result.claim.statement)))
    return pages


def _front_matter(claim: str, title: str, description: str) -> str:
    # JSON is YAML: no character of a title can break out of its quotes.
    meta = {"title": title, "description": " ".join(description.split()), "render_macros": False, CLAIM_KEY: claim}
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in meta.items()]
    return "\n".join(["---", *lines, "---", ""])


def body(vocabulary: Vocabulary, claim: str) -> str:
    """The Markdown of a generated page: headings, and a fragment under each."""
    if not claim:
        return f"# All claims\n\n{CATALOGUE_INTRODUCTION}\n\n{vocabulary.claims_table(filters=True)}\n"
    result = lookup.find_claim(vocabulary.results, claim)
    values = vocabulary.card_values(result, brief=False)
    title = Fragment(str(prose(result.claim.title)), without_markup(result.claim.title))

    def part(template: str) -> str:
        return vocabulary.fragments.keep(Fragment(render(template, vocabulary.language, **values), block=True))

    sections = [("Results", "results")]
    if result.controls:
        sections.append(("Controls", "controls"))
    if result.claim.experiment:
        sections += [("How it is decided", "method"), ("What it printed", "printed")]
    sections.append(("Where and when", "provenance"))
    parts = [f"# {vocabulary.fragments.keep(title)}", part("statement")]
    for heading, template in sections:
        parts += [f"## {heading}", part(template)]
    return "\n\n".join(parts) + "\n"
