"""Which claims rest on which, arranged for the catalogue's page: as nested lists, and as a small drawing of them.

The drawing has a mark for each claim and no names, which are in the lists. Where everything stands in it depends on the
claims alone: columns go by the longest way from a premise that rests on nothing, and groups of claims that hang
together fill shelves in their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from macros.results.catalogue import ClaimResult
from macros.results.relations import premises_of, resting_on
from macros.verdict.premises import Relation, carries

SHELVES = 3
COLUMN, ROW, RADIUS = 64, 24, 10
"""Of the drawing, in its own units: between marks from left to right, from top to bottom, and a mark's radius."""

_WORST_FIRST = (Relation.CARRIES_NOTHING, Relation.CARRIES_IN_PART, None)


@dataclass(frozen=True)
class Node:
    """A claim, and those that rest on it."""

    result: ClaimResult
    resting: tuple[Node, ...]

    @property
    def carries(self) -> Relation | None:
        return carries(self.result.finding)

    def everywhere(self) -> Iterator[Node]:
        """Itself and all that rests on it, one after the other."""
        yield self
        for node in self.resting:
            yield from node.everywhere()


@dataclass(frozen=True)
class Point:
    """The middle of a claim's mark."""

    result: ClaimResult
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """From a premise to what rests on it; `carries` as the premise does."""

    start: Point
    end: Point
    carries: Relation | None


@dataclass(frozen=True)
class Drawing:
    """The marks and lines, and how large the whole is."""

    points: tuple[Point, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


@dataclass
class _Group:
    """Claims that hang together: by claim, its column and its row."""

    places: dict[str, tuple[int, float]] = field(default_factory=dict)
    rows: int = 0


@dataclass(frozen=True)
class Argument:
    """The premises of these claims. There are no circles among them: lint and every run refuse those."""

    claims: Mapping[str, ClaimResult]

    @cached_property
    def roots(self) -> list[Node]:
        """The premises that rest on nothing themselves; first those with a refuted one among what hangs on them."""
        starts = [one for one in self.claims.values() if not premises_of(one, self.claims)]
        nodes = [self._node(one) for one in starts if resting_on(one, self.claims)]
        return sorted(nodes, key=lambda node: min(_WORST_FIRST.index(each.carries) for each in node.everywhere()))

    def _node(self, result: ClaimResult) -> Node:
        return Node(result, tuple(self._node(one) for one in resting_on(result, self.claims)))

    def drawing(self) -> Drawing:
        """All of it, each claim once."""
        groups = self._groups()
        wide = max((column for group in groups for column, _ in group.places.values()), default=0)
        filled = [0] * SHELVES
        points: dict[str, Point] = {}
        for group in groups:
            shelf = filled.index(min(filled))
            for name, (column, row) in group.places.items():
                x = RADIUS + 1 + COLUMN * (column + shelf * (wide + 1))
                points[name] = Point(self.claims[name], x, RADIUS + 1 + ROW * (row + filled[shelf]))
            filled[shelf] += group.rows
        lines = tuple(
            Line(points[premise.claim.id], point, carries(premise.finding))
            for point in points.values()
            for premise in premises_of(point.result, self.claims)
        )
        used = min(SHELVES, len(groups))
        width = COLUMN * (used * (wide + 1) - 1) + 2 * (RADIUS + 1)
        return Drawing(tuple(points.values()), lines, width, ROW * (max(filled) - 1) + 2 * (RADIUS + 1))

    def _groups(self) -> list[_Group]:
        groups: list[_Group] = []
        for root in self.roots:
            names = {node.result.claim.id for node in root.everywhere()}
            group = next((one for one in groups if names & set(one.places)), None)
            if group is None:
                groups.append(group := _Group())
            self._place(root, group)
        return groups

    def _place(self, node: Node, group: _Group) -> float:
        """Beside the middle of what rests on it, or on a row of its own; the row."""
        name = node.result.claim.id
        if name in group.places:
            return group.places[name][1]
        rows = [self._place(one, group) for one in node.resting if one.result.claim.id not in group.places]
        row = (rows[0] + rows[-1]) / 2 if rows else float(group.rows)
        group.rows += not rows
        group.places[name] = (self._depth(node.result), row)
        return row

    def _depth(self, result: ClaimResult) -> int:
        return max((1 + self._depth(one) for one in premises_of(result, self.claims)), default=0)


def path_of(line: Line) -> str:
    """A line as the data of an SVG path, from the edge of one mark to the edge of the other."""
    start, end = line.start.x + RADIUS, line.end.x - RADIUS
    middle = (start + end) / 2
    numbers: Sequence[float] = (start, line.start.y, middle, line.start.y, middle, line.end.y, end, line.end.y)
    return "M{} {}C{} {} {} {} {} {}".format(*(f"{number:g}" for number in numbers))
