"""The sentinel: what tells whether the machine was quiet while a measured process ran.

It is a program in every image (`inside/sentinel.c`) that runs the process, with probes of known work before and after
it and the kernel's own account around it. What it reports becomes *witnesses*, one figure each. What they mean is the
judges' business (`verdict.sessions`).

| witness | what |
|---|---|
| `latency`, `throughput`, `loads`, `bandwidth` | seconds of a piece of work: a chain of multiplications, independent additions, dependent loads, a sum over memory |
| `stretch`, `stretch_after` | seconds of all pieces in a row, longer than a scheduler's slice |
| `others_here` | share of the time of the process's processors that others used |
| `others_elsewhere` | share of the other processors' time that others used |
| `stolen` | share of all processors' time that the hypervisor gave to others |
| `stalled` | share of the time in which something waited for memory or a device |
| `used`, `waited`, `switched` | share of its processors' time that the process used, share of the time in which something waited for a processor, involuntary switches a second: the process causes them itself, so these are kept for readers and nobody judges by them |

Times depend on how many processors the probes run on, so their names end with that number: `latency/1`.
"""  # noqa: E501 (a table)

from __future__ import annotations

import hashlib
import re
from pathlib import Path

SOURCE = (Path(__file__).parent / "inside" / "sentinel.c").read_bytes()
DIGEST = hashlib.sha256(SOURCE).hexdigest()[:16]
"""Times of different sentinels cannot be compared."""

TICK = 0.01
"""Seconds: the grain of the kernel's idle and stolen time, but for processors that somebody reads on."""

LEFTOVERS = 0.002
"""Seconds of other processors that the engine's own last moves take."""

_WORD = re.compile(r"(\w+)=(-?\d+(?:\.\d+)?)")


def read(report: str) -> dict[str, float]:
    """The witnesses of a report; none of one that is not whole."""
    told = {name: float(figure) for name, figure in _WORD.findall(report)}
    try:
        return {**_times(told), **_shares(told), "switched": told["switched"] / told["wall"]}
    except (KeyError, ZeroDivisionError):
        return {}


def _times(told: dict[str, float]) -> dict[str, float]:
    found = {
        "latency": max(told["latency"], told["latency_after"]),
        "throughput": max(told["throughput"], told["throughput_after"]),
        **{name: told[name] for name in ("loads", "bandwidth", "stretch", "stretch_after")},
    }
    # Probes that found no memory to read have no time of it.
    return {f"{name}/{told['here']:.0f}": seconds for name, seconds in found.items() if seconds > 0}


def _shares(told: dict[str, float]) -> dict[str, float]:
    span, here, elsewhere = told["span"], told["here"], told["elsewhere"]
    others = span * here - told["idle_here"] - told["own"] - TICK * (here - 1)
    shares = {
        "others_here": others / (span * here),
        "stolen": (told["stolen"] - TICK) / (span * (here + elsewhere)),
        "stalled": (told["pressed_memory"] + told["pressed_io"]) / span,
        "waited": told["pressed_cpu"] / span,
        "used": told["own"] / (span * here),
    }
    if elsewhere:
        shares["others_elsewhere"] = (told["busy_elsewhere"] - LEFTOVERS * elsewhere) / (span * elsewhere)
    return {name: max(share, 0.0) for name, share in shares.items()}
