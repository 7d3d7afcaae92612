"""What is specific to a catalogue stands in its catalogue.yml, and a mistake there has its place too."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from macros import steps
from macros.check.budget import check_measuring_claims
from macros.check.catalogue import check_catalogue, policy_of
from macros.check.schema import check_schema, schema_json
from macros.claim.catalogue import DEFAULTS, CatalogueSettings
from macros.claim.cell import Cell
from macros.claim.fields import LANGUAGES, Text, VerdictName
from macros.claim.loading import load_catalogue, load_settings
from macros.claim.scaffold import scaffold
from macros.results.mutants import trials_of
from macros.verdict.policy import DEFAULT
from tests import builders
from tests.conftest import ROOT

ENGLISH = "languages: [en]\n"


def catalogue_of(folder: Path, settings: str) -> None:
    (folder / "catalogue.yml").write_text(settings, encoding="utf-8")


def said(folder: Path) -> list[str]:
    catalogue, problems = load_catalogue(folder)
    problems += check_catalogue(catalogue, ("go1.22", "go1.27"))
    return [str(problem).replace(f"{folder}/", "") for problem in problems]


def test_a_catalogue_without_settings_has_those_that_are_documented(tmp_path: Path) -> None:
    """Every language, every toolchain for `all`, the policy's own figures, the Dockerfile beside the folder."""
    claims = tmp_path / "claims"
    scaffold(claims, "a-claim")
    catalogue, problems = load_catalogue(claims)
    assert problems == []
    assert catalogue.settings == DEFAULTS
    assert catalogue.settings.languages == LANGUAGES
    assert catalogue.settings.meant_by_all(("b", "a1")) == ("b", "a1")
    assert policy_of(catalogue) == DEFAULT
    assert catalogue.dockerfile == tmp_path.resolve() / "Dockerfile"
    assert said(claims) == []


def test_the_project_s_own_settings_are_those_its_verdicts_were_given_by() -> None:
    """Its policy is the default one; its families are Go, JDK and shell, of which `all` means Go."""
    settings, document = load_settings(builders.CLAIMS)
    assert document.problems == []
    assert [(family.name, family.all) for family in settings.families] == [
        ("go", True),
        ("jdk", False),
        ("shell", False),
    ]
    assert DEFAULT.with_overrides(settings.policy) == DEFAULT
    assert settings.main_language == "en"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("language: [en]", "catalogue.yml:1:1: unknown key `language`; did you mean `languages`?"),
        ("languages: [en, fr]", "catalogue.yml:1:17: `languages.1`: Input should be 'en' or 'zh'"),
        ("languages: []", "catalogue.yml:1:1: `languages`: name at least one language, and each once"),
        ("languages: [en, en]", "catalogue.yml:1:1: `languages`: name at least one language, and each once"),
        ("families: [{name: go, pattern: '(', all: true}]", "not a regular expression"),
        ("families: [{name: go, pattern: x}]", "mark at least one family `all: true`"),
        ("families:\n- {name: a, pattern: x, all: true}\n- {name: a, pattern: y}", "two families have the same name"),
        ("dockerfile: ../Other", "`dockerfile`: String should match pattern"),
        ("dockerfile: ../Dockerfile\nsource: {name: {en: x}}", "catalogue.yml:2:10: `name` is not said in `zh`"),
        ("policy:\n  family_eror: 0.1", "catalogue.yml:2:3: no figure of the policy is named `family_eror`; there are"),
        ("policy:\n  family_error: 2", "catalogue.yml:2:3: `family_error`: Input should be less than or equal to 1"),
        ("policy:\n  close: 1", "catalogue.yml:2:3: `close`: Input should be greater than 1"),
        ("policy:\n  measuring_claims: 1.5", "catalogue.yml:2:3: `measuring_claims`: Input should be a valid integer"),
        ("policy:\n  linear: 1", "catalogue.yml:2:3: `linear`: Input should be a valid tuple"),
        ("policy:\n  probe: true", "catalogue.yml:2:3: `probe`: Input should be a valid number"),
    ],
)
def test_a_mistake_in_the_settings_is_named_with_its_place(tmp_path: Path, settings: str, message: str) -> None:
    """As in a claim file: line, column, what is wrong, what would be right."""
    catalogue_of(tmp_path, settings + "\n")
    assert any(message in line for line in said(tmp_path)), said(tmp_path)


def test_a_catalogue_s_policy_is_what_its_claims_are_judged_by(tmp_path: Path) -> None:
    """A stricter error needs more processes, which is found before the first of them runs."""
    catalogue_of(tmp_path, "policy: {family_error: 0.001, linear: [0.8, 1.2]}\n")
    policy = policy_of(load_catalogue(tmp_path)[0])
    assert policy == DEFAULT.with_overrides({"family_error": 0.001, "linear": (0.8, 1.2)})
    assert policy.alpha(1) == 0.001 / DEFAULT.measuring_claims
    path = builders.go_claim(tmp_path / "go") / "claim.yml"
    text = path.read_text("utf-8").replace("equals: 10", "below: 10")
    path.write_text(text.replace("  run: ./claim ", "  samples: {at_least: 1, at_most: 25}\n  run: ./claim "), "utf-8")
    assert said(tmp_path / "go") == []
    catalogue_of(tmp_path / "go", "policy: {family_error: 0.000001}\n")
    assert any("25 processes cannot decide this either way" in line for line in said(tmp_path / "go"))


def test_a_claim_s_mutants_are_judged_by_the_catalogue_s_policy_too() -> None:
    """Forty processes refute a falsified bound at the usual error, and not at one that hardly ever errs."""
    made = builders.claim([{"metric": "m", "below": "5 ms"}], {"m": {"from": "json", "unit": "ms"}})
    values = [3.2 * (1 + number % 5 / 1000) for number in range(40)]
    cell = SimpleNamespace(
        cell=Cell("a-claim", "go1.22", "default"),
        record=SimpleNamespace(evidence=builders.evidence(values)),
        judged=SimpleNamespace(expectations=[SimpleNamespace(verdict=VerdictName.CONFIRMED)]),
    )
    result = SimpleNamespace(claim=made, cells=[cell])
    found = [
        {trial.verdict for trial in trials_of(result, DEFAULT.with_overrides({"family_error": error}))}
        for error in (0.05, 1e-12)
    ]
    assert VerdictName.REFUTED in found[0]
    assert VerdictName.REFUTED not in found[1]


def test_more_measuring_claims_than_the_error_is_shared_over_are_an_error(tmp_path: Path) -> None:
    """With one claim more, the catalogue would err more often than it says."""
    catalogue_of(tmp_path, "policy:\n  measuring_claims: 1\n")
    (tmp_path / "_template").mkdir()
    for name in ("one", "two"):
        scaffold(tmp_path, name)
        path = tmp_path / name / "claim.yml"
        path.write_text(path.read_text("utf-8").replace("equals: 10", "below: 11"), encoding="utf-8")
    (message,) = said(tmp_path)
    assert message.startswith("catalogue.yml:2:3: 2 claims measure, but the error is shared over 1; raise policy.meas")
    catalogue_of(tmp_path, "policy:\n  measuring_claims: 2\n")
    assert said(tmp_path) == []


def test_the_project_s_error_is_shared_over_all_of_its_measuring_claims() -> None:
    """The number was fixed beforehand, and the catalogue has not outgrown it."""
    catalogue, _ = load_catalogue(builders.CLAIMS)
    assert list(check_measuring_claims(catalogue, policy_of(catalogue))) == []


def test_every_text_is_in_exactly_the_catalogue_s_languages(tmp_path: Path) -> None:
    """A missing one is named at the text, a superfluous one at its own line; wherever in the file the text is."""
    catalogue_of(tmp_path, ENGLISH)
    scaffold(tmp_path, "a-claim")
    assert said(tmp_path) == []
    path = tmp_path / "a-claim" / "claim.yml"
    text = path.read_text("utf-8")
    assert "zh" not in text
    path.write_text(text.replace("    title: {en: length}", "    title: {en: length, zh: 长度}"), encoding="utf-8")
    (superfluous,) = said(tmp_path)
    assert re.match(r"a-claim/claim\.yml:\d+:25: `zh` is not a language of this catalogue; leave it out", superfluous)
    path.write_text(text, encoding="utf-8")
    catalogue_of(tmp_path, "languages: [zh, en]\n")
    missing = said(tmp_path)
    assert [re.sub(r"^.*?`(\w+)` is not said in `zh`.*", r"\1", line) for line in missing] == [
        "title", "statement", "title", "because",
    ]  # fmt: skip


def test_a_text_says_itself_in_the_language_asked_for_or_the_first_there_is() -> None:
    """A page in a language that a claim does not have shows it in one that it has."""
    assert Text(en="one", zh="一").say("zh") == "一"
    assert Text(en="one").say("zh") == "one"
    assert Text(zh="一").say("en") == "一"
    assert Text(zh="一").languages == ("zh",)
    with pytest.raises(ValueError, match="at least one language"):
        Text()


def test_the_schema_asks_for_the_catalogue_s_languages() -> None:
    """An editor completes those and underlines others."""
    assert '"zh"' in schema_json(builders.SETTINGS)
    assert '"zh"' not in schema_json(CatalogueSettings(languages=("en",)))


@pytest.mark.parametrize("folder", [builders.CLAIMS, ROOT / "tests" / "catalogues" / "shell-tools" / "claims"])
def test_the_schema_of_each_catalogue_here_is_up_to_date(folder: Path) -> None:
    """A change of the models changes both: `claims lint --write-schema --claims DIR`."""
    assert check_schema(load_catalogue(folder)[0]) == []


def test_a_new_claim_is_a_copy_of_the_catalogue_s_template(tmp_path: Path) -> None:
    """With its own id and nothing else changed; a catalogue without one gets a claim about the shell."""
    builders.go_claim(tmp_path, "of-go")
    template = (builders.CLAIMS / "_template" / "claim.yml").read_text("utf-8")
    assert (tmp_path / "of-go" / "claim.yml").read_text("utf-8") == template.replace("id: my-claim", "id: of-go")
    assert (tmp_path / "of-go" / "main.go").is_file()
    scaffold(tmp_path / "other", "of-shell")
    assert [path.name for path in (tmp_path / "other" / "of-shell").iterdir()] == ["claim.yml"]


def test_the_catalogue_may_be_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--claims .` finds the Dockerfile and the ledger beside that folder, as `--claims claims` does."""
    claims = tmp_path / "claims"
    builders.go_claim(claims)
    (claims / "toolchains.yml").write_bytes((builders.CLAIMS / "toolchains.yml").read_bytes())
    monkeypatch.chdir(claims)
    inputs = steps.load(Path())
    assert inputs.catalogue.dockerfile == tmp_path / "Dockerfile"
    assert inputs.project.root == tmp_path


@pytest.mark.parametrize(
    ("kind", "expect", "experiment", "asks"),
    [
        ("inspect", {"equals": 1}, {}, False),
        ("compute", {"equals": 1}, {}, False),
        ("inspect", {"equals": 1}, {"depends_on": "architecture"}, False),
        ("inspect", {"equals": 1}, {"depends_on": "machine"}, True),
        ("inspect", {"equals": 1}, {"probe": "true"}, True),
        ("inspect", {"below": 1}, {}, True),
        ("measure", {"equals": 1}, {}, True),
    ],
)
def test_a_result_is_of_a_machine_or_of_an_architecture(
    kind: str, expect: dict[str, object], experiment: dict[str, str], asks: bool
) -> None:
    """What is measured, what a probe finds, and what a claim says of itself is of the machine it was found on."""
    made = builders.claim(
        [{"metric": "m", **expect}], {"m": {"from": "json"}}, kind=kind, experiment={"run": "x", **experiment}
    )
    assert made.asks_machine is asks


@pytest.mark.parametrize(("expect", "more"), [({"below": 1}, {}), ({"equals": 1}, {"probe": "true"})])
def test_what_is_measured_or_probed_cannot_be_of_every_machine(expect: dict[str, object], more: dict[str, str]) -> None:
    """Such a claim would be believed on machines on which nobody looked."""
    experiment = {"run": "x", "depends_on": "architecture", **more}
    with pytest.raises(ValueError, match="depends on the machine; leave out `depends_on`"):
        builders.claim([{"metric": "m", **expect}], {"m": {"from": "json"}}, kind="inspect", experiment=experiment)


def test_code_knows_no_toolchain_by_its_name() -> None:
    """A release of Go, or what it is called, is in no module but those that read what Go's own tools print."""
    allowed = {"programs.py"}
    for path in sorted((builders.CLAIMS.parent / "macros").rglob("*.py")):
        if "evidence" not in path.parts and path.name not in allowed:
            found = re.findall(r"\bgo[0-9]\.[0-9]|is_go_release|go_releases|jdk17", _code(path))
            assert not found, f"{path}: {found}"


def _code(path: Path) -> str:
    """Without docstrings and comments, which may give examples."""
    text = re.sub(r'""".*?"""', "", path.read_text("utf-8"), flags=re.DOTALL)
    return re.sub(r"#.*", "", text)
