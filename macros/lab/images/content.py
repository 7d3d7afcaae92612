"""What is in an image, as one digest: by it results know their image.

A recipe leaves open what a mirror delivers on the day of the build: gcc, binutils, valgrind and all that they need. So
the image itself is looked into once, when it has been built:

- every installed package with its version and architecture;
- every file that no package owns, with its mode and content: the toolchain;
- the environment, the user and the folder in which programs start.

Caches that a build makes again from these, with times in them, are left out: they affect only how long a start takes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from macros.lab.box import Box, BoxSpec
from macros.problems import BoxFailed

LOOK_SECONDS = 600.0

LOOK = r"""
export LC_ALL=C
cd /work
find /usr /opt -xdev \
    \( -path /usr/local/go-cache -o -name __pycache__ -o -name '*.jsa' \) -prune -o \
    \( -type f -o -type l \) -print | sort > files
# Debian's merged /usr: a package that lists /bin/sh owns /usr/bin/sh.
sed 's#^/\(bin\|sbin\|lib[^/]*\)/#/usr/\1/#' /var/lib/dpkg/info/*.list | sort -u > owned
comm -23 files owned > loose
tr '\n' '\0' < loose | xargs -0 -r stat -c '%A %n' > modes
while read -r name; do if [ -L "$name" ]; then readlink "$name"; fi; done < loose > links
while read -r name; do if [ ! -L "$name" ]; then printf '%s\0' "$name"; fi; done < loose |
    xargs -0 -r sha256sum > contents
section packages
dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version} ${Architecture}\n' | sort
section files
cat modes links contents | sha256sum
"""
"""Runs in the image, under the sandbox of every box; prints two sections."""


def spec(image: str) -> BoxSpec:
    """The box to look from."""
    return BoxSpec(image, "images", disk=2**27, output=2**22)


def look(box: Box) -> str:
    """What LOOK prints. Raises BoxFailed where it does not come to its end."""
    outcome = box.run(LOOK, deadline=LOOK_SECONDS)
    if outcome.status != 0 or outcome.lost or b"==> files <==" not in outcome.stdout:
        text = outcome.stderr.decode("utf-8", "replace").strip()
        raise BoxFailed(f"an image could not be looked into: {text or f'status {outcome.status}'}")
    return outcome.stdout.decode("utf-8", "replace")


def digest(seen: str, config: Mapping[str, Any]) -> str:
    """Hexadecimal, of what `look` saw and the image's configuration (`Config` of the engine's inspection)."""
    starts = {name: config.get(name) for name in ("Env", "User", "WorkingDir")}
    return hashlib.sha256(json.dumps([seen, starts], sort_keys=True).encode()).hexdigest()
