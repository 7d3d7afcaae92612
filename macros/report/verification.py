"""Measured verdicts against recorded ones. Strings out; the caller writes them."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as xml

from macros.results.catalogue import CatalogueResult, ClaimResult
from macros.words import inert, speak


@dataclass(frozen=True)
class Line:
    """One claim in the report. `state`: agrees, contradicts, or undecided (which only warns)."""

    result: ClaimResult
    state: str

    @property
    def measured(self) -> str:
        return self.result.finding.verdict.value

    @property
    def recorded(self) -> str:
        return self.result.claim.recorded.value

    @property
    def said(self) -> str:
        """One sentence on what was measured."""
        finding = self.result.finding
        reason = f" ({finding.reason.value})" if finding.reason.value else ""
        return f"recorded {self.recorded}, measured {self.measured}{reason}" + (f": {self.why}" if self.why else "")

    @property
    def why(self) -> str:
        """What was found, in a sentence."""
        return speak("en").finding(self.result.finding)


@dataclass(frozen=True)
class Report:
    """All claims that were verified, in the catalogue's order."""

    lines: tuple[Line, ...]

    @property
    def contradicted(self) -> list[Line]:
        return [line for line in self.lines if line.state == "contradicts"]

    @property
    def undecided(self) -> list[Line]:
        return [line for line in self.lines if line.state == "undecided"]


def check(result: CatalogueResult) -> Report:
    """Compare every claim's measured verdict with its recorded one."""
    return Report(tuple(Line(one, _state(one)) for one in result.claims.values()))


def _state(one: ClaimResult) -> str:
    if one.contradicts:
        return "contradicts"
    return "agrees" if one.finding.verdict is one.claim.recorded else "undecided"


def junit(report: Report) -> str:
    """JUnit XML: a contradiction is a failure, an undecided claim a skip."""
    suite = xml.Element(
        "testsuite",
        name="claims",
        tests=str(len(report.lines)),
        failures=str(len(report.contradicted)),
        skipped=str(len(report.undecided)),
    )
    for line in report.lines:
        case = xml.SubElement(
            suite, "testcase", classname=inert.xml(line.result.claim.source.where), name=line.result.claim.id
        )
        if line.state == "contradicts":
            xml.SubElement(case, "failure", message=inert.xml(line.said))
        elif line.state == "undecided":
            xml.SubElement(case, "skipped", message=inert.xml(line.said))
    xml.indent(suite)
    return xml.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def markdown(report: Report) -> str:
    """A summary for a CI job's page."""
    head = (
        f"**{len(report.lines)} claims**: {len(report.contradicted)} contradict their recorded verdict, "
        f"{len(report.undecided)} undecided.\n\n| claim | recorded | measured | |\n|---|---|---|---|\n"
    )
    rows = [
        f"| `{line.result.claim.id}` | {line.recorded} | {line.measured} | {inert.markdown_prose(line.why)} |"
        for line in sorted(report.lines, key=lambda line: ("contradicts", "undecided", "agrees").index(line.state))
    ]
    return head + "\n".join(rows) + "\n"
