"""Claim files and folders that mean harm: each is an error with file and line, before anything runs, and soon."""

from __future__ import annotations

import os
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from macros.check.catalogue import check_catalogue
from macros.claim.loading import load_catalogue
from macros.lab.images.pins import load_toolchains
from tests import builders

MOST_SECONDS = 2.0
TOOLCHAINS = ("go1.22", "go1.27")
MEGABYTE = 2**20
NOT_UTF8 = os.fsdecode(b"caf\xe9")
ID = "ten-bytes"

Do = Callable[[Path], object]
"""Does something to the folder of a catalogue with one good claim."""


def edit(old: str, new: str) -> Do:
    """Another text in the claim file."""

    def do(claims: Path) -> None:
        path = claims / ID / "claim.yml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_bytes(text.replace(old, new, 1).encode("utf-8", "surrogatepass"))

    return do


def instead(name: str, make: Callable[[Path], object]) -> Do:
    """Something else in the place of a file, or where there was none."""

    def do(claims: Path) -> None:
        path = claims / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        make(path)

    return do


def link_to(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


def hard_link(path: Path) -> None:
    elsewhere = path.parent.parent.parent / "elsewhere"
    elsewhere.write_text("password: hunter2\n", encoding="utf-8")
    os.link(elsewhere, path)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    """/dev/zero under another name; where only root may make one, a link to it."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))
    except PermissionError:
        path.symlink_to("/dev/zero")


def listening(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # A socket's path may have 107 bytes.
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(here)


def program(path: Path) -> None:
    path.write_text("package main\n", encoding="utf-8")


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**40)


def in_a_loop(claims: Path) -> None:
    (claims / ID / "part").symlink_to("..")


def deep(claims: Path) -> None:
    folder = claims / ID
    for _ in range(300):
        folder = folder / "d"
        folder.mkdir()


def many(claims: Path) -> None:
    for number in range(5000):
        (claims / ID / f"f{number}").touch()


def cases(count: int) -> str:
    return "toolchains: [go1.22]\ncases: [" + ", ".join(f"{{name: c{number}}}" for number in range(count)) + "]"


TITLE, REASON, SCRIPT = "en: A slice of ten bytes", "en: The same program", "  run: ./claim "
EQUALS, ENV, SCOPE = "equals: 10", 'env: {SIZE: "11"}', "toolchains: [go1.22, go1.27]"

CASES: dict[str, tuple[Do, str]] = {
    # What is no file, or not one of its own.
    "a claim file that is a link": (instead(f"{ID}/claim.yml", link_to("/etc/passwd")), "is a link"),
    "a claim file that is a link to nothing": (instead(f"{ID}/claim.yml", link_to("nowhere")), "is a link"),
    "a claim file that is a link to itself": (instead(f"{ID}/claim.yml", link_to("claim.yml")), "is a link"),
    "a claim file that is a hard link": (instead(f"{ID}/claim.yml", hard_link), "is a hard link"),
    "a claim file that is a pipe": (instead(f"{ID}/claim.yml", pipe), "is a pipe"),
    "a claim file that is a device": (instead(f"{ID}/claim.yml", device), "is a "),
    "a claim file that is a socket": (instead(f"{ID}/claim.yml", listening), "is a socket"),
    "a claim file that is a folder": (instead(f"{ID}/claim.yml", Path.mkdir), "is a folder"),
    "a claim file that is not there": (instead(f"{ID}/claim.yml", lambda path: None), "cannot be read"),
    "a program that is a link": (instead(f"{ID}/main.go", link_to("/etc/shadow")), "is a link"),
    "a program that is a hard link": (instead(f"{ID}/main.go", hard_link), "is a hard link"),
    "a program that is a pipe": (instead(f"{ID}/part/x.go", pipe), "is a pipe"),
    "a program that is a device": (instead(f"{ID}/x.go", device), "is a "),
    "a program that is a socket": (instead(f"{ID}/x.go", listening), "is a socket"),
    "a shared program that is a link": (instead("_shared/x.go", link_to("/etc/passwd")), "is a link"),
    "a shared program that is a pipe": (instead("_shared/x.go", pipe), "is a pipe"),
    "a folder of claims that is a link": (instead("other", link_to("/etc")), "is a link to a folder"),
    "a folder within a claim that is a link": (instead(f"{ID}/part", link_to("/")), "is a link"),
    "a folder that is a link to the one around it": (in_a_loop, "is a link"),
    "a pipe beside the claims": (instead("other", pipe), "is a pipe"),
    "a device beside the claims": (instead("other", device), "is a "),
    "a link beside the claims": (instead("other", link_to("/etc/passwd")), "is a link"),
    "settings that are a link": (instead("catalogue.yml", link_to("/etc/passwd")), "is a link"),
    "settings that are a pipe": (instead("catalogue.yml", pipe), "is a pipe"),
    "pins that are a pipe": (instead("toolchains.yml", pipe), "is a pipe"),
    "pins that are a hard link": (instead("toolchains.yml", hard_link), "is a hard link"),
    # Names.
    "a program's name that is not UTF-8": (instead(f"{ID}/{NOT_UTF8}.go", program), "with the name"),
    "a program's name with a line feed": (instead(f"{ID}/a\nb.go", program), "with the name `a\\nb.go`"),
    "a program's name with an escape sequence": (instead(f"{ID}/a\x1b[2J.go", program), "with the name `a\\x1b[2J.go`"),
    "a program's name that begins with a dash": (instead(f"{ID}/-exec.go", program), "with the name `-exec.go`"),
    "a program's name that turns letters round": (instead(f"{ID}/a\u202eog.exe", program), "with the name"),
    "a program's name of 255 bytes": (instead(f"{ID}/{'a' * 255}", program), "with the name"),
    "two programs whose names differ only in case": (instead(f"{ID}/Main.go", program), "only in the case of letters"),
    "a second claim file in other letters": (instead(f"{ID}/Claim.yml", program), "only in the case of letters"),
    "a folder's name that is not UTF-8": (instead(NOT_UTF8, Path.mkdir), "a claim's name"),
    "a folder's name with a line feed": (instead("two\nlines", Path.mkdir), "a claim's name"),
    "a folder's name that begins with a dash": (instead("-rf", Path.mkdir), "a claim's name"),
    "a folder's name in other letters": (instead("Ten-Bytes", Path.mkdir), "a claim's name"),
    # Sizes and numbers of files.
    "a program of a terabyte of nothing": (instead(f"{ID}/x.go", sparse), "at most 262,144 are allowed"),
    "a claim file of a terabyte of nothing": (instead(f"{ID}/claim.yml", sparse), "at most 65,536 are allowed"),
    "folders within each other, 300 deep": (deep, "folders deep"),
    "five thousand programs": (many, "holds more than 200 files"),
    # Values.
    "a title that is a list": (edit(f"{TITLE} has length ten", "en: [NO]"), "title.en"),
    "a figure that is NO": (edit(EQUALS, "at_most: NO"), "'NO' is not a quantity"),
    "a name that is a number, 1e3": (edit("- name: eleven-bytes", "- name: 1e3"), "controls.0.name"),
    "a variable's value that is a number, 1e3": (edit(ENV, "env: {SIZE: 1e3}"), "SIZE"),
    "a figure that is no number": (edit(EQUALS, "at_most: .nan"), "not a finite number"),
    "a figure that is infinite": (edit(EQUALS, "at_most: -.inf"), "not a finite number"),
    "a figure beyond every number": (edit(EQUALS, "at_most: 1e999"), "not a finite number"),
    "a quantity beyond every number": (edit(EQUALS, 'at_most: "1e999"'), "finite"),
    "a figure of five thousand digits": (edit(EQUALS, f"at_most: {'9' * 5000}"), "a number of 5,000 characters"),
    "lists in lists, three thousand deep": (edit(EQUALS, f"equals: {'[' * 3000}"), "levels of nesting"),
    "mappings in mappings, three thousand deep": (edit(EQUALS, f"equals: {'{a: ' * 3000}"), "levels of nesting"),
    "an alias that grows with each step": (
        edit("kind: inspect", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\nkind: inspect"), "anchor &a"
    ),
    "a tag that makes an object": (edit(EQUALS, "equals: !!python/object/apply:os.system [id]"), "tag"),
    "a key twice": (edit("kind: inspect", "kind: inspect\nkind: plan"), "appears twice"),
    "a title with a zero-width space": (edit(TITLE, "en: A\u200b slice of ten bytes"), "U+200B"),
    "a title that turns letters round": (edit(TITLE, "en: A \u202eslice of ten bytes"), "U+202E"),
    "a title with a letter that shows nothing": (edit(TITLE, "en: A\u3164 slice of ten bytes"), "U+3164"),
    "a title with a character of private use": (edit(TITLE, "en: A \ue000slice of ten bytes"), "U+E000"),
    "a title with half of a pair": (edit(TITLE, "en: A \ud800slice of ten bytes"), "is not UTF-8"),
    "a title with a NUL": (edit(TITLE, "en: A \0slice of ten bytes"), "U+0000"),
    "a title with an escape sequence": (edit(TITLE, "en: A \x1b[31mslice of ten bytes"), "U+001B"),
    "a name with a soft hyphen": (edit("- name: eleven-bytes", "- name: eleven\u00ad-bytes"), "U+00AD"),
    "a variable without a name": (edit(ENV, 'env: {"": x}'), "not the name of an environment variable"),
    "a variable whose name holds its value": (edit(ENV, 'env: {"A=B": x}'), "not the name of an environment variable"),
    "a variable with a NUL in its value": (edit(ENV, 'env: {A: "x\\0y"}'), "U+0000"),
    "a reason of a megabyte": (edit(REASON, f"en: {'x' * MEGABYTE}"), "at most 65,536 are allowed"),
    "a title of a megabyte": (edit(TITLE, f"en: {'x' * MEGABYTE}"), "at most 65,536 are allowed"),
    "a title of a thousand characters": (edit(TITLE, f"en: {'x' * 1000}"), "200 characters"),
    "a value of a megabyte": (edit(EQUALS, f"equals: {'x' * MEGABYTE}"), "at most 65,536 are allowed"),
    "a pattern with a thousand thousand repetitions": (edit(EQUALS, "matches: (a{1000}){1000}"), "repetition"),
    # Bounds.
    "a deadline of a year": (edit(SCRIPT, f"  deadlines: {{run: 8760 h}}\n{SCRIPT}"), "between 0.1 s and 1 h"),
    "a year of samples": (edit(SCRIPT, f"  samples: {{seconds: 8760 h}}\n{SCRIPT}"), "between 0.1 s and 1 h"),
    "a million samples": (edit(SCRIPT, f"  samples: {{at_most: 1000000}}\n{SCRIPT}"), "1000"),
    "a million rounds that warm up": (edit(SCRIPT, f"  samples: {{warm_up: 1000000}}\n{SCRIPT}"), "20"),
    "a terabyte of memory": (edit(SCRIPT, f"  limits: {{memory: 1 TiB}}\n{SCRIPT}"), "between 16 MiB and 12 GiB"),
    "a terabyte of disk": (edit(SCRIPT, f"  limits: {{disk: 1 TiB}}\n{SCRIPT}"), "between 1 MiB and 8 GiB"),
    "a terabyte of output": (edit(SCRIPT, f"  limits: {{output: 1 TiB}}\n{SCRIPT}"), "between 1 KiB and 16 MiB"),
    "a million processes": (edit(SCRIPT, f"  limits: {{processes: 1000000}}\n{SCRIPT}"), "32768"),
    "a thousand cases": (edit(SCOPE, cases(1000)), "64"),
    "a thousand layouts": (
        edit(SCRIPT, f"  layouts: {{count: 1000, because: {{en: x, zh: x}}}}\n{SCRIPT}"), "16"
    ),
}  # fmt: skip


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    """A good claim in a folder two below the one for what lies elsewhere."""
    folder = tmp_path / "project" / "claims"
    folder.mkdir(parents=True)
    builders.go_claim(folder, ID)
    (folder / "toolchains.yml").write_bytes((builders.CLAIMS / "toolchains.yml").read_bytes())
    return folder


def said(claims: Path) -> list[str]:
    """What every command that runs claims complains of first."""
    catalogue, problems = load_catalogue(claims)
    problems += check_catalogue(catalogue, TOOLCHAINS)
    problems += load_toolchains(claims / "toolchains.yml", catalogue.settings)[1]
    return [str(problem).replace(f"{claims}/", "").replace(f"{claims}:", ".:") for problem in problems]


def test_the_claim_that_they_are_made_of_is_good(claims: Path) -> None:
    """So each error below comes of what was done to it."""
    assert said(claims) == []


@pytest.mark.hostile("Claim files and folders")
@pytest.mark.parametrize(("do", "message"), CASES.values(), ids=CASES.keys())
def test_a_hostile_file_is_an_error_with_file_and_line_within_two_seconds(
    claims: Path, do: Do, message: str, record_property: Callable[[str, object], None]
) -> None:
    """The message is short, holds nothing that a terminal acts on, and nothing of a file elsewhere."""
    do(claims)
    begun = time.process_time()
    messages = said(claims)
    assert time.process_time() - begun < MOST_SECONDS
    matching = [line for line in messages if message in line]
    assert matching, messages
    assert all(line.split(":")[1].isdigit() for line in matching), matching
    assert max(map(len, messages)) < 1000
    assert "".join(messages).isprintable()
    assert "hunter2" not in str(messages)
    assert "root:" not in str(messages)
    record_property("got", f"an error: {matching[0].split(': ', 1)[1]}")
