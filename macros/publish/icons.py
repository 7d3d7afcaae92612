"""The verdicts' icons: each has a shape of its own, so that colour is never all that tells them apart."""

from __future__ import annotations

from collections.abc import Mapping

from macros.claim.fields import VerdictName

ICONS: Mapping[VerdictName, str] = {
    VerdictName.CONFIRMED: '<path d="M3 8.5 6.5 12 13 4.5"/>',
    VerdictName.REFUTED: '<path d="m4 4 8 8M12 4l-8 8"/>',
    VerdictName.DEPENDS: '<path d="M8 14V9L3.5 4.5M8 9l4.5-4.5M3 7.5V4h3.5M9.5 4H13v3.5"/>',
    VerdictName.INCONCLUSIVE: '<path d="M5.2 6a2.8 2.8 0 1 1 4.2 2.4C8.4 9 8 9.4 8 10.5"/><path d="M8 13.2v.3"/>',
    VerdictName.UNTESTABLE: '<circle cx="8" cy="8" r="5.5"/><path d="m4.2 4.2 7.6 7.6"/>',
    VerdictName.UNVERIFIABLE: '<circle cx="8" cy="8" r="5.5" stroke-dasharray="2.2 2.2"/><path d="M5.5 8h5"/>',
}
"""The inside of a 16 by 16 SVG drawn in the current colour."""
