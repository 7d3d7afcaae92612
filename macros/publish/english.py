"""The English words by which prose compares. The lint of pages is no better than these lists."""

from __future__ import annotations

import re

_DEGREES = {
    "fast": ("faster", "fastest"),
    "slow": ("slower", "slowest"),
    "quick": ("quicker", "quickest"),
    "large": ("larger", "largest"),
    "big": ("bigger", "biggest"),
    "great": ("greater", "greatest"),
    "small": ("smaller", "smallest"),
    "long": ("longer", "longest"),
    "short": ("shorter", "shortest"),
    "high": ("higher", "highest"),
    "low": ("lower", "lowest"),
    "cheap": ("cheaper", "cheapest"),
    "costly": ("costlier", "costliest"),
    "heavy": ("heavier", "heaviest"),
    "light": ("lighter", "lightest"),
    "wide": ("wider", "widest"),
    "narrow": ("narrower", "narrowest"),
    "deep": ("deeper", "deepest"),
    "few": ("fewer", "fewest"),
    "good": ("better", "best"),
    "bad": ("worse", "worst"),
    "rare": ("rarer", "rarest"),
    "steep": ("steeper", "steepest"),
    "tight": ("tighter", "tightest"),
}
"""Words for what is measured, with their comparative and superlative. Words of time (newer, later) are not: they tell
which release is meant, and a release is looked for by its number."""

_COMPARATIVES = "|".join(one for one, _ in _DEGREES.values())
_SUPERLATIVES = "|".join(one for _, one in _DEGREES.values())
_AS_MUCH = "|".join(word for word in (*_DEGREES, "much", "many", "often", "soon") if word != "long")
_NUMBER = (
    r"(?:[a-z]+-)?(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|"
    r"hundred|thousand|million)|several|many|[0-9][0-9,]*"
)
_BOUNDS = "figures?|bounds?|bands?|limits?|ranges?|thresholds?|source's|source’s"
_NOTHING = rf"one|once|zero|nothing|none|a single|that|this|those|it|not|enough|needed|necessary|{_NUMBER}"

_PATTERNS = (
    rf"(?<!no )(?<!any )(?:{_COMPARATIVES})",
    _SUPERLATIVES,
    rf"(?:more|less)(?: \w+)?(?: \w+)? than(?! (?:{_NOTHING})\b)",
    r"more (?:expensive|costly|frequent|frequently|common|efficient|memory|time)",
    r"(?:more|less|most|least) often(?! than not)",
    r"the most (?!of\b)\w+",
    rf"as (?:{_AS_MUCH})(?: \w+)? as",
    rf"(?:{_NUMBER}) times (?:as|the|more|less)",
    r"twice (?:as|the|that|its|what)|half (?:as|the (?:time|memory|size|cost))|(?:ten|hundred|thousand)fold",
    r"a fraction of",
    r"doubles|doubled|halves (?:it|its|the)|halved|exceeds?|exceeded|outweighs?|outpaces?|dominates?",
    rf"(?:above|below|within|inside|outside|beyond|under|over) (?:the |its |this |that |any |both )?(?:{_BOUNDS})",
)
COMPARISON = re.compile(rf"\b(?:{'|'.join(_PATTERNS)})\b", re.IGNORECASE)
"""A word or a phrase that compares quantities."""

NOT_A_COMPARISON = re.compile(
    r"\b(?:at best|at worst|the worst|had better|best effort|best-effort|"
    r"lower[- ](?:case|half|address(?:es)?|bits?|level|end|bound)|higher[- ](?:order|address(?:es)?|bits?|level)|"
    r"short(?:er)? form)\b",
    re.IGNORECASE,
)
"""Set phrases with such a word in them that compare nothing."""

REPORTS = (
    "The source says", "The source", "We took", "We take", "How it was measured.", "How it is measured.",
)  # fmt: skip
"""Labels, between stars, of paragraphs that tell what the source says or what was done."""


def comparisons(text: str) -> list[tuple[int, str]]:
    """The comparing words of a text with their places; set phrases left out."""
    text = re.sub(r"\s", " ", text)
    idle = [found.span() for found in NOT_A_COMPARISON.finditer(text)]
    return [
        (found.start(), found[0])
        for found in COMPARISON.finditer(text)
        if not any(begin <= found.start() < end for begin, end in idle)
    ]
