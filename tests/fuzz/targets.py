"""What is fuzzed: each target takes a text, and raises for nothing but a defect of ours."""

from __future__ import annotations

import json
import math
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pydantic import TypeAdapter

from macros.claim.cell import Cell
from macros.claim.loading import load_model
from macros.claim.metrics import Metric
from macros.claim.model import Claim
from macros.evidence.extract import NoReading, ProcessText, extract
from macros.ledger.address import digest
from macros.ledger.store import Ledger
from macros.ledger.travel import export_records, import_records
from macros.problems import InvalidInput
from macros.words import inert
from tests.builders import CLAIMS
from tests.fuzz.damage import damaged
from tests.unit.test_extract_bounds import METRICS
from tests.unit.test_ledger import record

TESTS = Path(__file__).parents[1]
CORPUS = TESTS / "corpus"
"""One folder for each target, with inputs that once were handled wrongly. All are tried again, for ever."""

LONGEST_MESSAGE = 2_000


@dataclass(frozen=True)
class Target:
    """`share`: its weight among the executions; what is slow gets fewer."""

    name: str
    inputs: Callable[[], st.SearchStrategy[list[str]]]
    run: Callable[[str], None]
    share: int

    @property
    def corpus(self) -> list[Path]:
        return sorted((CORPUS / self.name).glob("*.txt"))


def read_input(path: Path) -> str:
    """An input as it was, lone surrogates and line ends and all."""
    return path.read_bytes().decode("utf-8", "surrogatepass")


def _readable(message: str) -> None:
    assert len(message) <= LONGEST_MESSAGE, message[:200]
    message.encode("utf-8")


# ---- the claim loader ------------------------------------------------------------------------------


@cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="claims-fuzz-")


def _folder() -> Path:
    """This process's own, for as long as it lives."""
    return Path(_kept().name)


def _claim_files() -> st.SearchStrategy[list[str]]:
    return damaged([path.read_text("utf-8")[:1500] for path in sorted(CLAIMS.glob("*/claim.yml"))])


def load_claim(text: str) -> None:
    """A claim, or problems with a line and a message that can be printed."""
    path = _folder() / "claim.yml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    claim, document = load_model(path, Claim)
    assert (claim is None) == bool(document.problems)
    for problem in document.problems:
        assert problem.line >= 1 and problem.column >= 1
        _readable(f"{problem.what}; {problem.fix}")


# ---- the extractors --------------------------------------------------------------------------------

_METRIC: TypeAdapter[Metric] = TypeAdapter(Metric)
_SAMPLES = {
    "json": ('{"metric": "m", "value": 1.5, "unit": "ms"}\n{"metric": "m", "value": 2, "unit": "s"}\n',),
    "growth": ("".join(f'{{"metric": "m", "n": {2**n}, "value": {3 * 2**n}}}\n' for n in range(4, 12)),),
    "regex": ("a\naa 17\nb 9\n",),
    "exit": ("",),
}


def _outputs(name: str) -> Callable[[], st.SearchStrategy[list[str]]]:
    def inputs() -> st.SearchStrategy[list[str]]:
        kind = name.split()[0].removeprefix("go-")
        files = [path.read_text("utf-8")[:800] for path in sorted((TESTS / "samples").glob(f"go*/{kind[:5]}*"))]
        diagnostics = [path.read_text("utf-8")[:800] for path in sorted((TESTS / "samples").glob("go*/m*.txt"))]
        samples = _SAMPLES.get(name) or files or diagnostics
        return damaged(list(samples))

    return inputs


def _extract(name: str) -> Callable[[str], None]:
    metric = _METRIC.validate_python(METRICS[name])

    def run(text: str) -> None:
        """A finite number, a truth value or a text; or a message that can be printed. Twice the same."""
        results: list[object] = []
        for _ in range(2):
            try:
                read = extract({"m": metric}, stage="run", arm="run", text=ProcessText(text, text), sources={})
                results.append(read.get("m"))
            except NoReading as error:
                _readable(str(error))
                results.append(str(error))
        assert results[0] == results[1]
        if isinstance(results[0], float):
            assert math.isfinite(results[0])
        if isinstance(results[0], str):
            results[0].encode("utf-8")

    return run


# ---- escaping --------------------------------------------------------------------------------------

_HOSTILE = (
    "<script>alert(1)</script> \"' onerror=x </title></pre><h1>{{ config }}{% raw %} {: .a #b onclick=x } --8<-- 'a'\n",
    "# heading\n- item\n| a | b |\n```\n~~~\n[a](javascript:x) ![b](c) <https://d.e> @f #12 deadbeefcafe :smile: $x$\n",
    "\x1b[31mred\x1b]8;;http://x\x07link\x1b]8;;\x07\r\u202e\u2066\u200b\ue000\U000f0000\ufffe\ud800\x00`a` ``b`` &lt;",
    "plain words, with `code` in them; and é 文 ²\n",
)
_GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_NAMED = re.compile(r"&(?!amp;|lt;|gt;|quot;|#34;|#39;)")


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.said = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert {name for name, _ in attrs} <= {"class", "title"}

    def handle_data(self, data: str) -> None:
        self.said += data


def escape(text: str) -> None:
    """In each medium: no tag but ours, nothing that is invisible, nothing that acts, and of bounded length."""
    for html, allowed in (
        (str(inert.html(text)), {"span"}),
        (str(inert.inline(text)), {"span"}),
        (str(inert.inline_prose(text)), {"code"}),
        (f'<i title="{inert.attribute(text)}"></i>', {"i"}),
    ):
        seen = _Tags(f"<p>{html}</p>")
        assert seen.tags <= allowed | {"p"}
        assert not _NAMED.search(html)
        _all_visible(seen.said, "\n\t")
    assert _Tags(f"<pre>{inert.html(text)}</pre>").said == inert.visible(text)
    for line in (inert.terminal(text), inert.xml(text), inert.quoted(text), inert.markdown(text)):
        assert len(line) <= 3 * inert.PROSE + 1_000
        assert "\n" not in line
        _all_visible(line, "")
    element = ElementTree.Element("a", b=inert.xml(text))
    assert ElementTree.fromstring(ElementTree.tostring(element)).get("b") == inert.xml(text)


def escape_markdown(text: str) -> None:
    """GitHub makes one paragraph of it, and of prose a paragraph with code."""
    assert _Tags(_GITHUB.render(inert.markdown(text) or "x")).tags == {"p"}
    assert _Tags(_GITHUB.render(inert.markdown_prose(text) or "x")).tags <= {"p", "code"}


def _all_visible(text: str, kept: str) -> None:
    text.encode("utf-8")
    assert all(letter.isprintable() or letter in kept or (letter.isspace() and letter > "\x7f") for letter in text), (
        text
    )


# ---- the ledger's import ---------------------------------------------------------------------------


def _exports() -> st.SearchStrategy[list[str]]:
    ledger = Ledger(_folder() / "there")
    for claim in ("one", "two"):
        ledger.put(record(Cell(claim, "go1.22", "default")))
    ledger.note_image("e" * 64, {"image": "sha256:1", "image_content": "i"})
    file = _folder() / "exported.json"
    export_records(ledger, lambda each: True, file)
    return damaged([file.read_text("utf-8")])


def _sealed(text: str) -> str:
    """With the digest that fits, where it is still JSON of that form: otherwise nothing beyond the digest is tried."""
    try:
        data: Any = json.loads(text)
        data["sha256"] = digest({"records": data.get("records"), "images": data.get("images")})
        return json.dumps(data)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return text


def import_ledger(text: str) -> None:
    """What is taken in lies at the address of its content; all else is refused in words."""
    file = _folder() / "file.json"
    file.write_bytes(_sealed(text).encode("utf-8", "surrogatepass"))
    with tempfile.TemporaryDirectory(dir=_folder()) as folder:
        ledger = Ledger(Path(folder))
        try:
            done = import_records(ledger, [file], "2026-03-04T05:06:07+00:00")
        except InvalidInput as error:
            _readable(str(error))
            return
        for problem in done.rejected:
            _readable(str(problem))
        for address in ledger.addresses():
            taken = ledger.get(address)
            assert taken is not None and taken.address == address
        assert done.added == len(list(ledger.addresses()))


TARGETS = (
    Target("claim-loader", _claim_files, load_claim, 10),
    *(Target(f"extract-{name.replace(' ', '-')}", _outputs(name), _extract(name), 70) for name in METRICS),
    Target("escaping", lambda: damaged(_HOSTILE), escape, 50),
    Target("escaping-markdown", lambda: damaged(_HOSTILE), escape_markdown, 20),
    Target("ledger-import", _exports, import_ledger, 10),
)
