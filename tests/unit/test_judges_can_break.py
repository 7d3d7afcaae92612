"""The judges' own tests: a mistake in the judges' code must not pass them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
JUDGING = ("eprocess", "judge", "sessions", "figures", "combine", "mutants", "analyses")
"""The tests that a broken judge has to fail, by the names of their files."""

NEAREST = {"alternatives": "analyses", "estimators": "analyses", "dependence": "eprocess"}
"""Which of them is most likely to fail for a module that none is named after; `judge` for any other."""

MISTAKES = [
    ("eprocess.py", "low.reached(value, value < threshold", "low.reached(value, value <= threshold"),
    ("eprocess.py", "_Side(quantile, error / 2), _Side", "_Side(quantile, error * 9), _Side"),
    ("eprocess.py", ">= -math.log(error)\n        enough |=", ">= -math.log(error) / 2\n        enough |="),
    ("eprocess.py", "PRIOR = 0.5", "PRIOR = 2.0"),
    ("eprocess.py", "return share == 1.0 or _reaches", "return True or _reaches"),
    ("dependence.py", "(1 - correlation) / (1 + correlation)", "1.0"),
    ("sessions.py", "return (UNWATCHED,)", "return ()"),
    ("sessions.py", "return min(allowed, ", "return max(allowed, "),
    ("sessions.py", "return self in (Exposure.UP, Exposure.NONE)", "return True"),
    ("sessions.py", ' or claim.experiment.limits.cpus == "all":', ":"),
    ("sessions.py", "min(limit, level.typical * policy.stretch)", "max(limit, level.typical * policy.stretch)"),
    ("sessions.py", "and figure > limits[name]", "and figure < limits[name]"),
    ("sessions.py", "if len(loud_rounds) > policy", "if False and len(loud_rounds) > policy"),
    ("statistical.py", "alpha / len(ends), sides)", "alpha / len(ends), None)"),
    ("statistical.py", '"below": (_CONFIRMED, _REFUTED)', '"below": (_REFUTED, _CONFIRMED)'),
    ("statistical.py", "ends[0] / factor", "ends[0] * factor"),
    ("statistical.py", "    if stands:\n        return None", "    if True:\n        return None"),
    ("resolution.py", "count < 1", "count < 0"),
    ("exact.py", "if len(sample) < needed:", "if False:"),
    ("exact.py", "if len(answers) > 1:", "if False:"),
    ("judge.py", "(VerdictName.REFUTED, VerdictName.INCONCLUSIVE,", "(VerdictName.INCONCLUSIVE, VerdictName.REFUTED,"),
    ("policy.py", "self.measuring_claims / max(shares, 1)", "self.measuring_claims"),
    ("combine.py", "if len(set(decided.values())) < 2:", "if len(set(decided.values())) < 3:"),
    ("alternatives.py", "min if power > 0 else max", "max if power > 0 else min"),
    ("alternatives.py", "(above - below) if", "(below - above) if"),
    ("alternatives.py", "one.layout != layout", "one.layout == layout"),
    ("analyses.py", "len(found) < len(tried) or any(", "all("),
    ("estimators.py", "1 - error / 2, side", "1 - error, side"),
    ("mutants.py", "1 / FACTOR if upper else FACTOR", "FACTOR if upper else 1 / FACTOR"),
]  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's code and tests, to be broken."""
    folder = tmp_path_factory.mktemp("broken")
    for name in ("macros", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "samples"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def passes(folder: Path, broken: str = "judge") -> bool:
    """Whether the judges' tests pass there. Those nearest to the broken module run first: one failure is enough."""
    nearest = broken if broken in JUDGING else NEAREST.get(broken, "judge")
    tests = [f"tests/unit/test_{name}.py" for name in sorted(JUDGING, key=lambda name: name != nearest)]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=200).returncode == 0


def test_the_code_as_it_is_passes(copy: Path) -> None:
    """Otherwise what follows would prove nothing."""
    assert passes(copy)


@pytest.mark.parametrize(("module", "right", "wrong"), MISTAKES, ids=lambda text: " ".join(str(text).split())[:40])
def test_a_mistake_in_the_judges_is_caught(copy: Path, module: str, right: str, wrong: str) -> None:
    """A threshold moved, a side exchanged, a veto left out: some test of theirs fails."""
    path = copy / "macros" / "verdict" / module
    text = path.read_text("utf-8")
    assert text.count(right) == 1
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    try:
        assert not passes(copy, path.stem)
    finally:
        path.write_text(text, encoding="utf-8")
