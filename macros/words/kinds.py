"""The kinds of claims as words for a table's column and a list of choices, in each language."""

from __future__ import annotations

from collections.abc import Mapping

from macros.claim.fields import Kind

NAMES: Mapping[str, Mapping[Kind, str]] = {
    "en": {
        Kind.INSPECT: "inspected",
        Kind.MEASURE: "measured",
        Kind.COMPUTE: "computed",
        Kind.REPORT: "reported",
        Kind.PLAN: "planned",
    },
    "zh": {
        Kind.INSPECT: "查看",
        Kind.MEASURE: "测量",
        Kind.COMPUTE: "推算",
        Kind.REPORT: "经验",
        Kind.PLAN: "计划",
    },
}
