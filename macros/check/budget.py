"""Whether a claim's error and its number of processes can decide anything, before the first process runs."""

from __future__ import annotations

from collections.abc import Iterator

from macros.claim.catalogue import SETTINGS_FILE
from macros.claim.document import Where
from macros.claim.loading import Catalogue
from macros.claim.model import Claim
from macros.problems import Problem
from macros.verdict.eprocess import fewest_trials
from macros.verdict.layouts import FEWEST
from macros.verdict.policy import DEFAULT, Policy
from macros.verdict.quantities import shares


def check_budget(claim: Claim, toolchains: int, policy: Policy = DEFAULT) -> list[tuple[Where, str]]:
    """The statistical expectations that `samples.at_most` processes could not decide either way."""
    if claim.experiment is None:
        return []
    most = claim.experiment.samples.at_most
    error = policy.alpha(shares(claim, toolchains)) / 2
    problems: list[tuple[Where, str]] = []
    for number, expectation in enumerate(claim.expect):
        if expectation.statistical:
            least = max(fewest_trials(rate, error) for rate in (expectation.quantile, 1 - expectation.quantile))
            if least > most:
                problems.append(
                    (
                        ("expect", number),
                        f"{most} processes cannot decide this either way, but {least} could; raise samples.at_most, "
                        "choose a quantile nearer to 0.5, or take the quantile inside each process (`summary: p99`)",
                    )
                )
    return problems


def check_layouts(claim: Claim) -> list[tuple[Where, str]]:
    """Layouts of a claim that measures nothing, and more of them than a cell can compare when it may be decided."""
    given = claim.experiment.layouts if claim.experiment else None
    if claim.experiment is None or given is None:
        return []
    if not claim.statistical:
        return [(("experiment", "layouts"), "nothing is measured, so there are no layouts to build; leave this out")]
    least, needed = claim.experiment.samples.at_least, given.count * FEWEST
    if given.count > 1 and least < needed:
        what = (
            f"{given.count} layouts, and a cell may be decided after {least} processes, when some layouts have too few "
            f"to be compared; raise samples.at_least to {needed}"
        )
        return [(("experiment", "layouts", "count"), what)]
    return []


def check_policy(catalogue: Catalogue) -> Iterator[Problem]:
    """The catalogue's own figures of the policy, and that its error is shared over all of its measuring claims."""
    document = catalogue.settings_document
    for name, value in catalogue.settings.policy.items():
        try:
            DEFAULT.with_overrides({name: value})
        except ValueError as error:
            yield document.problem(("policy", name), str(error))


def check_measuring_claims(catalogue: Catalogue, policy: Policy) -> Iterator[Problem]:
    """More measuring claims than the error is shared over would together err more often than the policy says."""
    measuring = sum(loaded.claim.statistical for loaded in catalogue.claims.values())
    if measuring > policy.measuring_claims:
        what = f"{measuring} claims measure, but the error is shared over {policy.measuring_claims}"
        fix = f"raise policy.measuring_claims in {SETTINGS_FILE} (every measured cell is then judged more strictly)"
        yield catalogue.settings_document.problem(("policy", "measuring_claims"), what, fix)
