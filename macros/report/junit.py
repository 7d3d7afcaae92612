"""JUnit XML for CI: well-formed no matter what a program printed. A string out; the caller writes it."""

from __future__ import annotations

from junitparser import Error, JUnitXml, Skipped, TestCase, TestSuite
from junitparser import Failure as Failed

from macros.claim.fields import VerdictName
from macros.report.sentences import MOST
from macros.report.verification import Line, Loss, Report, State
from macros.words import inert


def junit(report: Report) -> str:
    """A contradiction is a failure, what was lost an error, untestable here a skip; undecided passes with a warning."""
    suite = TestSuite("claims")
    suite.add_testcases([*(_case(line) for line in report.lines), *(_lost(loss) for loss in report.lost)])
    suites = JUnitXml()
    suites.add_testsuite(suite)
    suites.update_statistics()
    document: bytes = suites.tostring()
    return f'<?xml version="1.0" encoding="utf-8"?>\n{document.decode()}\n'


def _case(line: Line) -> TestCase:
    case = TestCase(inert.xml(line.id, MOST), classname=inert.xml(line.result.claim.source.where, MOST))
    comparison = inert.xml(line.comparison, MOST)
    if line.state is State.CONTRADICTS:
        case.result = [Failed(comparison, "contradiction")]
    elif line.result.finding.verdict is VerdictName.UNTESTABLE:
        case.result = [Skipped(comparison)]
    elif line.state is not State.AGREES:
        case.system_out = f"warning: {line.state}: {comparison}"
    return case


def _lost(loss: Loss) -> TestCase:
    case = TestCase(inert.xml(loss.name, MOST), classname="lost")
    case.result = [Error(inert.xml(loss.message, MOST), "no verdict")]
    return case
