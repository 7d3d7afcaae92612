"""What starts the containers of inspecting claims: the engine's default runtime, or the one that CLAIMS_RUNTIME names.

`runsc` (gVisor) gives each container a kernel of its own, in user space, so that a stranger's claim does not speak to
the host's. It makes programs slower, so measuring claims never use it: their figures would be gVisor's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from macros.claim.visible import shown
from macros.problems import EnvironmentFailed

VARIABLE = "CLAIMS_RUNTIME"
ISOLATING = "runsc"
INSTALL = (
    f"install gVisor on the engine's host (https://gvisor.dev/docs/user_guide/install/), then set {VARIABLE}=runsc"
)


def chosen() -> str:
    """What the user asks for; empty for the engine's default."""
    return os.environ.get(VARIABLE, "").strip()


def require(runtime: str, info: Mapping[str, Any]) -> None:
    """Raises EnvironmentFailed where a runtime that is asked for is not there; it is never replaced by another."""
    if runtime and runtime not in offered(info):
        raise EnvironmentFailed(
            f"the engine has no runtime `{shown(runtime)}`, which {VARIABLE} names; it has "
            f"{', '.join(offered(info))}; {INSTALL}, or unset it"
        )


def offered(info: Mapping[str, Any]) -> list[str]:
    """The runtimes that the engine has. `info` is its answer to GET /info."""
    return sorted(info.get("Runtimes") or {})
