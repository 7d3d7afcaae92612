"""Feeds for property tests: every form that the models allow."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import strategies as st

from macros.claim.fields import Kind, VerdictName
from macros.results import feed_history
from macros.results import feed_models as form
from macros.results.catalogue import State
from macros.verdict.finding import Reason

HEX = "0123456789abcdef"
KEYS = tuple(letter * 64 for letter in "abc")
"""Of the machines of a feed, so that cells often name the same one."""

words = st.text(max_size=12)
"""Any text that UTF-8 can hold: hypothesis leaves lone surrogates out."""

ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True)
codes = st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True)
keys = st.text(HEX, min_size=64, max_size=64)
counts = st.integers(0, 2**31)
numbers = st.floats(allow_nan=False, allow_infinity=False)
values = st.one_of(st.booleans(), st.integers(), numbers, words, st.none())
plain = st.recursive(
    values, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=6
)
verdicts = st.sampled_from(VerdictName)
reasons = st.sampled_from(Reason)
open_ends = st.none() | numbers

bases = st.builds(form.Base, supplier=words, digest=words)
machines = st.builds(
    form.Machine, architecture=words, cpu=words, cores=counts, sockets=counts, numa_nodes=counts, kernel=words,
    engine=words, runc=words, counters=st.booleans(),
)  # fmt: skip
environments = st.builds(form.Environment, cpu=words, cores=counts, kernel=words, engine=words, base=bases)
selections = st.builds(
    form.Selection,
    claims=st.lists(ids, max_size=3).map(tuple),
    toolchains=st.lists(words, max_size=3).map(tuple),
)
digests = st.text(HEX, min_size=16, max_size=16)
instruments = st.builds(form.Instruments, sandbox=digests, extractors=digests, judge=digests)
builds = st.builds(feed_history.Build, generated=words, source_commit=words)
changes = st.builds(
    feed_history.Change,
    claim=ids,
    generated=words,
    before=verdicts,
    after=verdicts,
    causes=st.lists(st.sampled_from(feed_history.Cause), max_size=2).map(tuple),
)
histories = st.builds(
    feed_history.History,
    first=builds,
    previous=builds,
    builds=st.integers(1, 2**31),
    since=st.dictionaries(ids, words, max_size=2),
    changes=st.lists(changes, max_size=2).map(tuple),
)
analyses = st.tuples(counts, counts).map(lambda both: form.Analyses(stands_in=min(both), of=max(both)))
findings = st.builds(
    form.Finding,
    expectation=counts,
    code=codes,
    numbers=st.dictionaries(words, plain, max_size=3),
    alpha=open_ends,
)
metrics = st.builds(
    form.Metric,
    value=values,
    low=open_ends,
    high=open_ends,
    unit=words,
    n=counts,
    layouts=st.none() | st.integers(1, 64),
    layout_share=st.none() | st.floats(0, 1),
)
cells = st.builds(
    form.Cell,
    experiment=keys,
    machine=st.sampled_from(KEYS),
    state=st.sampled_from(State),
    executed=words,
    toolchain=words,
    case=words,
    image=words,
    image_content=words,
    verdict=verdicts,
    reason=reasons,
    findings=st.lists(findings, max_size=2).map(tuple),
    metrics=st.dictionaries(words, metrics, max_size=2),
)
controls = st.builds(
    form.Control,
    experiment=keys,
    machine=st.sampled_from(KEYS),
    state=st.sampled_from(State),
    executed=words,
    name=words,
    case=words,
    toolchain=words,
    also_for=st.lists(words, max_size=2).map(tuple),
    expected=st.sampled_from(("confirmed", "refuted")),
    verdict=verdicts,
    ok=st.booleans(),
)


@st.composite
def claims(draw: st.DrawFn) -> form.Claim:
    """A claim whose page has its name."""
    name = draw(ids)
    later: dict[str, Any] = {
        "near_bound": draw(st.none() | st.booleans()),
        "in_part_untestable": draw(st.none() | st.booleans()),
        "analyses": draw(st.none() | analyses),
        "context": draw(st.dictionaries(words, st.dictionaries(st.sampled_from(form.LANGUAGES), words), max_size=2)),
        "premise_refuted": draw(st.none() | st.booleans()),
        "premise_in_part": draw(st.none() | st.booleans()),
        "definition": draw(st.none() | digests),
        "programs": draw(st.none() | digests),
        "premises": tuple(draw(st.lists(ids, max_size=2))),
    }
    return form.Claim(
        id=name,
        kind=draw(st.sampled_from(Kind)),
        source=form.Source(where=draw(words)),
        title=draw(st.dictionaries(st.sampled_from(form.LANGUAGES), words, min_size=1)),
        verdict=draw(verdicts),
        reason=draw(reasons),
        recorded=draw(verdicts),
        url=f"claims/{name}/",
        cells=tuple(draw(st.lists(cells, max_size=3))),
        controls=tuple(draw(st.lists(controls, max_size=2))),
        **later,
    )


@st.composite
def feeds(draw: st.DrawFn) -> form.Feed:
    """A feed that describes every machine that it names."""
    own = draw(st.lists(claims(), max_size=3, unique_by=lambda claim: claim.id))
    return form.Feed(
        schema=2,
        generated=draw(words),
        source_commit=draw(st.text(string.hexdigits, max_size=40)),
        mode=draw(st.sampled_from(("auto", "fresh", "frozen"))),
        selection=draw(st.none() | selections),
        lost=tuple(draw(st.lists(ids, max_size=2))),
        machines={key: draw(machines) for key in KEYS},
        environment=draw(st.none() | environments),
        base=draw(st.none() | bases),
        instruments=draw(st.none() | instruments),
        history=draw(st.none() | histories),
        claims=tuple(sorted(own, key=lambda claim: claim.id)),
    )
