"""Whatever a claim's folder holds, reading it ends soon, in messages with file and line and in nothing else."""

from __future__ import annotations

import os
import random
import socket
import time
from pathlib import Path

import pytest

from macros.check.catalogue import check_catalogue
from macros.check.schema import write_schema
from macros.claim import files
from macros.claim.document import MAX_BYTES, MOST_PROBLEMS
from macros.claim.files import MAX_FOLDER_DEPTH, MAX_PROGRAM_FILES
from macros.claim.loading import load_catalogue
from macros.claim.scaffold import scaffold
from macros.problems import EnvironmentFailed, InvalidInput
from tests import builders

TOOLCHAINS = ("go1.22", "go1.27")
MOST_SECONDS = 6.0
"""Of this process's own time; the slowest of the files below takes one or two."""


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    builders.go_claim(tmp_path)
    return tmp_path


def said(claims: Path, text: str | bytes | None = None) -> list[str]:
    """What loading and checking complain of, with `text` as the claim file."""
    if text is not None:
        content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        (claims / "ten-bytes" / "claim.yml").write_bytes(content)
    catalogue, problems = load_catalogue(claims)
    problems += check_catalogue(catalogue, TOOLCHAINS)
    return [str(problem).replace(f"{claims}/", "") for problem in problems]


def edited(claims: Path, old: str, new: str) -> str:
    text = (claims / "ten-bytes" / "claim.yml").read_text("utf-8")
    assert old in text
    return text.replace(old, new, 1)


def in_time(claims: Path, text: str | bytes) -> list[str]:
    begun = time.process_time()
    messages = said(claims, text)
    assert time.process_time() - begun < MOST_SECONDS
    return messages


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (".nan", "ten-bytes/claim.yml:27:14: `.nan` is not a finite number; give a number, or quote it"),
        ("-.inf", "`-.inf` is not a finite number"),
        ("1e400", "`1e400` is not a finite number"),
        ("9" * 5000, "ten-bytes/claim.yml:27:14: a number of 5,000 characters; round it, or quote it"),
        ('"' + "9" * 400 + ' B"', "is not a quantity; write a number and a unit"),
        ('"1 s**9**9**9"', "unknown unit 's**9**9**9'"),
        ('"5' + " " * 60_000 + 'x"', "is not a quantity"),
        ('"1.²"', "'1.²' is not a quantity"),
        ('"5 rad"', "cannot convert rad to a plain number"),
        ("NO", "'NO' is not a quantity"),
        ("true", "not true or false (found True)"),
        ("[" * 3000, "more than 16 levels of nesting; use fewer levels"),
        ("{a: " * 3000, "more than 16 levels of nesting; use fewer levels"),
        ('"\\UFFFFFFFF"', "not valid YAML"),
        ('"\\ud800"', "invalid Unicode character escape"),
        ('"\\e[2J"', "an escape stands for the hidden character U+001B"),
    ],
)
def test_a_value_that_no_figure_can_be_is_an_error_at_its_place(claims: Path, value: str, message: str) -> None:
    """Numbers that are none, too long or not finite, units that compute, nesting without end, escapes."""
    messages = in_time(claims, edited(claims, "equals: 10", f"at_most: {value}"))
    assert any(message in line for line in messages), messages


@pytest.mark.parametrize("value", ["0b1010", "0xA", "0o12", "1e1", "10.0", "010", "1_0"])
def test_a_number_is_read_in_every_form_that_yaml_has(claims: Path, value: str) -> None:
    """Binary, hexadecimal, octal, with an exponent, with underscores; 010 is ten."""
    assert said(claims, edited(claims, "equals: 10", f"equals: {value}")) == []
    catalogue, _ = load_catalogue(claims)
    assert catalogue.claims["ten-bytes"].claim.expect[0].equals == 10


@pytest.mark.parametrize("place", ["1.²", "²", "٣.٤", "9" * 150, "x", "1.2 / 3.4", "-", "1..2"])
def test_the_order_of_sections_stands_any_text(claims: Path, place: str) -> None:
    """A digit that int() does not take has ended every command before."""
    builders.go_claim(claims, "other")
    assert said(claims, edited(claims, '"1.4"', f'"{place}"')) == []


@pytest.mark.parametrize(
    "unit",
    ["[", "{", "- ", "? ", "a: ", '"', "'", "!", "&a ", "*a ", "%", "#", "\n", "\t", "|\n", ">\n", ": ", "-\n", "a:\n",
     "? a\n", "a,", "---\n", "...\n", "!!str ", "<<: ", "0", "\\", "@", "- [", "[]: ", "é", "\r", "%YAML 1.1\n---\n"],
)  # fmt: skip
def test_a_file_of_64_kib_of_anything_is_read_in_time(claims: Path, unit: str) -> None:
    """No construct of YAML, repeated to the limit, takes long or recurs too deep; the messages stay few."""
    messages = in_time(claims, (unit * MAX_BYTES).encode()[:MAX_BYTES].decode("utf-8", "ignore"))
    assert 0 < len(messages) <= MOST_PROBLEMS + 1
    assert max(map(len, messages)) < 1000


def test_thousands_of_mistakes_are_reported_in_time_and_not_all(claims: Path) -> None:
    """The first are told, with how many more there are."""
    rows = "  - {metri: l}\n" * 3000
    messages = in_time(claims, edited(claims, "  - metric: length\n    equals: 10\n", rows))
    assert len(messages) == MOST_PROBLEMS + 1
    assert "unknown key `metri`; did you mean `metric`?" in messages[0]
    assert "more mistakes; fix the first ones and look again" in messages[-1]


def test_a_file_that_was_damaged_anywhere_is_read_or_explained(claims: Path) -> None:
    """A hundred random damages of a good file: no exception, and every complaint has a line."""
    lot = random.Random(1)
    good = (claims / "ten-bytes" / "claim.yml").read_bytes()
    signs = b"[]{}:,-?&*!|>'\"%@`#\\\n \t\0\xff\xc20123456789abcxE.~"
    for _ in range(100):
        damaged = bytearray(good)
        for _ in range(lot.randint(1, 6)):
            start = lot.randrange(len(damaged))
            damaged[start : start + lot.randint(0, 4)] = bytes(lot.choice(signs) for _ in range(lot.randint(0, 5)))
        for message in said(claims, bytes(damaged)):
            assert message.split(":")[1].isdigit() or "catalogue" in message, message


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("en: A slice of ten bytes", "en: A slice\u200b of ten bytes", "U+200B ZERO WIDTH SPACE"),
        ("en: A slice of ten bytes", "en: A \u202eslice of ten bytes", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("en: A slice of ten bytes", "en: A \u3164 of ten bytes", "U+3164 HANGUL FILLER"),
        ("en: A slice of ten bytes has length ten", 'en: "A slice\\u200b"', "U+200B ZERO WIDTH SPACE"),
        ("- name: eleven-bytes", "- name: eleven\u00ad-bytes", "U+00AD SOFT HYPHEN"),
        ("# chapter.section", "# chapter\u2066.section", "U+2066 LEFT-TO-RIGHT ISOLATE"),
        ("run: ./claim ", "run: ./claim\x1b ", "U+001B"),
        ("figures: [", 'figures: ["\\x7f", ', "U+007F"),
    ],
)
def test_a_character_that_a_reviewer_cannot_see_is_an_error(claims: Path, old: str, new: str, name: str) -> None:
    """In titles, names, scripts, figures and comments, whether it is there itself or as an escape."""
    messages = said(claims, edited(claims, old, new))
    assert any(name in line and line.split(":")[1].isdigit() for line in messages), messages


def test_a_title_is_one_line(claims: Path) -> None:
    """It becomes the title of a page and a cell of a table."""
    text = edited(claims, "en: A slice of ten bytes has length ten", "en: |\n    one\n    two")
    assert any("title.en" in line for line in said(claims, text))


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ('{"": x}', "not the name of an environment variable"),
        ('{"A=B": x}', "not the name of an environment variable"),
        ('{"A B": x}', "not the name of an environment variable"),
        ('{"A\\0": x}', "hidden character U+0000"),
        ('{A: "x\\0y"}', "hidden character U+0000"),
        ("{1A: x}", "not the name of an environment variable"),
    ],
)
def test_a_variable_that_no_process_can_have_is_an_error(claims: Path, env: str, message: str) -> None:
    """The engine would refuse it only when the cell is made, in the middle of everybody's run."""
    messages = said(claims, edited(claims, 'env: {SIZE: "11"}', f"env: {env}"))
    assert any(message in line for line in messages), messages


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("limits: {disk: 900 TiB}", "'900 TiB' must lie between 1 MiB and 8 GiB"),
        ("limits: {output: 1 GiB}", "'1 GiB' must lie between 1 KiB and 16 MiB"),
        ("limits: {memory: 13 GiB}", "'13 GiB' must lie between 16 MiB and 12 GiB"),
        ("deadlines: {run: 61 min}", "'61 min' must lie between 0.1 s and 1 h"),
        ("deadlines: {build: 1e30 s}", "must lie between 0.1 s and 1 h"),
        ("deadlines: {run: 1e-9 s}", "must lie between 0.1 s and 1 h"),
        ("exit: [0, 256]", "less than or equal to 255"),
    ],
)
def test_what_a_claim_may_ask_for_has_a_bound(claims: Path, setting: str, message: str) -> None:
    """No claim stops the host that builds it for longer or with more than another."""
    messages = said(claims, edited(claims, "  run: ./claim ", f"  {setting}\n  run: ./claim "))
    assert any(message in line for line in messages), messages


def test_a_claim_file_that_is_no_regular_file_is_never_read(
    claims: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A link would quote a foreign file, a device or a pipe would never end; each is named for what it is."""
    path = claims / "ten-bytes" / "claim.yml"
    secret = tmp_path_factory.mktemp("elsewhere") / "secret"
    secret.write_text("password: hunter2\n", encoding="utf-8")

    def replaced(make: object, *arguments: object) -> list[str]:
        path.unlink(missing_ok=True)
        make(*arguments)  # type: ignore[operator]
        messages = said(claims)
        assert "hunter2" not in str(messages)
        assert "password" not in str(messages)
        return messages

    assert replaced(path.symlink_to, secret) == ["ten-bytes/claim.yml:1:1: is a link; put the file itself here"]
    assert replaced(path.symlink_to, "/dev/zero") == ["ten-bytes/claim.yml:1:1: is a link; put the file itself here"]
    assert replaced(os.mkfifo, path) == ["ten-bytes/claim.yml:1:1: is a pipe; put a regular file here"]
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(path.parent)  # a socket's path may have 107 bytes
        assert replaced(server.bind, "claim.yml") == ["ten-bytes/claim.yml:1:1: is a socket; put a regular file here"]
        os.chdir(builders.CLAIMS.parent)
    assert replaced(path.mkdir) == ["ten-bytes/claim.yml:1:1: is a folder; put a file here"]


def test_a_device_is_not_even_opened() -> None:
    """Opening one may do something already."""
    with pytest.raises(files.Unreadable, match="is a device"):
        files.read_regular(Path("/dev/zero"), 10)


def test_a_file_that_grows_while_it_is_read_stays_within_its_limit(tmp_path: Path) -> None:
    """Exactly the limit is fine; what is beyond is counted and not kept."""
    path = tmp_path / "x"
    path.write_bytes(b"12345")
    assert files.read_regular(path, 5) == b"12345"
    with pytest.raises(files.Unreadable, match="has 5 bytes; at most 4 are allowed"):
        files.read_regular(path, 4)


def test_a_folder_that_is_a_link_is_no_claim(claims: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What runs is what lies in the catalogue and is reviewed: claims, shared programs, and folders within a claim."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    builders.go_claim(elsewhere, "linked")
    (claims / "linked").symlink_to(elsewhere / "linked")
    assert said(claims) == ["linked:1:1: is a link to a folder; put the folder itself here"]
    (claims / "linked").unlink()
    (claims / "_shared").symlink_to(elsewhere)
    assert said(claims) == ["_shared:1:1: is a link to a folder; put the folder itself here"]
    (claims / "_shared").unlink()
    (claims / "ten-bytes" / "part").symlink_to(elsewhere)
    assert said(claims) == ["ten-bytes/part:1:1: is a link; put the file itself here"]


def test_backups_and_caches_are_no_program_files(claims: Path) -> None:
    """They come and go without anybody's decision; a key must not change with them. A part of a program is one."""
    folder = claims / "ten-bytes"
    before = set(load_catalogue(claims)[0].claims["ten-bytes"].files)
    for name in ("main.go~", "#main.go#", "main.go.orig", "main.go.rej", "main.go.bak", ".main.go.swp", "Thumbs.db"):
        (folder / name).write_text("x", encoding="utf-8")
    (folder / ".#main.go").symlink_to("user@host.1:2")  # the lock of an editor
    for name in ("__pycache__", ".cache", "part"):
        (folder / name).mkdir()
        (folder / name / "x.py").write_text("x", encoding="utf-8")
    assert said(claims) == []
    assert set(load_catalogue(claims)[0].claims["ten-bytes"].files) == before | {"part/x.py"}


def test_too_many_too_deep_or_oddly_named_files_are_errors(claims: Path) -> None:
    """A copied project among the program files would be hashed for every cell and sent to every container."""
    folder = claims / "ten-bytes"
    (folder / "a b.go").write_text("", encoding="utf-8")
    (folder / os.fsdecode(b"caf\xe9.go")).write_text("", encoding="utf-8")
    messages = said(claims)
    assert "ten-bytes:1:1: holds a file with the name `a b.go`; use at most 100 of the characters" in messages[0]
    assert "`caf\\udce9.go`" in messages[1]
    messages[1].encode("utf-8")
    for name in list(folder.iterdir()):
        if name.suffix == ".go":
            name.unlink()
    deep = folder / "/".join("d" * (MAX_FOLDER_DEPTH + 1))
    deep.mkdir(parents=True)
    assert any(f"is more than {MAX_FOLDER_DEPTH} folders deep" in line for line in said(claims))
    for number in range(MAX_PROGRAM_FILES + 1):
        (folder / f"f{number}").write_text("", encoding="utf-8")
    assert any(f"holds more than {MAX_PROGRAM_FILES} files" in line for line in said(claims))


def test_a_folder_without_a_claim_s_name_is_an_error(claims: Path) -> None:
    """Also a name that no terminal could print."""
    (claims / os.fsdecode(b"caf\xe9")).mkdir()
    (claims / "Two Words").mkdir()
    messages = [line for line in said(claims) if "does not have a claim's name" in line]
    assert len(messages) == 2
    "".join(messages).encode("utf-8")


def test_a_folder_that_cannot_be_read_is_an_error(claims: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Permissions are the user's to fix, and not a defect of ours."""

    def refuse(folder: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    catalogue, problems = load_catalogue(claims)
    assert not catalogue.claims
    assert [problem.what for problem in problems] == ["cannot be read: Permission denied"]


def test_a_place_where_nothing_can_be_written_is_the_environment_s_failure(tmp_path: Path) -> None:
    """`claims new` and `lint --write-schema` say so and end with the exit code for it."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(EnvironmentFailed, match="cannot be written"):
        write_schema(tmp_path / "nowhere", builders.SETTINGS)
    with pytest.raises(EnvironmentFailed, match="cannot be written"):
        scaffold(tmp_path / "file", "a-claim")
    with pytest.raises(InvalidInput, match="is not an id"):
        scaffold(tmp_path, "a-claim\n")
