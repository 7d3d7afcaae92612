"""The compiler's messages from other folders, of packages compiled twice, among a program's own lines."""

from __future__ import annotations

from typing import Any

import pytest

from macros.evidence.extract import NoReading
from tests.odd_output import read

MAIN = {"main.go": "package main\n\nfunc f() *int {\n\tn := 7 // HERE\n\treturn &n\n}\n"}
TWO = {"a/main.go": "package main\nvar x = f() // HERE\n", "b/main.go": "package main\nvar x = g()\n"}


def said(message: str, at: str | None = None, **metric: Any) -> dict[str, Any]:
    return {"from": "diagnostics", "message": message, "at": at, **metric}


@pytest.mark.parametrize(
    "place",
    [
        "./main.go",
        "main.go",
        "../main.go",
        "../../main.go",
        "/work/src/main.go",
        "/home/me/x/main.go",
        "/home/me/my programs/main.go",
        r"C:\Users\me\x\main.go",
        "C:/x/main.go",
        "#9 0.4 ./main.go",
        "building ... ./main.go",
    ],
)
def test_a_marked_line_is_known_by_every_path_to_its_file(place: str) -> None:
    """From the folder, from another, whole, of another system, and behind other text."""
    moved = said("^moved to heap: n$", "// HERE")
    assert read(f"{place}:4:2: moved to heap: n\n{place}:5:2: moved to heap: n\n", moved, MAIN) == 1


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        pytest.param("/usr/local/go/src/x/main.go:4:2: moved to heap: n\n", MAIN, id="a file of the toolchain"),
        pytest.param("/work/src/sub/main.go:4:2: moved to heap: n\n", MAIN, id="a file made when it ran"),
        pytest.param("./other.go:4:2: moved to heap: n\n", MAIN, id="another name"),
        pytest.param("./notmain.go:4:2: moved to heap: n\n", MAIN, id="a name that ends so"),
        pytest.param("/work/src/b/main.go:2:5: moved to heap: n\n", TWO, id="the same name in another folder"),
        pytest.param("# m/b\n./main.go:2:5: moved to heap: n\n", TWO, id="the same name in another package"),
    ],
)
def test_another_files_line_is_not_the_marked_one(text: str, sources: dict[str, str]) -> None:
    """However alike the names are."""
    assert read(text, said("^moved to heap: n$", "// HERE"), sources) == 0


def test_equal_names_in_two_folders_are_told_apart_by_their_packages() -> None:
    """Each program is built in its own folder, so both are ./main.go."""
    text = "# a\n./main.go:2:5: moved to heap: x\n# b\n./main.go:2:5: moved to heap: x\n"
    assert read(text, said("^moved to heap: x$", "// HERE"), TWO) == 1
    assert read(text, said("^moved to heap: x$"), TWO) == 2
    assert read("b/main.go:2:5: moved to heap: x\n", said("^moved", "// HERE"), TWO) == 0
    assert read("a/main.go:2:5: moved to heap: x\n", said("^moved", "// HERE"), TWO) == 1


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        pytest.param("# command-line-arguments\n./main.go:2:5: moved to heap: x\n", TWO, id="equal names"),
        pytest.param("work/main.go:4:2: moved to heap: x\n", MAIN, id="a folder that the claim does not have"),
        pytest.param("# m\nexample.com/m/main.go:4:2: moved to heap: x\n", MAIN, id="a module's path, by -trimpath"),
    ],
)
def test_a_line_that_may_be_the_marked_one_is_an_error(text: str, sources: dict[str, str]) -> None:
    """Neither one more nor one fewer is right."""
    with pytest.raises(NoReading, match=r"may be the marked line of .*main\.go, or another file's"):
        read(text, said("^moved to heap", "// HERE"), sources)


EXPLAINED = (
    "# command-line-arguments\n"
    "./main.go:15:14: make([]int, n) escapes to heap:\n"
    "./main.go:15:14:   flow: {heap} = &{storage for make([]int, n)}:\n"
    "./main.go:15:14:     from make([]int, n) (non-constant size) at ./main.go:15:14\n"
    "./main.go:15:14: make([]int, n) escapes to heap\n"
    "./main.go:17:2: x escapes to heap:\n"
    "./main.go:17:2: moved to heap: x\n"
    "./main.go:19:9: parameter p leaks to {heap} with derefs=0:\n"
    "./main.go:19:9: leaking param: p\n"
)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("escapes to heap", 1),
        ("escapes to heap$", 1),
        ("escapes to heap:$", 2),
        ("moved to heap", 1),
        ("leak", 2),
        ("^parameter p leaks", 1),
    ],
)
def test_what_heads_an_explanation_is_not_the_message_again(message: str, expected: int) -> None:
    """-m=2 prints both. What is right for -m finds the message alone, and what asks for the colon finds the heading."""
    assert read(EXPLAINED, said(message)) == expected


@pytest.mark.parametrize("order", [1, -1])
def test_a_package_that_is_compiled_with_its_tests_too_says_each_thing_once(order: int) -> None:
    """`go test` compiles it twice; what only the tests' compilation says counts as well."""
    inline = "p/a.go:3:6: can inline Max\np/a.go:5:6: inlining call to Max\np/a.go:5:6: inlining call to Max\n"
    builds = [f"# p\n{inline}", f"# p [p.test]\n{inline}p/a_test.go:5:6: can inline TestMax\n"]
    text = "".join(builds[::order])
    assert read(text, said("^can inline Max$")) == 1
    assert read(text, said("^can inline ")) == 2
    assert read(text, said("^inlining call to Max$")) == 2


def test_two_compilations_of_a_package_are_an_error_and_two_packages_are_not() -> None:
    """Two programs of one file each have the same heading; a message of both would count twice."""
    heading = "# command-line-arguments\n"
    one, two = "./a.go:3:6: can inline f\n", "./b.go:3:6: can inline f\n"
    assert read(heading + one + heading + two, said("can inline")) == 2
    with pytest.raises(NoReading, match=r"\./a\.go:3 is compiled twice"):
        read(heading + one + heading + one, said("can inline"))


@pytest.mark.parametrize(
    "line",
    [
        "server.go:12: the prisoner escapes",
        "2024/05/01 10:00:00 server.go:12: the prisoner escapes",
        "/work/src/server.go:12: the prisoner escapes",
        "    x_test.go:9: it escapes",
        "\t/work/src/main.go:12 +0x1d escapes",
    ],
)
def test_a_programs_own_log_is_no_diagnostic(line: str) -> None:
    """It has a file and a line and no column; compilers that printed none are known by their words."""
    text = f"{line}\n./main.go:4:2: n escapes to heap\n"
    assert read(text, said("escapes", stage="run")) == 1
    assert read("server.go:12: the prisoner escapes\n", said("escapes", stage="run")) == 0


@pytest.mark.parametrize("text", ["", "ready\n", "# command-line-arguments\n", "panic: escapes\n"])
def test_no_word_of_a_compiler_is_no_count_of_zero(text: str) -> None:
    """With -m a compiler always has something to say; a misspelt flag or the wrong stream would go unseen."""
    with pytest.raises(NoReading, match="the compiler has said nothing on stderr"):
        read(text, said("escapes"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("./a.go:3:6: can inline f./a.go:4:6: can inline g\n", "holds two messages", id="two on one line"),
        pytest.param(
            '{"ImportPath":"p","Output":"./a.go:3:6: can inline f\\n"}\n', "leave out `-json`", id="go build -json"
        ),
    ],
)
def test_messages_that_are_not_one_a_line_are_an_error(text: str, message: str) -> None:
    """The pattern would see one of them, or neither."""
    with pytest.raises(NoReading, match=message):
        read(text, said("^can inline g$"))


SAID = "./main.go:3:5: x escapes to heap\n./main.go:4:5: y escapes to heap\n./main.go:1:6: can inline f\n"


@pytest.mark.parametrize("times", [2, 3])
def test_a_file_that_is_compiled_again_without_a_heading_is_an_error(times: int) -> None:
    """`go tool compile -m` names no package; the same messages in the same order are another compilation's."""
    assert read(SAID, said("escapes to heap")) == 2
    with pytest.raises(NoReading, match=f"the same 3 messages are said {times} times"):
        read(SAID * times, said("escapes to heap"))


@pytest.mark.parametrize(
    ("end", "message"),
    [("./main.go:9:5: z escapes to he", "without a line feed"), ("too many errors\n", "its messages are not all")],
)
def test_messages_that_are_not_all_are_no_count(end: str, message: str) -> None:
    """The compiler was killed in the middle of one, or has stopped by itself."""
    with pytest.raises(NoReading, match=message):
        read(SAID + end, said("escapes to heap"))
