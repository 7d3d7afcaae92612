"""The part of the one Dockerfile that an image is made from: a stage, and the stages that it needs.

Each image's recipe is that part alone. So what one stage says is no reason to build the images of the
others anew, and the classic builder, which runs every stage above the wanted one, runs those that are needed.
"""

from __future__ import annotations

import re

_FROM = re.compile(r"^FROM\s+(?P<base>\S+)(?:\s+AS\s+(?P<name>\S+))?\s*$")
_COPY_FROM = re.compile(r"--from=(\S+)")


def stages_needed(dockerfile: str, target: str) -> str:
    """The Dockerfile without the stages that `target` does not need. Raises KeyError if it has no such stage.

    Comments and empty lines above a FROM belong to the stage that begins there.
    """
    head, stages = _split(dockerfile)
    needed: set[str] = set()
    waiting = [target]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(other for other in _named_in(stages[name]) if other in stages)
    return head + "".join(text for name, text in stages.items() if name in needed)


def _split(dockerfile: str) -> tuple[str, dict[str, str]]:
    """What stands above the first stage, and each stage's text by its name (a nameless one by its number)."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line in dockerfile.splitlines(keepends=True):
        begins = _FROM.match(line)
        if begins:
            above = parts[-1][1]
            start = len(above)
            while len(parts) > 1 and start and (not above[start - 1].strip() or above[start - 1].startswith("#")):
                start -= 1
            parts.append((begins["name"] or f"stage {len(parts)}", above[start:]))
            del above[start:]
        parts[-1][1].append(line)
    (_, head), *stages = parts
    return "".join(head), {name: "".join(lines) for name, lines in stages}


def _named_in(stage: str) -> list[str]:
    bases = [begins["base"] for line in stage.splitlines() if (begins := _FROM.match(line))]
    return bases + _COPY_FROM.findall(stage)
