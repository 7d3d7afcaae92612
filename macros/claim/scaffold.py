"""A new claim that passes lint and runs: the shortest way to see every part of a claim file at work."""

from __future__ import annotations

import re
from pathlib import Path

from macros.claim.fields import NAME
from macros.claim.loading import CLAIM_FILE, MODELINE
from macros.problems import InvalidInput, Problem

_CLAIM = """\
{modeline}
id: {id}
kind: inspect            # inspect: decided by looking; measure: by repeated measurement; compute; report; plan
title:
  en: A slice of ten bytes has length ten
  zh: 十个字节的切片长度为十
statement:               # what the source asserts, in our own words
  en: A slice made with ten bytes has the length ten.
  zh: 用十个字节创建的切片,其长度为十。
source:
  where: "1.4"           # chapter.section of the source
  figures: ["10"]        # its figures, as given
recorded: confirmed      # the verdict that the pages were written for; set it after the first run
toolchains: [go1.22, go1.27]

experiment:
  build: go build -o claim main.go
  run: ./claim           # a fresh process each time; prints JSON lines

metrics:
  length:
    from: json
    title: {{en: length, zh: 长度}}

expect:                  # the statement as predicates; all of them together
  - metric: length
    equals: 10

controls:                # the same experiment arranged so that the answer is known to be the other one
  - name: eleven-bytes
    expected: refuted
    because:
      en: The same program makes eleven bytes.
      zh: 同一个程序创建了十一个字节。
    env: {{SIZE: "11"}}
"""

_PROGRAM = """\
// Prints the length of a slice of SIZE bytes, ten unless the environment says otherwise.
package main

import (
\t"fmt"
\t"os"
\t"strconv"
)

func main() {
\tsize, err := strconv.Atoi(os.Getenv("SIZE"))
\tif err != nil {
\t\tsize = 10
\t}
\tslice := make([]byte, size)
\tfmt.Printf("{\\"metric\\": \\"length\\", \\"value\\": %d}\\n", len(slice))
}
"""


def scaffold(folder: Path, claim_id: str) -> list[Path]:
    """Write claims/<id>/claim.yml and its program; returns the files. Raises InvalidInput and then writes nothing."""
    target = folder / claim_id
    if not re.match(NAME, claim_id):
        raise InvalidInput([Problem(target, 1, 1, f"`{claim_id}` is no id", "use lower-case words joined by hyphens")])
    if target.exists():
        raise InvalidInput(
            [Problem(target, 1, 1, "is there already", "choose another id, or edit the claim that is there")]
        )
    target.mkdir(parents=True)
    files = {CLAIM_FILE: _CLAIM.format(modeline=MODELINE, id=claim_id), "main.go": _PROGRAM}
    for name, content in files.items():
        (target / name).write_text(content, encoding="utf-8")
    return [target / name for name in files]
