"""How the cells of the selected claims come by their records on many hosts: looked up, or sent where that is missing.

A claim is looked up, or sent, as a whole: records of two machines never decide one claim between them in one run.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from macros.claim.cell import Cell
from macros.claim.loading import LoadedClaim
from macros.lab.laboratory import Lab
from macros.ledger.address import machine_half
from macros.ledger.record import Record
from macros.problems import EnvironmentFailed, InvalidInput, Problem
from macros.run.obtain import Faults, needed_toolchains
from macros.run.plan import Images, Inputs, Mode, Plan, make_plan
from macros.run.pool.hosts import Pool, Sent, connected, fitting, named
from macros.run.pool.messages import Answer, Card, Errand, needs
from macros.run.pool.network import Network
from macros.run.progress import Progress
from macros.run.session import Fault, Session
from macros.run.tree import Tree

JOIN_SECONDS = 10.0
"""How long a run waits for the first host that fits."""


@dataclass(frozen=True)
class Hosts:
    """Where a run sends its sessions. `classes`: of machines, that all of them need; `of_claim`: that some need too."""

    network: Network
    classes: tuple[str, ...] = ()
    of_claim: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def needed_by(self, claim: str) -> tuple[str, ...]:
        return (*self.classes, *self.of_claim.get(claim, ()))


def run_missing(
    inputs: Inputs,
    lab: Lab,
    selected: Sequence[LoadedClaim],
    toolchains: tuple[str, ...],
    mode: Mode,
    hosts: Hosts,
    progress: Progress,
) -> tuple[Plan, Faults]:
    """Have the hosts run what has no result of one of their machines, and look everything else up.

    Raises EnvironmentFailed where no scheduler answers, or it has no host for a session, and InvalidInput for a class
    of a claim that the catalogue does not have.
    """
    if strangers := sorted(set(hosts.of_claim) - set(inputs.catalogue.claims)):
        raise InvalidInput([Problem(Path("--on"), 1, 1, f"no claim is named `{name}`") for name in strangers])
    names = needed_toolchains(inputs, selected, toolchains)
    if not names:
        return Plan(), Faults()
    program, recipes = Tree.of(inputs).program, lab.recipes(names)
    with connected(hosts.network) as pool:
        progress.stage(f"waiting for a host at {hosts.network.address}", 0)
        cards = pool.wait_for(lambda cards: bool(able(cards, program, recipes)), JOIN_SECONDS)
        able_cards = require(able(cards, program, recipes), cards, program, recipes, hosts)
        images = agreed(able_cards, recipes)
        for name, recipe in recipes.items():
            inputs.project.ledger.note_image(recipe, dict(images[name][0]))
        plan = plan_for(inputs, selected, toolchains, images, able_cards, mode)
        return plan, _send(inputs, plan, pool, hosts, able_cards, program, mode, progress)


def able(cards: Sequence[Card], program: str, recipes: Mapping[str, str]) -> list[Card]:
    """The hosts that run this program and have an image of every recipe."""
    return [card for card in cards if card.program == program and card.images.keys() >= set(recipes.values())]


def require(
    able_cards: list[Card], cards: Sequence[Card], program: str, recipes: Mapping[str, str], hosts: Hosts
) -> list[Card]:
    """The hosts that are able. Raises EnvironmentFailed if there is none, and says why of those that are there."""
    if able_cards:
        return able_cards
    where = hosts.network.address
    if not cards:
        raise EnvironmentFailed(f"the scheduler at {where} has no host; start one with `claims worker {where}`")
    said = []
    for card in cards:
        if card.program != program:
            said.append(f"{card.name} runs another version of this program")
        else:
            lacks = [name for name, recipe in recipes.items() if recipe not in card.images]
            said.append(f"{card.name} lacks the image of {named(lacks)} as this tree makes it")
    raise EnvironmentFailed(
        f"the scheduler at {where} has no host that can run this: {'; '.join(said)}. "
        "Check the same commit out there, and start the worker again"
    )


def agreed(cards: Sequence[Card], recipes: Mapping[str, str]) -> Images:
    """Each toolchain's image with the content that most hosts have. Hosts with another content get no work of it."""
    found = {}
    for name, recipe in recipes.items():
        contents = Counter(card.images[recipe]["image_content"] for card in cards)
        most = max(contents.values())
        content = min(content for content, count in contents.items() if count == most)
        found[name] = [next(dict(one) for card in cards if (one := card.images[recipe])["image_content"] == content)]
    return found


def plan_for(
    inputs: Inputs,
    selected: Sequence[LoadedClaim],
    toolchains: tuple[str, ...],
    images: Images,
    cards: Sequence[Card],
    mode: Mode,
) -> Plan:
    """A claim with all its records of one of the hosts' machines is looked up; any other is one whole session."""
    whole = Plan()
    left = list(selected)
    for facts in _machines(cards) if mode is not Mode.FRESH else ():
        plan = make_plan(inputs, left, toolchains, images, facts, mode)
        missing = {session.claim.id for session in plan.sessions}
        whole.records.update({cell: one for cell, one in plan.records.items() if cell.claim not in missing})
        whole.damaged += [one for one in plan.damaged if one not in whole.damaged]
        left = [loaded for loaded in left if loaded.claim.id in missing]
    whole.sessions = make_plan(inputs, left, toolchains, images, None, Mode.FRESH).sessions
    return whole


def _machines(cards: Sequence[Card]) -> list[Mapping[str, Any]]:
    """Each machine once."""
    return list({machine_half(card.facts, whole=True).key: card.facts for card in cards}.values())


def _send(
    inputs: Inputs,
    plan: Plan,
    pool: Pool,
    hosts: Hosts,
    cards: Sequence[Card],
    program: str,
    mode: Mode,
    progress: Progress,
) -> Faults:
    run = uuid.uuid4().hex if mode is Mode.FRESH else ""
    errands = [
        Sent(
            Errand(session=session, run=run),
            needs(session, program, hosts.needed_by(session.claim.id)),
            priority=0 if session.measuring else 1,
        )
        for session in plan.sessions
    ]
    _require_a_host_for_each(errands, cards, hosts)
    merging = Merging(inputs, plan, progress)
    progress.total(sum(len(session.cells) for session in plan.sessions))
    if errands:
        progress.stage(f"{len(errands)} sessions on {len(cards)} hosts", len(cards))
        pool.run(errands, merging.take)
    return merging.faults


def _require_a_host_for_each(errands: Sequence[Sent], cards: Sequence[Card], hosts: Hosts) -> None:
    for sent in errands:
        if fitting(cards, sent.wants):
            continue
        classes = hosts.needed_by(sent.name)
        there = "; ".join(f"{card.name}: {', '.join(card.classes) or 'no class'}" for card in cards)
        lacks = "with the same images and container runtime (CLAIMS_RUNTIME)"
        what = f"of the class {' and '.join(classes)}" if classes else lacks
        raise EnvironmentFailed(
            f"the scheduler at {hosts.network.address} has no host {what} for {sent.name} ({there}); "
            f"start one with `claims worker {hosts.network.address}"
            f"{''.join(f' --class {name}' for name in classes)}`"
        )


class Merging:
    """Takes the answers into the plan and the ledger: each cell's result once, whoever says it again."""

    def __init__(self, inputs: Inputs, plan: Plan, progress: Progress) -> None:
        self.faults = Faults()
        self._ledger = inputs.project.ledger
        self._plan = plan
        self._progress = progress
        self._answered: set[str] = set()

    def take(self, sent: Sent, answer: Answer) -> None:
        """A second answer to the same session is ignored; what an answer lacks is a fault of its host."""
        session = sent.errand.session
        if session.claim.id in self._answered:
            return
        self._answered.add(session.claim.id)
        records = {record.cell: record for record in answer.records if _is_of(record, session)}
        faults = {fault.cell: fault for fault in answer.faults}
        for plan in session.cells:
            record, fault = records.get(plan.cell), faults.get(plan.cell)
            if record is not None:
                self._ledger.put(record)
                self._plan.records[plan.cell] = record
            else:
                fault = fault or _unanswered(plan.cell, answer)
                self.faults.found.append(fault)
            self._progress.ends(plan.cell, None if record is not None else fault)


def _is_of(record: Record, session: Session) -> bool:
    """Whether a record is one that the session asked for, at the address that its content has."""
    return record.fits_its_address and any(
        plan.cell == record.cell and plan.experiment == record.experiment for plan in session.cells
    )


def _unanswered(cell: Cell, answer: Answer) -> Fault:
    """Of a cell of which an answer says nothing: the host's doing, whatever it was."""
    host = answer.host or "its hosts"
    what = f"{cell}: {host}: {answer.failed or 'no result came of it'}"
    return Fault(cell=cell, where=("experiment",), what=what, environment=True)
