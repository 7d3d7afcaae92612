"""Claim files: every mistake has a position, and all of them come out at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from macros.check.catalogue import check_catalogue
from macros.check.schema import write_schema
from macros.claim import document
from macros.claim.document import MAX_BYTES, read_document
from macros.claim.loading import load_catalogue
from macros.claim.scaffold import scaffold
from macros.claim.scalars import NoNumber, value_of
from macros.problems import InvalidInput
from tests import builders

TOOLCHAINS = ("go1.22", "go1.27")


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    """A catalogue with one scaffolded claim, `ten-bytes`."""
    builders.go_claim(tmp_path)
    return tmp_path


def edit(claims: Path, old: str, new: str, claim: str = "ten-bytes") -> None:
    path = claims / claim / "claim.yml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def complaints(claims: Path, tidy: bool = False) -> list[str]:
    """Everything that loading and checking say, with paths relative to the catalogue."""
    catalogue, problems = load_catalogue(claims)
    return [
        str(one).replace(f"{claims}/", "")
        for one in sorted([*problems, *check_catalogue(catalogue, TOOLCHAINS, tidy=tidy)])
    ]


def test_a_scaffolded_claim_passes_lint(claims: Path) -> None:
    """`claims new` gives a claim with which nothing is wrong."""
    assert complaints(claims) == []


def test_a_scaffold_never_overwrites(claims: Path) -> None:
    """A second scaffold of the same id changes no file."""
    before = (claims / "ten-bytes" / "claim.yml").read_bytes()
    with pytest.raises(InvalidInput, match="already exists"):
        scaffold(claims, "ten-bytes")
    assert (claims / "ten-bytes" / "claim.yml").read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("equals: 10", "equal: 10", "ten-bytes/claim.yml:27:5: unknown key `equal`; did you mean `equals`?"),
        ("from: json", "from: jsn", "ten-bytes/claim.yml:21:3: `metrics.length`: Input tag 'jsn'"),
        ("kind: inspect ", "kind: look ", "ten-bytes/claim.yml:3:1: `kind`: Input should be"),
        (
            "id: ten-bytes",
            "id: nine-bytes",
            "ten-bytes/claim.yml:2:1: id `nine-bytes` in the folder `ten-bytes`; rename",
        ),
        (
            "[go1.22, go1.27]",
            "[go1.22, go9]",
            "ten-bytes/claim.yml:14:1: unknown toolchain `go9`; known: go1.22, go1.27",
        ),
        ("- metric: length", "- metric: size", "unknown metric `size`; known: length"),
        ("equals: 10", "at_most: 10 ms", "cannot convert ms to a plain number"),
        ("equals: 10", "at_most: 10 parsecs of", "ten-bytes/claim.yml:27:5: unknown unit"),
        ("equals: 10", "equals: 10\n    below: 3", "give exactly one of below, above"),
        ("recorded: confirmed", "recorded: true", "ten-bytes/claim.yml:13:1: `recorded`: Input should be"),
        ("recorded: confirmed", "recorded: unverifiable", "`unverifiable` for a claim of kind inspect"),
        ("run: ./claim ", "ran: ./claim ", "ten-bytes/claim.yml:18:3: unknown key `ran`; did you mean `run`?"),
        (
            'env: {SIZE: "11"}',
            "env: {}",
            "control `eleven-bytes` changes nothing; give env, run_env, build, run or arms",
        ),
        (
            'env: {SIZE: "11"}',
            "env: {SIZE: '11'}\ncases: [{name: default, env: {SIZE: '11'}}]",
            "control `eleven-bytes` changes nothing of the case `default`; give a variable another value",
        ),
        (
            'env: {SIZE: "11"}',
            "run_env: {SIZE: '11'}\ncases: [{name: default, run_env: {SIZE: '11'}}]",
            "control `eleven-bytes` changes nothing of the case `default`; give a variable another value",
        ),
        ('env: {SIZE: "11"}', 'case: big\n    env: {SIZE: "11"}', "unknown case `big`; known: default"),
        (
            'env: {SIZE: "11"}',
            'run_env: {SIZE: "11"}\n    build: go build -ldflags "-X main.size=${SIZE:-1}" main.go',
            "the build reads `SIZE`, which `run_env` hides from it; use env",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_would_be_right(claims: Path, old: str, new: str, said: str) -> None:
    """One mistake, one message with file, line, column, what is wrong and the next step."""
    edit(claims, old, new)
    assert any(said in line for line in complaints(claims)), complaints(claims)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("title: &t", "anchor &t"),
        ("title: *t", "alias *t"),
        ("title: !!map", "tag"),
        ("kind: measure\ntitle:", "key `kind` appears twice"),
        ("<<: {a: b}\ntitle:", "merge key <<"),
        ("---\ntitle:", "a second document begins here"),
        ("title: [", "not valid YAML"),
        ("\ttitle:", "not valid YAML"),
    ],
)
def test_yaml_that_a_reviewer_cannot_take_in_at_sight_is_refused(claims: Path, new: str, said: str) -> None:
    """No anchors, aliases, tags, merge keys, duplicate keys or second documents."""
    edit(claims, "title:", new)
    assert any(said in line for line in complaints(claims)), complaints(claims)


def test_all_mistakes_of_all_files_come_out_in_one_run(claims: Path) -> None:
    """Nobody has to fix one mistake to learn of the next."""
    builders.go_claim(claims, "other")
    edit(claims, "equals: 10", "equal: 10")
    edit(claims, "kind: inspect ", "kind: look ")
    edit(claims, "from: json", "frm: json", claim="other")
    said = complaints(claims)
    assert [line.split(":")[0] for line in said] == ["other/claim.yml", "ten-bytes/claim.yml", "ten-bytes/claim.yml"]


def test_a_claim_with_a_mistake_is_not_missed_by_those_that_name_it(claims: Path) -> None:
    """Its own mistake is told, and not that the claims related to it relate to nothing."""
    builders.go_claim(claims, "other")
    edit(claims, "recorded:", "related: [ten-bytes]\nrecorded:", claim="other")
    assert complaints(claims) == []
    edit(claims, "kind: inspect ", "kind: look ")
    assert [line.split(":")[0] for line in complaints(claims)] == ["ten-bytes/claim.yml"]
    edit(claims, "kind: look ", "kind: inspect ")
    edit(claims, "related: [ten-bytes]", "related: [nine-bytes]", claim="other")
    assert ["nine-bytes" in line for line in complaints(claims)] == [True]


@pytest.mark.parametrize(
    ("premises", "said"),
    [
        ("[one]", ""),
        ("[one, nine]", "no claim has the id `nine`; name a claim of this catalogue"),
        ("[ten-bytes]", "`ten-bytes` cannot be a premise of itself; leave it out"),
        ("[one, one]", "the premise `one` appears twice; name it once"),
        (
            "[two]",
            "a circle of premises: ten-bytes -> two -> one -> ten-bytes; remove one of these premises",
        ),
    ],
)
def test_what_a_claim_rests_on_is_there_and_does_not_rest_on_the_claim(claims: Path, premises: str, said: str) -> None:
    """Each mistake stands where the premise is named; a circle is told in every claim that is part of it."""
    for name, on in (("one", "[ten-bytes]" if "circle" in said else "[]"), ("two", "[one]")):
        builders.go_claim(claims, name)
        edit(claims, "recorded:", f"premises: {on}\nrecorded:", claim=name)
    edit(claims, "recorded:", f"premises:\n  {premises}\nrecorded:")
    line = 1 + (claims / "ten-bytes" / "claim.yml").read_text("utf-8").splitlines().index(f"  {premises}")
    found = complaints(claims)
    assert len(found) == (3 if "circle" in said else bool(said))
    if said:
        (mine,) = (one for one in found if one.startswith("ten-bytes/"))
        assert mine.startswith(f"ten-bytes/claim.yml:{line}:")
        assert mine.endswith(said)


@pytest.mark.parametrize(
    ("also", "said"),
    [
        ("[more]", ""),
        ("[larger]", "with the control, `larger` still differs from `default` in HEAP; set it in the control's `env`"),
        ("[largest]", "unknown case `largest`; known: default, more, larger, aside"),
        ("[default]", "case `default` appears 2 times; name it once"),
        ("[aside]", "the case `aside` is not judged; leave it out"),
    ],
)
def test_a_control_stands_for_cases_that_are_one_experiment_with_its_changes(
    claims: Path, also: str, said: str
) -> None:
    """What the control sets may differ between them, and nothing else."""
    cases = (
        '[{name: default}, {name: more, env: {SIZE: "12"}}, {name: larger, env: {HEAP: "1"}}, '
        "{name: aside, context: {en: a, zh: a}}]"
    )
    edit(claims, "recorded:", f"cases: {cases}\nrecorded:")
    edit(claims, 'env: {SIZE: "11"}', f'also_for: {also}\n    env: {{SIZE: "11"}}')
    found = complaints(claims)
    assert len(found) == bool(said), found
    assert said in "".join(found)


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ("{en: a reason, zh: 理由}", ""),
        ("true", ""),
        ("false", "give the reason why the case is shown and not judged"),
        ("a reason", "give the reason why the case is shown and not judged"),
        ("{en: a reason}", "`context` is not said in `zh`"),
        ("{en: a reason, zh: 理由, why: x}", "unknown key `why`"),
    ],
)
def test_context_is_a_reason_in_each_language(claims: Path, context: str, said: str) -> None:
    """Or, as it was written before there were reasons, `true`."""
    edit(claims, "recorded:", f"cases: [{{name: default}}, {{name: aside, context: {context}}}]\nrecorded:")
    found = complaints(claims)
    assert len(found) == bool(said), found
    assert said in "".join(found)


def test_yaml_is_version_1_2(tmp_path: Path) -> None:
    """`yes` and `on` are words, 010 is ten, dates are text."""
    path = tmp_path / "x.yml"
    path.write_text("a: yes\nb: on\nc: 010\nd: 2024-01-02\ne: true\nf: null\ng: 1e3\nh: 0x1F\ni: 0o17\n")
    assert read_document(path).data == {
        "a": "yes", "b": "on", "c": 10, "d": "2024-01-02", "e": True, "f": None, "g": 1000.0, "h": 31, "i": 15,
    }  # fmt: skip


def test_both_of_the_library_s_parsers_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it was built without the one in C, every claim reads as elsewhere, with the same positions."""
    paths = sorted((Path(__file__).parents[2] / "claims").glob("*/claim.yml"))[::10]
    in_c = [read_document(path) for path in paths]
    monkeypatch.setattr(document, "_LOADER", yaml.SafeLoader)
    assert [read_document(path) for path in paths] == in_c


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e5", 1e5), ("-.5", -0.5), ("+1_000", 1000), ("-0x_f", -15), ("~", None), *((word, word) for word in
     ("-", "1.5e+", "0o8", "..1", "0x", "~1", "Yes", "nUll", "1:30", "2024-01-02"))],
)  # fmt: skip
def test_an_unquoted_scalar_is_a_number_where_it_looks_like_one_and_else_text(text: str, value: object) -> None:
    """By the forms of YAML 1.2, and no others."""
    assert value_of(text) == value


@pytest.mark.parametrize("text", ["+_", "0b_", "._", "-.inf", ".nan", "1e999"])
def test_what_looks_like_a_number_and_is_none_is_refused_with_words(text: str) -> None:
    """It is no text either: its author meant a number."""
    with pytest.raises(NoNumber, match="is not a finite number"):
        value_of(text)


def test_folded_text_is_joined_by_blanks_and_nothing_else(tmp_path: Path) -> None:
    """No mark of where a line was broken is left in what readers see."""
    path = tmp_path / "x.yml"
    path.write_text("a: >-\n  one\n  two\n  three\nb: |\n  four\n  five\n")
    assert read_document(path).data == {"a": "one two three", "b": "four\nfive\n"}


def test_a_file_over_64_kib_is_refused(claims: Path) -> None:
    """The limit holds by bytes, and one byte under it is fine."""
    path = claims / "ten-bytes" / "claim.yml"
    text = path.read_bytes()
    path.write_bytes(text + b"#" * (MAX_BYTES - len(text) - 1) + b"\n")
    assert complaints(claims) == []
    path.write_bytes(text + b"#" * (MAX_BYTES - len(text)) + b"\n")
    assert "at most 65,536 are allowed" in complaints(claims)[0]


def test_a_folder_without_a_claim_file_and_text_that_is_not_utf8_are_errors(claims: Path) -> None:
    """Neither is passed over in silence."""
    (claims / "empty").mkdir()
    (claims / "latin").mkdir()
    (claims / "latin" / "claim.yml").write_bytes(b"id: caf\xe9\n")
    said = complaints(claims)
    assert any("empty/claim.yml:1:1: cannot be read" in line for line in said)
    assert any("latin/claim.yml:1:1: is not UTF-8" in line for line in said)


def test_a_link_among_the_program_files_is_refused(claims: Path) -> None:
    """What runs is what lies in the folder and is reviewed."""
    (claims / "ten-bytes" / "link.go").symlink_to("/etc/passwd")
    assert any("link.go:1:1: is a link" in line for line in complaints(claims))


def test_the_stored_schema_must_be_the_generated_one_and_the_first_line_name_it(claims: Path) -> None:
    """Editors must not complete against an old form of the file, or against none. A run asks for neither."""
    assert complaints(claims) == []
    assert "missing or out of date" in complaints(claims, tidy=True)[0]
    write_schema(claims, builders.SETTINGS)
    assert complaints(claims, tidy=True) == []
    edit(claims, "# yaml-language-server", "# yaml")
    assert complaints(claims) == []
    (said,) = complaints(claims, tidy=True)
    assert said.startswith("ten-bytes/claim.yml:1:1: the first line does not name the schema; begin with `# yaml-lang")


def test_an_unknown_id_is_refused_with_near_ones(claims: Path) -> None:
    """Selecting by a misspelt name says which was meant."""
    catalogue, _ = load_catalogue(claims)
    with pytest.raises(InvalidInput, match="did you mean ten-bytes"):
        catalogue.select(("ten-byte",))


def test_a_shared_program_stands_beside_each_claim_s_own(claims: Path) -> None:
    """The file is one of the claim's, so its content key covers it; the folder of shared files is no claim."""
    (claims / "_shared").mkdir()
    (claims / "_shared" / "walk.c").write_text("int main(void) { return 0; }\n", encoding="utf-8")
    edit(claims, "experiment:", "uses: [walk.c]\nexperiment:")
    assert complaints(claims) == []
    catalogue, _ = load_catalogue(claims)
    assert list(catalogue.claims) == ["ten-bytes"]
    assert catalogue.claims["ten-bytes"].files["walk.c"].startswith(b"int main")


def test_a_shared_program_must_be_there_and_hide_no_other(claims: Path) -> None:
    """The message names what is shared, or the file that is there twice."""
    edit(claims, "experiment:", "uses: [walk.c]\nexperiment:")
    assert any("no shared file `walk.c`; _shared holds nothing" in said for said in complaints(claims))
    (claims / "_shared").mkdir()
    (claims / "_shared" / "walk.c").write_text("", encoding="utf-8")
    (claims / "ten-bytes" / "walk.c").write_text("", encoding="utf-8")
    assert any("one of the claim's own files too" in said for said in complaints(claims))
