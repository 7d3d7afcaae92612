"""Figures that somebody typed into a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from macros.publish.prose_figures import Allowed, allowed_of, figures_in, typed
from tests.unit.publish_site import Failed, build_site


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("<p>takes 3.2 ms to start</p>", ["3.2 ms"]),
        ("<p>is 20x slower, or 1.5 times, or 8&nbsp;%</p>", ["20x", "1.5 times", "8 %"]),
        ("<p>a 64-byte line, 1,248,903 instructions</p>", ["64-byte", "1,248,903 instructions"]),
        ("<p>in <code>2 KB</code> of <b>48</b> bytes</p>", ["2 KB", "48 bytes"]),
        ("<p>Go 1.22 has 8 defers in 3 functions; see section 2.5, go1.15 and x86-64</p>", []),
        ("<pre>5 ms</pre><svg><text>5 ms</text></svg>", []),
        ("<p>GOMAXPROCS=2, amd64, gcc -O2, 2024, n = 10,000</p>", []),
    ],
)
def test_a_number_with_a_unit_a_percentage_or_a_factor_is_a_figure(prose: str, found: list[str]) -> None:
    """Counts without a unit, versions and what programs print are none."""
    assert figures_in(prose) == found


def test_the_short_list_allows_a_figure_on_its_page_only() -> None:
    """With a reason; an entry without one is refused."""
    allowed = allowed_of([{"page": "a.md", "text": "5 ms", "because": "an example of how to read one"}])
    assert typed("<p>5 ms</p>", "a.md", allowed) == []
    assert typed("<p>5 ms</p>", "b.md", allowed) == ["5 ms"]
    assert allowed == [Allowed("a.md", "5 ms", "an example of how to read one")]
    with pytest.raises(ValueError, match="because"):
        allowed_of([{"page": "a.md", "text": "5 ms"}])


def test_a_typed_figure_stops_the_build_and_is_named_with_its_line(tmp_path: Path) -> None:
    """What a macro gives is no typed figure, on the same page."""
    page = '# Page\n\nIt takes {{ value("cold-start", "start") }}.\n\nIn truth it takes 4.7 ms.\n'
    with pytest.raises(Failed) as failed:
        build_site(tmp_path, {"page.md": page})
    assert "docs/page.md:5:1: the figure `4.7 ms` appears in prose" in str(failed.value)
    assert str(failed.value).count("appears in prose") == 1
