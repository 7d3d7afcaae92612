"""What a site says of earlier builds: on the home page, on claims' pages, and in feeds."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest

from macros.claim.fields import VerdictName
from macros.problems import InvalidInput
from macros.publish.news import ATOM, JSON_FEED, MOST, Site, files
from macros.results.catalogue import CatalogueResult
from macros.results.diff import Turn
from macros.results.feed import feed_of, read, write
from macros.results.feed_history import MOST_CHANGES, Cause, Change
from macros.results.feed_models import Feed, Selection
from macros.results.history import VARIABLE, Past, last_published, past_of, read_previous
from macros.verdict.finding import Finding
from macros.words.changes import CHANGES
from tests.unit.publish_hostile import MARKUP
from tests.unit.publish_sample import catalogue, claim
from tests.unit.publish_site import Failed, article, build_site

CONFIRMED, REFUTED, DEPENDS = VerdictName.CONFIRMED, VerdictName.REFUTED, VerdictName.DEPENDS


def on(day: int) -> str:
    return f"2026-02-{day:02}T00:00:00+00:00"


def judged(results: CatalogueResult, verdict: VerdictName, day: int, name: str = "cold-start") -> CatalogueResult:
    """The results of a day, where one claim came to this verdict."""
    changed = replace(results.claims[name], finding=Finding(verdict))
    return replace(results, generated=on(day), claims={**results.claims, name: changed})


def build(results: CatalogueResult, previous: Feed | None) -> tuple[Feed, Past | None]:
    """A build's feed after a previous one's, read back as the next build does."""
    past = past_of(results, previous) if previous else None
    return read(write(feed_of(results, past.history if past else None))), past


# ---- the history in the feed ---------------------------------------------------------------------------------


def test_each_build_hands_its_history_on(tmp_path: Path) -> None:
    """The newest change first, each with the build that was the first to have it; the first feed has no history."""
    results = catalogue(tmp_path)
    feed, past = build(judged(results, CONFIRMED, 1), None)
    assert (feed.history, past) == (None, None)
    for day, verdict in enumerate((REFUTED, REFUTED, DEPENDS), 2):
        feed, past = build(judged(results, verdict, day), feed)
    assert past is not None
    assert feed.history is not None
    assert [(one.generated, one.before, one.after, one.causes) for one in past.changes_of("cold-start")] == [
        (on(4), REFUTED, DEPENDS, (Cause.NOISE,)),
        (on(2), CONFIRMED, REFUTED, (Cause.NOISE,)),
    ]
    assert past.changes_of("told") == []
    history = feed.history
    assert (history.first.generated, history.previous.generated, history.builds) == (on(1), on(3), 3)
    assert set(history.since.values()) == {on(1)}


def test_a_new_claim_is_known_since_its_first_build(tmp_path: Path) -> None:
    """Its coming is no change of a verdict; a claim that is gone is forgotten but for its changes."""
    results = catalogue(tmp_path)
    less = replace(results, claims={name: one for name, one in results.claims.items() if name != "told"})
    feed, _ = build(judged(less, CONFIRMED, 1), None)
    feed, past = build(judged(results, CONFIRMED, 2), feed)
    assert past is not None
    assert past.history.changes == ()
    assert (past.history.since["told"], past.history.since["cold-start"]) == (on(2), on(1))
    _, past = build(judged(less, REFUTED, 3), feed)
    assert past is not None
    assert "told" not in past.history.since


def test_the_history_is_limited(tmp_path: Path) -> None:
    """The oldest changes are dropped: a feed must not grow for ever."""
    results = catalogue(tmp_path)
    feed, _ = build(judged(results, CONFIRMED, 2), build(judged(results, CONFIRMED, 1), None)[0])
    assert feed.history is not None
    old = Change(claim="told", generated=on(1), before=CONFIRMED, after=REFUTED, causes=())
    full = feed.history.model_copy(update={"changes": (old,) * MOST_CHANGES})
    _, past = build(judged(results, REFUTED, 3), feed.model_copy(update={"history": full}))
    assert past is not None
    assert len(past.history.changes) == MOST_CHANGES
    assert past.history.changes[0].claim == "cold-start"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"selection": Selection(claims=("told",), toolchains=())}, "is of a run that was narrowed"),
        ({"lost": ("gone",)}, "lost claims"),
        ({"generated": "yesterday"}, "`yesterday` is no time"),
        ({"generated": "2026-02-01"}, "`2026-02-01` is no time"),
    ],
)
def test_what_no_published_site_has_is_refused(tmp_path: Path, change: dict[str, object], said: str) -> None:
    """Claims that a narrowed run lacks would all be new in the next build."""
    file = tmp_path / "last.json"
    file.write_text(write(feed_of(catalogue(tmp_path)).model_copy(update=change)))
    with pytest.raises(InvalidInput, match=re.escape(said)):
        read_previous(file)


def test_the_last_published_feed_is_the_one_that_is_named_and_else_the_environment_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One rule for `claims site --previous` and for a plain `mkdocs build`."""
    monkeypatch.delenv(VARIABLE, raising=False)
    assert last_published() is None
    feed = feed_of(catalogue(tmp_path))
    for name, commit in (("named.json", "a" * 40), ("noted.json", "b" * 40)):
        (tmp_path / name).write_text(write(feed.model_copy(update={"source_commit": commit})))
    monkeypatch.setenv(VARIABLE, str(tmp_path / "noted.json"))
    for named, commit in ((None, "b" * 40), (tmp_path / "named.json", "a" * 40)):
        found = last_published(named)
        assert found is not None
        assert found.source_commit == commit


# ---- feeds for readers -----------------------------------------------------------------------------------------


@pytest.fixture
def past(tmp_path: Path) -> tuple[CatalogueResult, Past]:
    """Three claims that changed, each in another way."""
    before = judged(judged(judged(catalogue(tmp_path), CONFIRMED, 1), REFUTED, 1, "arms"), DEPENDS, 1, "noisy")
    now = judged(judged(judged(before, REFUTED, 2), CONFIRMED, 2, "arms"), VerdictName.INCONCLUSIVE, 2, "noisy")
    return now, past_of(now, feed_of(before))


def atom(text: str) -> tuple[ElementTree.Element, list[ElementTree.Element]]:
    """A feed and its entries, if it has what RFC 4287 asks of both."""
    feed = ElementTree.fromstring(text)
    assert feed.tag == f"{{{ATOM}}}feed"
    entries = feed.findall(f"{{{ATOM}}}entry")
    assert feed.find(f"{{{ATOM}}}author/{{{ATOM}}}name") is not None
    for one in (feed, *entries):
        for name in ("id", "title", "updated"):
            (element,) = one.findall(f"{{{ATOM}}}{name}")
            assert element.text
        assert one.findtext(f"{{{ATOM}}}id", "").startswith("urn:uuid:")
        assert datetime.datetime.fromisoformat(one.findtext(f"{{{ATOM}}}updated", "")).tzinfo
        assert [link.get("rel") for link in one.findall(f"{{{ATOM}}}link")].count("alternate") == 1
    ids = [entry.findtext(f"{{{ATOM}}}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    return feed, entries


def test_there_is_a_feed_of_each_turn_in_both_formats(past: tuple[CatalogueResult, Past]) -> None:
    """Every change is in that of all, and in one other."""
    written = dict(files(*past, Site("sample", ""), "en"))
    assert set(written) == {f"feeds/{name}.{form}" for name in ("changes", *Turn) for form in ("atom", "json")}
    titles = {
        name: [entry.findtext(f"{{{ATOM}}}title") for entry in atom(written[f"feeds/{name}.atom"])[1]]
        for name in ("changes", *Turn)
    }
    assert titles == {
        "changes": [
            "became true: Title of arms", "became false: Title of cold-start", "undecided now: Title of noisy",
        ],
        "became-false": ["became false: Title of cold-start"],
        "became-true": ["became true: Title of arms"],
        "depends-now": [],
        "undecided-now": ["undecided now: Title of noisy"],
    }  # fmt: skip
    for name, of_turn in titles.items():
        data = json.loads(written[f"feeds/{name}.json"])
        assert (data["version"], [item["title"] for item in data["items"]]) == (JSON_FEED, of_turn)


def test_links_are_relative_where_the_site_does_not_know_its_address(past: tuple[CatalogueResult, Past]) -> None:
    """And lead to the same place where it does; an entry keeps its id."""
    here, there = (dict(files(*past, Site("sample", url), "en")) for url in ("", "https://example.org/go/"))
    found = []
    for written in (here, there):
        data = json.loads(written["feeds/became-false.json"])
        (item,) = data["items"]
        _, (entry,) = atom(written["feeds/became-false.atom"])
        link = entry.find(f"{{{ATOM}}}link")
        assert link is not None
        assert link.get("href") == item["url"]
        assert ("feed_url" in data) == (written is there)
        place = urljoin("https://example.org/go/feeds/became-false.json", item["url"])
        found.append((item["id"], place))
    assert found[0] == found[1]
    assert found[0][1] == "https://example.org/go/claims/cold-start/#changed-20260202T0000000000"


def test_feeds_without_a_change_are_valid_and_empty(tmp_path: Path) -> None:
    """They can be subscribed to before anything happens."""
    for name, text in files(catalogue(tmp_path), None, Site("sample", ""), "en"):
        if name.endswith(".atom"):
            assert atom(text)[1] == []
        else:
            assert json.loads(text)["items"] == []


def test_no_title_can_break_a_feed(past: tuple[CatalogueResult, Past]) -> None:
    """Whatever a claim file says is text there, and a feed has only so many entries."""
    results, known = past
    title = {"en": MARKUP, "zh": MARKUP}
    hostile = replace(results.claims["cold-start"], claim=claim("cold-start", "measure", title=title))
    results = replace(results, claims={**results.claims, "cold-start": hostile})
    changes = known.history.changes * MOST
    known = replace(known, history=known.history.model_copy(update={"changes": changes}))
    written = dict(files(results, known, Site(MARKUP, ""), "en"))
    assert len(ElementTree.fromstring(written["feeds/changes.atom"]).findall(f"{{{ATOM}}}entry")) == MOST
    assert "<script" not in written["feeds/became-false.atom"]


def test_every_language_says_every_turn_and_every_cause() -> None:
    """In words of its own."""
    for words in CHANGES.values():
        assert set(words.turns) == set(Turn)
        assert set(words.causes) == set(Cause)
    assert not set(CHANGES["en"].causes.values()) & set(CHANGES["zh"].causes.values())


# ---- pages -----------------------------------------------------------------------------------------------------


@pytest.fixture
def after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A site after one in which a claim was refuted, and another was not there; `CLAIMS_PREVIOUS` names its feed."""

    def built(page: str) -> Path:
        (tmp_path / "old").mkdir()
        old = judged(catalogue(tmp_path / "old"), REFUTED, 1)
        claims = {name: one for name, one in old.claims.items() if name != "told"}
        (tmp_path / "last.json").write_text(write(feed_of(replace(old, claims=claims))))
        monkeypatch.setenv(VARIABLE, str(tmp_path / "last.json"))
        return build_site(tmp_path / "new", {"page.md": page}, lambda results: replace(results, generated=on(2)))

    return built


def test_the_home_page_says_what_changed_since_the_last_build(after: Callable[[str], Path]) -> None:
    """With a link to the change on the claim's page, which leads somewhere, and to the feeds."""
    site = after("{{ changes() }}")
    text = article((site / "page" / "index.html").read_text("utf-8"))
    assert "1 verdict changed, 1 claim is new." in text
    assert 'href="../claims/cold-start/#changed-20260202T0000000000"' in text
    assert "noise: nothing that we know of changed" in text
    page = article((site / "claims" / "cold-start" / "index.html").read_text("utf-8"))
    assert 'id="changed-20260202T0000000000"' in page
    assert re.search(r"was <[^>]*claim-chip--refuted.*then <[^>]*claim-chip--confirmed", page)
    feeds = re.findall(r'href="\.\./(feeds/[^"]+)"', text)
    assert len(feeds) == 10
    assert all((site / name).is_file() for name in feeds)


def test_a_claims_page_tells_its_history(after: Callable[[str], Path]) -> None:
    """Also where nothing changed, and where the claim is new."""
    site = after("")
    pages = {name: (site / "claims" / name / "index.html").read_text("utf-8") for name in ("arms", "told")}
    assert "The verdict has been the same in all builds since that of 2026-02-01." in pages["arms"]
    assert "This is the first build that has the claim." in pages["told"]
    history = json.loads((site / "claims.json").read_text("utf-8"))["history"]
    assert [change["claim"] for change in history["changes"]] == ["cold-start"]


def test_without_an_earlier_build_the_page_says_that_none_is_known(tmp_path: Path) -> None:
    """It does not say that nothing changed; claims' pages have no history, and neither has the feed."""
    site = build_site(tmp_path, {"page.md": "{{ changes() }}"})
    text = article((site / "page" / "index.html").read_text("utf-8"))
    assert "No earlier build is known to this one" in text
    assert "History of the verdict" not in (site / "claims" / "arms" / "index.html").read_text("utf-8")
    assert "history" not in json.loads((site / "claims.json").read_text("utf-8"))
    assert json.loads((site / "feeds" / "changes.json").read_text("utf-8"))["items"] == []


def test_a_last_build_that_cannot_be_read_stops_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A history that was lost by a mistyped name would be lost for ever."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none.json"))
    with pytest.raises(Failed, match=re.escape("none.json:1:1: cannot be read")):
        build_site(tmp_path, {})
