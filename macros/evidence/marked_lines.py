"""The lines of a claim's Go programs that hold a marker, and whether a place that a compiler names is one of them.

A compiler names a file as it is seen from where it runs: by its path from some folder of the claim, by `../` or by a
whole path. Equal names in two folders are told apart by the package, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from macros.evidence.reading import NoReading, shortened

_TOOLCHAIN = ("/usr/local/go/", "/usr/lib/go")
_PROGRAMS = "/work/src/"
"""Where the programs of a claim are when it runs."""

_FROM_ELSEWHERE = re.compile(r"^(?:\.\.?/)+")


class MarkedLines:
    """Raises NoReading for a marker that stands nowhere, since it would count zero for ever."""

    def __init__(self, marker: str, sources: Mapping[str, str]) -> None:
        self._files = sorted(path for path in sources if path.endswith(".go"))
        self._marked = {
            (path, position)
            for path in self._files
            for position, line in enumerate(sources[path].split("\n"), start=1)
            if marker in line
        }
        if not self._marked:
            files = ", ".join(self._files) or "no Go file at all"
            raise NoReading(f"the marker {marker!r} is on no line of the program files ({files}); add it as a comment")

    def holds(self, printed: str, line: int, package: str) -> bool:
        """Whether a line of the file that was printed is marked. `package`: that which is compiled; "" if not known.

        Raises NoReading where the file may be one of several of which not all are marked there.
        """
        whole = printed.replace("\\", "/").strip()
        path = whole.split()[-1] if whole else ""  # No name of a claim's file holds a blank.
        if any(folder in path for folder in _TOOLCHAIN):
            return False
        before, inside, rest = path.rpartition(_PROGRAMS)
        if inside and not before:
            return (rest, line) in self._marked
        candidates = self._candidates(path)
        answers = self._answers(candidates, line)
        if len(answers) > 1:
            folder = package.rpartition("/")[2]
            answers = self._answers([one for one in candidates if one.split("/")[-2:-1] == [folder]], line) or answers
        if len(answers) > 1 or (True in answers and not (_is_absolute(whole) or _is_within(path, candidates))):
            raise NoReading(
                f"{shortened(printed)}:{line} may be the marked line of {shortened(', '.join(candidates))}, or another "
                "file's; compile in the folder of the claim's programs, and give files different names"
            )
        return True in answers

    def _answers(self, candidates: Iterable[str], line: int) -> set[bool]:
        return {(path, line) in self._marked for path in candidates}

    def _candidates(self, path: str) -> list[str]:
        """The files that it may be: those whose path ends so; else, of a longer path, the longest that it ends in."""
        tail = _FROM_ELSEWHERE.sub("", path)
        shorter = [one for one in self._files if f"/{one}".endswith(f"/{tail}")]
        longer = [one for one in self._files if tail.endswith(f"/{one}")]
        return shorter or sorted(longer, key=len)[-1:]


def _is_absolute(path: str) -> bool:
    return path.startswith("/") or path[1:3] == ":/"


def _is_within(path: str, candidates: Iterable[str]) -> bool:
    """Whether a path is one of the files as seen from one of the claim's folders."""
    return any(len(_FROM_ELSEWHERE.sub("", path)) <= len(one) for one in candidates)
