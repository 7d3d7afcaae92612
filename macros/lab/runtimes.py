"""What starts the containers of inspecting claims: the engine's default runtime, or the one that CLAIMS_RUNTIME names.

`runsc` (gVisor) gives each container a kernel of its own, in user space, so that a stranger's claim does not speak to
the host's. It makes programs slower, so measuring claims never use it: their figures would be gVisor's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

VARIABLE = "CLAIMS_RUNTIME"
ISOLATING = "runsc"
INSTALL = (
    f"install gVisor on the engine's host (https://gvisor.dev/docs/user_guide/install/), then set {VARIABLE}=runsc"
)


def chosen() -> str:
    """What the user asks for; empty for the engine's default."""
    return os.environ.get(VARIABLE, "").strip()


def offered(info: Mapping[str, Any]) -> list[str]:
    """The runtimes that the engine has. `info` is its answer to GET /info."""
    return sorted(info.get("Runtimes") or {})
