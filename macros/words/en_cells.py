"""English: where statements hold and fail, by toolchain and case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from macros.claim.fields import VerdictName
from macros.verdict.parts import CellVerdict
from macros.words import phrases, stretches
from macros.words.figures import count

HOLDS = {VerdictName.CONFIRMED: "holds", VerdictName.REFUTED: "fails"}
CAME_TO = {
    VerdictName.REFUTED: "refuted",
    VerdictName.DEPENDS: "missed by so little that another machine could make up for it",
    VerdictName.INCONCLUSIVE: "undecided",
    VerdictName.UNTESTABLE: "untestable",
    VerdictName.CONFIRMED: "confirmed",
}
_NAMED = (VerdictName.REFUTED, VerdictName.DEPENDS)


def by_toolchain(verdicts: Mapping[str, VerdictName]) -> str:
    """The verdicts by toolchain, as a phrase that begins with a verb."""
    found = stretches.stretches(verdicts)
    if len(found) == 1:
        return f"{HOLDS[found[0].verdict]} everywhere"
    flips = " and ".join(f"between {before} and {after}" for before, after in stretches.flips(verdicts))
    return f"{', '.join(_stretch(each) for each in found)} (it flips {flips})"


def _stretch(stretch: stretches.Stretch) -> str:
    says = HOLDS[stretch.verdict]
    if stretch.first == stretch.last:
        return f"{says} in {stretch.first}"
    return f"{says} from {stretch.first} on" if stretch.ends else f"{says} in {stretch.first} to {stretch.last}"


def came_to(cells: Sequence[CellVerdict]) -> list[str]:
    """What several cells came to, as participles. Those that do not hold are named, the others counted."""
    parts = []
    for verdict, says in CAME_TO.items():
        by_case = stretches.toolchains_by_case(cells, verdict)
        if by_case and verdict in _NAMED:
            parts.append(f"{says} in {', '.join(_place(case, names) for case, names in by_case.items())}")
        elif by_case:
            parts.append(f"{says} in {count(sum(map(len, by_case.values())))}")
    return parts


def _place(case: str, toolchains: Sequence[str]) -> str:
    names = listed(toolchains, "and")
    return names if case == phrases.DEFAULT_CASE else f"{names} ({case})"


def cases(says: str, names: Sequence[str]) -> str:
    return f"{says} in {'case' if len(names) == 1 else 'cases'} {listed(names, 'and')}"


def listed(names: Sequence[str], last: str) -> str:
    """a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"
