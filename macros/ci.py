"""What a check of a change adds to a run: which claims it is for, and everything that is told about their verdicts."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from macros.check.affected import affected, files_to_keep
from macros.check.revisions import changed_since
from macros.claim.document import MAX_BYTES
from macros.claim.files import Unreadable, read_regular
from macros.claim.loading import LoadedClaim
from macros.claim.rewriting import with_recorded
from macros.ledger.files import write_text
from macros.problems import ExitCode, Failure, InvalidInput, Problem
from macros.publish.passages import outdated, passages_of
from macros.report import terminal
from macros.report.accepted import Accepted, accepted
from macros.report.annotations import annotate, resumed, stopped
from macros.report.outputs import Outputs
from macros.report.screen import Screen
from macros.report.verification import Report, check, nothing_but
from macros.results.catalogue import CatalogueResult, Selection
from macros.run.plan import Inputs
from macros.run.shards import Part, cut_of
from macros.run.tree import Tree


@dataclass(frozen=True)
class Narrowed:
    """The claims that a run is for. `said`: how they were found, for the terminal; `cut`: the key of a part's cut."""

    claims: Sequence[LoadedClaim]
    since: str = ""
    part: str = ""
    said: str = ""
    cut: str = ""

    def of(self, result: CatalogueResult) -> CatalogueResult:
        """The run's result, which says so. All claims are all claims, however they were found."""
        if result.selection is None or not (self.since or self.part):
            return result
        names = tuple(loaded.claim.id for loaded in self.claims)
        return replace(result, selection=Selection(names, since=self.since, shard=self.part))


def narrow(inputs: Inputs, selected: Sequence[LoadedClaim], since: str | None, part: Part | None) -> Narrowed:
    """Of the selected claims those that a change since a revision affects, and of these one part.

    Raises InvalidInput for a revision that git does not know.
    """
    said = []
    if since is not None:
        change = changed_since(inputs.project.claims, since, keep=files_to_keep(inputs.catalogue))
        found = affected(inputs.catalogue, inputs.toolchains.names, change)
        selected = [loaded for loaded in selected if loaded.claim.id in found.claims]
        because = f", by {found.because}" if found.because else ""
        said.append(f"claims that the change since {since} affects: {len(selected)}{because}")
    cut = ""
    if part is not None:
        whole = cut_of(inputs, selected, part.of, Tree.of(inputs))
        mine = whole.parts[part.number - 1]
        said.append(f"part {part} has {len(mine)} of {len(selected)} claims")
        selected = [loaded for loaded in selected if loaded.claim.id in mine]
        cut = whole.key
    return Narrowed(selected, since or "", str(part or ""), "; ".join(said), cut)


@dataclass(frozen=True)
class Telling:
    """Where a verification is told: the reports that were asked for, the terminal, and GitHub's annotations."""

    folder: Path
    outputs: Outputs
    out: Screen
    annotations: bool = False
    accept: bool = False

    @classmethod
    def here(cls, folder: Path, outputs: Outputs, out: Screen, annotations: bool, accept: bool) -> Telling:
        """As asked, and with annotations wherever GitHub runs it. Checks the files."""
        annotations = annotations or os.environ.get("GITHUB_ACTIONS") == "true"
        return cls(folder, outputs.checked(folder), out, annotations, accept)

    @contextmanager
    def running(self) -> Iterator[None]:
        """For the time of a run: its failure is told in the reports too, and nothing that is printed is a command."""
        word = secrets.token_hex(16)
        self._command(stopped(word))
        try:
            yield
        except Failure as failure:
            self.outputs.write_failure(failure)
            self._command(resumed(word))
            self._annotate(nothing_but(failure), None)
            self._command(stopped(secrets.token_hex(16)))  # what is printed of the failure is foreign text as well
            raise
        self._command(resumed(word))

    def conclude(self, inputs: Inputs, result: CatalogueResult) -> ExitCode:
        """Write the reports, say how the verdicts compare, accept them if asked; the exit code.

        Reports and annotations compare with the verdicts as they were recorded when the run began.
        """
        self.outputs.write(result)
        report = check(result)
        word = secrets.token_hex(16)
        self._command(stopped(word))
        self.out.say(terminal.verification(report, self.out.page))
        done = self._accept(inputs, report, result) if self.accept else None
        self._command(resumed(word))
        self._annotate(report, inputs)
        return report.code if done is None else report.lost_code

    def _command(self, text: str) -> None:
        if self.annotations:
            self.out.say(text)
            self.out.file.flush()

    def _annotate(self, report: Report, inputs: Inputs | None) -> None:
        if not self.annotations:
            return
        documents = {name: loaded.document for name, loaded in inputs.catalogue.claims.items()} if inputs else {}
        recorded = {name: (one.path, one.position(("recorded",))[0]) for name, one in documents.items()}
        root = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())
        for each in annotate(report, recorded, passages_of(self.folder), root):
            self._command(str(each))

    def _accept(self, inputs: Inputs, report: Report, result: CatalogueResult) -> Accepted:
        """Write measured verdicts into the claim files, all of them or none. Raises InvalidInput, EnvironmentFailed."""
        done = Accepted.of(report)
        texts: dict[Path, str] = {}
        problems: list[Problem] = []
        for line in done.lines:
            document = inputs.catalogue.claims[line.id].document
            try:
                content = read_regular(document.path, MAX_BYTES)
                verdict = line.result.finding.verdict
                texts[document.path] = with_recorded(content, document, verdict).decode()
            except Unreadable as error:
                problems.append(Problem(document.path, 1, 1, error.what, error.fix))
            except InvalidInput as invalid:
                problems += invalid.problems
        if problems:
            raise InvalidInput(problems)
        for path, text in texts.items():
            write_text(path, text)
        changed = {line.id for line in done.lines}
        old = [passage for passage in outdated(self.folder, result) if passage.claim in changed]
        self.out.say(accepted(done, old))
        return done
