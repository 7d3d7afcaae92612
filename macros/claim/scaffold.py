"""A new claim that passes lint and runs: the shortest way to see every part of a claim file at work.

A catalogue may hold a `_template` folder, of which every new claim is a copy with an id of its own. One that holds
none gets a claim about a shell command, in the catalogue's languages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from macros.claim.fields import NAME
from macros.claim.files import MAX_PROGRAM_BYTES, Unreadable, program_files, read_regular
from macros.claim.loading import CLAIM_FILE, MODELINE, load_settings
from macros.problems import EnvironmentFailed, InvalidInput, Problem

TEMPLATE = "_template"

_TITLE = {"en": "Ten characters are counted as ten", "zh": "十个字符被计为十"}
_STATEMENT = {"en": "The shell counts ten characters as ten.", "zh": "shell 将十个字符计为十。"}
_LENGTH = {"en": "length", "zh": "长度"}
_BECAUSE = {"en": "The same script is given eleven characters.", "zh": "向同一脚本提供了十一个字符。"}

_CLAIM = """\
{modeline}
id: {id}
kind: inspect            # inspect: decided by looking; measure: by repeated measurement; compute; report; plan
title: {title}
statement: {statement}
source:
  where: "1.1"           # chapter.section of the source
recorded: confirmed      # the verdict that the pages were written for; set it after the first run

experiment:
  run: |                 # a fresh process each time; prints JSON lines
    printf '{{"metric": "length", "value": %s}}\\n' "${{#TEXT}}"
  env: {{TEXT: aaaaaaaaaa}}

metrics:
  length:
    from: json
    title: {length}

expect:                  # the statement as predicates; all of them together
  - metric: length
    equals: 10

controls:                # the same experiment arranged so that the answer is known to be the other one
  - name: eleven-characters
    expected: refuted
    because: {because}
    env: {{TEXT: aaaaaaaaaaa}}
"""


def scaffold(folder: Path, claim_id: str) -> list[Path]:
    """Write the files of a new claim; returns them. Raises InvalidInput, and then nothing has been written."""
    target = folder / claim_id
    if not re.fullmatch(NAME, claim_id):
        raise InvalidInput(
            [Problem(folder, 1, 1, f"{claim_id!a} is not an id", "use lower-case words joined by hyphens")]
        )
    if target.exists() or target.is_symlink():
        raise InvalidInput([Problem(target, 1, 1, "already exists", "choose another id, or edit the existing claim")])
    files = _of_template(folder, claim_id) or {CLAIM_FILE: _claim(folder, claim_id)}
    try:
        for name, content in files.items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(content)
    except OSError as error:
        raise EnvironmentFailed(f"{target} cannot be written: {error.strerror}; check who may write there") from error
    return [target / name for name in files]


def _of_template(folder: Path, claim_id: str) -> dict[str, bytes]:
    """The template's files with the id in place; none if there is no template. Raises InvalidInput for a bad one."""
    template = folder / TEMPLATE
    if not (template / CLAIM_FILE).exists():
        return {}
    try:
        claim = read_regular(template / CLAIM_FILE, MAX_PROGRAM_BYTES)
    except Unreadable as error:
        raise InvalidInput([Problem(template / CLAIM_FILE, 1, 1, error.what, error.fix)]) from error
    files, problems = program_files(template, CLAIM_FILE)
    claim, places = re.subn(rb"^id:[^\n]*", b"id: " + claim_id.encode(), claim, count=1, flags=re.MULTILINE)
    if not places:
        problems.append(Problem(template / CLAIM_FILE, 1, 1, "has no line `id:`", "add `id: my-claim`"))
    if problems:
        raise InvalidInput(problems)
    return {CLAIM_FILE: claim, **files}


def _claim(folder: Path, claim_id: str) -> bytes:
    settings, document = load_settings(folder)
    if document.problems:
        raise InvalidInput(document.problems)
    words = {"title": _TITLE, "statement": _STATEMENT, "length": _LENGTH, "because": _BECAUSE}
    said = {key: _said(texts, settings.languages) for key, texts in words.items()}
    return _CLAIM.format(modeline=MODELINE, id=claim_id, **said).encode()


def _said(texts: dict[str, str], languages: Sequence[str]) -> str:
    return "{" + ", ".join(f"{language}: {texts[language]}" for language in languages) + "}"
