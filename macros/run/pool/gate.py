"""Whether a host may get work: the null control runs under the sentinel until the machine is quiet or patience ends."""

from __future__ import annotations

import datetime
import random
import time
from collections.abc import Callable

from macros.lab import machine
from macros.lab.box import Runner
from macros.lab.null_control import NullControl
from macros.ledger.address import machine_half
from macros.ledger.store import Ledger
from macros.problems import EnvironmentFailed
from macros.run import levels
from macros.run.host import NOTE
from macros.run.watch import PAUSE_SECONDS, Reader
from macros.verdict.policy import Policy
from macros.verdict.sessions import limits_of, loud_witnesses

QUIET_READINGS = 3
"""In a row, before a host is believed to be quiet."""

PATIENCE_SECONDS = 60.0


def pass_sentinel(
    runner: Runner, image: str, ledger: Ledger, policy: Policy, patience: float, on_wait: Callable[[], None]
) -> None:
    """Return when the machine is quiet. Raises EnvironmentFailed, with what was loud, where it stays loud.

    `image` is any of the host's images. Nothing else of ours runs on the machine meanwhile.
    """
    here = machine_half(runner.facts().to_json(), whole=True).key
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    quiet = levels.levels(levels.noted(ledger.noted(NOTE), here), today)
    control = NullControl(runner, image, random.Random())
    with machine.alone(on_wait):
        control.open()
        try:
            until_quiet(control, limits_of(quiet, policy), lambda seen: loud_witnesses(seen, quiet, policy), patience)
        finally:
            control.close()


def until_quiet(
    reader: Reader,
    limits: dict[str, float],
    loud: Callable[[dict[str, float]], tuple[str, ...]],
    patience: float,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Read until so many readings in a row are quiet. `limits`: of each witness that `loud` may name."""
    last = clock() + patience
    in_a_row = 0
    while in_a_row < QUIET_READINGS:
        _, witnesses = reader.read()
        names = loud(dict(witnesses))
        in_a_row = 0 if names else in_a_row + 1
        if names and clock() >= last:
            raise EnvironmentFailed(
                f"this host is not quiet, so it gets no work: {_said(names, dict(witnesses), limits)}; "
                "stop what else runs on it, then start the worker again; --patience waits longer"
            )
        if names:
            sleep(PAUSE_SECONDS)


def _said(names: tuple[str, ...], witnesses: dict[str, float], limits: dict[str, float]) -> str:
    return ", ".join(
        f"{name} {witnesses[name]:.3g} (at most {limits[name]:.3g})" if name in witnesses else name for name in names
    )
