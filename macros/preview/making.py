"""`claims preview`: what a change does to the verdicts, and the site as it would be with it.

The base is the commit at which this branch left a revision; the head is the work tree as it is. Both are read and
judged by the program at hand.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from macros import steps
from macros.check.affected import affected, files_to_keep, judges_otherwise
from macros.check.catalogue import check_catalogue
from macros.check.revisions import BASE, Change, changed_since, check_out, path_in, revision_of
from macros.claim.loading import load_catalogue
from macros.lab.images.building import CACHE
from macros.lab.images.pins import load_toolchains
from macros.lab.laboratory import Lab
from macros.lab.setup import Leave
from macros.ledger.record import Cell, Record
from macros.problems import InvalidInput, Problem
from macros.publish.build import build_site, place, project_of, replacing
from macros.publish.given import Given
from macros.report.artifact import BASE as BASE_FILE
from macros.report.artifact import HEAD as HEAD_FILE
from macros.report.artifact import Results
from macros.report.comment import comment
from macros.report.outputs import write
from macros.results import feed
from macros.results.catalogue import CatalogueResult, ClaimResult, judge_claims
from macros.results.diff import Diff, diff
from macros.results.preview import PageState, Preview
from macros.results.relations import with_premises
from macros.run import obtain
from macros.run.both_sides import Known, Side, obtain_both
from macros.run.plan import Inputs, Mode
from macros.run.progress import Progress

FOLDER, SITE, COMMENT = "preview", "site", "comment.md"


@dataclass(frozen=True)
class Compared:
    """Both sides of a change, judged, and how they came by their records.

    `affected`: the claims that the change can affect; `because`: the one file that affects all, if one does.
    """

    base: CatalogueResult
    head: CatalogueResult
    affected: tuple[str, ...]
    because: str
    known: Known


def preview(
    folder: Path,
    revision: str,
    out: Path | None,
    mode: Mode,
    leave: Leave,
    progress: Progress,
    lab_of: Callable[[Inputs], Lab] = obtain.lab_of,
) -> tuple[Path, Diff]:
    """Make the preview of the change since `revision` in `out`: both feeds, the comment and the site.

    Whatever stops it leaves an earlier preview as it was. Raises InvalidInput and EnvironmentFailed.
    """
    project = project_of(folder)
    target = place(project, folder, out or project / FOLDER)
    head = steps.load(folder)
    change = changed_since(folder, revision, keep=files_to_keep(head.catalogue), option=BASE)
    with tempfile.TemporaryDirectory() as beside:
        tree = Path(beside) / "base"
        tree.mkdir()
        check_out(change.root, change.base, tree)
        files = _files(change, tree)
        base = _base_of(head, change, tree, revision)
        sides = [Side(inputs, lab_of(inputs)) for inputs in (base, head)]
        compared = compare(sides[0], sides[1], change, mode, leave, progress)
        steps.require_whole(compared.head)
    feeds = Results(feed.feed_of(compared.base), feed.feed_of(compared.head))
    found = diff(feeds.base, feeds.head)
    about = _about(compared, found, change, revision, files)
    with replacing(target) as fresh:
        write(fresh / BASE_FILE, feed.write(feeds.base))
        write(fresh / HEAD_FILE, feed.write(feeds.head))
        write(fresh / COMMENT, comment(feeds) or "")
        progress.stage("building the pages")
        build_site(project, fresh / SITE, quiet=True, given=Given(folder.resolve(), compared.head, preview=about))
    return target, found


def _about(compared: Compared, found: Diff, change: Change, revision: str, files: Mapping[Path, PageState]) -> Preview:
    """What the pages say of the change."""
    head = revision_of(change.root)
    return Preview(
        revision=revision,
        base=revision_of(change.root, change.base).commit,
        head=head.commit,
        edited=head.edited,
        before=compared.base,
        diff=found,
        affected=compared.affected,
        because=compared.because,
        together=tuple(compared.known.together),
        apart=tuple(compared.known.apart),
        other_program=judges_otherwise(change),
        files=files,
    )


def _files(change: Change, tree: Path) -> dict[Path, PageState]:
    """What became of the files that the change touches. `tree`: the base's."""

    def state(path: str) -> PageState:
        if not (change.root / path).exists():
            return PageState.REMOVED
        return PageState.CHANGED if (tree / path).exists() else PageState.NEW

    return {(change.root / path).resolve(): state(path) for path in change.paths}


def compare(of_base: Side, of_head: Side, change: Change, mode: Mode, leave: Leave, progress: Progress) -> Compared:
    """Both sides judged. What the change does not affect is judged once."""
    base, head = of_base.inputs, of_head.inputs
    found = affected(head.catalogue, head.toolchains.names, change)
    before, now = base.catalogue.claims, head.catalogue.claims
    only_one = before.keys() ^ now.keys()
    touched = [name for name in {**now, **before} if name in found.claims or name in only_one]
    others = [name for name in now if name not in touched]
    known = obtain_both(of_base, of_head, touched, others, mode, leave, progress)
    ran = len(known.stored) < len(touched) + len(others)
    mode = mode if ran else Mode.FROZEN

    def judged(inputs: Inputs, records: Mapping[Cell, Record], names: Sequence[str]) -> _Judged:
        return _judge(inputs, records, [name for name in names if name in inputs.catalogue.claims], known.stored)

    now_judged = judged(head, known.head, list(now))
    unchanged = {name: now_judged.claims[name] for name in others if name in now_judged.claims and name in before}
    before_judged = judged(base, known.base, [name for name in before if name in touched])
    before_judged.claims.update(unchanged)
    results = [
        steps.result_of(
            inputs,
            with_premises({name: one.claims[name] for name in inputs.catalogue.claims if name in one.claims}),
            tuple(inputs.catalogue.claims),
            mode=mode,
            faults=faults,
            unjudged=one.problems,
        )
        for inputs, one, faults in ((base, before_judged, known.base_faults), (head, now_judged, known.head_faults))
    ]
    unreadable = tuple(sorted(base.catalogue.unreadable & now.keys()))
    return Compared(
        replace(results[0], source_commit=change.base, lost=(*results[0].lost, *unreadable)),
        results[1],
        tuple(touched),
        found.because,
        known,
    )


@dataclass
class _Judged:
    claims: dict[str, ClaimResult]
    problems: list[Problem]


def _judge(inputs: Inputs, records: Mapping[Cell, Record], names: Sequence[str], stored: Sequence[str]) -> _Judged:
    """The claims named. Those of which nothing ran now show what was stored."""
    both = _Judged({}, [])
    for frozen in (True, False):
        selected = [inputs.catalogue.claims[name] for name in names if (name in stored) is frozen]
        claims, problems = judge_claims(
            selected,
            records,
            tuple(inputs.toolchains.names),
            {loaded.claim.id: inputs.breadth(loaded) for loaded in selected},
            frozen=frozen,
            settings=inputs.catalogue.settings,
            policy=inputs.policy,
        )
        both.claims.update(claims)
        both.problems += problems
    return both


def _base_of(head: Inputs, change: Change, tree: Path, revision: str) -> Inputs:
    """The base's claims as this program reads them, with the head's ledger and downloads.

    A claim that it cannot read is left out; it may be of an older form. Raises InvalidInput where there are no claims.
    """
    folder = tree / path_in(change.root, head.catalogue.folder)
    catalogue, problems = load_catalogue(folder)
    toolchains = None
    if folder.is_dir():
        toolchains, more = load_toolchains(folder / "toolchains.yml", catalogue.settings)
        problems = [*problems, *more]
    if toolchains is None:
        what = f"`{revision}` has no claims in {path_in(change.root, head.catalogue.folder)} that this program can read"
        fix = f"name a revision that has them; the first problem there is: {problems[0]}" if problems else ""
        raise InvalidInput([Problem(Path(BASE), 1, 1, what, fix)])
    problems += check_catalogue(catalogue, toolchains.names)
    wrong = {
        name
        for name, loaded in catalogue.claims.items()
        if any(loaded.folder in (problem.path, *problem.path.parents) for problem in problems)
    }
    readable = {name: loaded for name, loaded in catalogue.claims.items() if name not in wrong}
    catalogue = replace(catalogue, claims=readable, unreadable=catalogue.unreadable | wrong)
    downloads = catalogue.dockerfile.parent / CACHE
    if not downloads.exists():
        downloads.symlink_to(head.catalogue.dockerfile.parent / CACHE)
    return Inputs(head.project, catalogue, toolchains)
