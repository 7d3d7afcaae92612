"""A claim's page for programs that read pages: its verdict as schema.org's ClaimReview, in JSON-LD.

A rating is given only where the evidence decides: an open verdict is none, and a reader of ratings must not take it for
the middle of the scale. The block is data, not a script: no policy that forbids inline scripts concerns it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from macros.claim.catalogue import SourceOfClaims
from macros.claim.fields import Text, VerdictName
from macros.publish.rendering import without_markup
from macros.results.catalogue import CatalogueResult, ClaimResult
from macros.words import LanguageName, inert, speak

RATINGS: Mapping[VerdictName, int] = {VerdictName.REFUTED: 1, VerdictName.DEPENDS: 3, VerdictName.CONFIRMED: 5}
"""On schema.org's scale from false to true. The other verdicts are open."""

WORST, BEST = min(RATINGS.values()), max(RATINGS.values())


def review(
    results: CatalogueResult, result: ClaimResult, url: str, author: str, language: LanguageName
) -> dict[str, object]:
    """What the claim's page says. `url`: the page's; `author`: the site's name."""
    words, claim, finding = speak(language), result.claim, result.finding
    said = _plain(words.finding(finding) or words.verdict_meaning(finding.verdict), language)
    form: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": url,
        "inLanguage": language,
        "datePublished": results.generated[:10],
        "author": {"@type": "Organization", "name": author},
        "claimReviewed": _plain(claim.statement, language),
        "itemReviewed": {
            "@type": "Claim",
            "name": _plain(claim.title, language),
            "appearance": _appearance(results.settings.source, claim.source.where, language),
        },
        "reviewBody": f"{words.verdict(finding.verdict)}: {said}",
    }
    if finding.verdict in RATINGS:
        form["reviewRating"] = {
            "@type": "Rating",
            "ratingValue": RATINGS[finding.verdict],
            "worstRating": WORST,
            "bestRating": BEST,
            "alternateName": words.verdict(finding.verdict),
        }
    return form


def _plain(text: Text | str, language: LanguageName) -> str:
    """One line without markup, in which every character shows."""
    return inert.one_line(without_markup(text, language))


def _appearance(source: SourceOfClaims, where: str, language: LanguageName) -> dict[str, object]:
    """Where the source makes the claim."""
    form: dict[str, object] = {
        "@type": "CreativeWork",
        "name": _plain(source.name, language),
        "position": where,
    }
    return form | ({"url": source.url} if source.url else {})


def in_head(page: str, form: Mapping[str, object]) -> str:
    """The finished page with the block at the end of its head. No character in it can end the block."""
    text = json.dumps(form, ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return page.replace("</head>", f'<script type="application/ld+json">{text}</script></head>', 1)
