"""Answers of ldd, readelf and nm about other files, of other systems, with other flags."""

from __future__ import annotations

from typing import Any

import pytest

from macros.evidence.extract import NoReading
from macros.evidence.observation import Value
from tests.odd_output import read

LINKAGE = {"from": "ldd", "gives": "linkage"}
LIBRARIES = {"from": "ldd", "gives": "libraries"}
LOADER = "\t/lib64/ld-linux-x86-64.so.2 (0x00007f03d1474000)\n"
LIBC = "\tlibc.so.6 => /lib64/libc.so.6 (0x00007f03d10aa000)\n"
MUSL = "/lib/ld-musl-x86_64.so.1"


@pytest.mark.parametrize(
    ("text", "libraries"),
    [
        pytest.param(
            f"\t{MUSL} (0x7f7495169000)\n\tlibz.so.1 => /lib/libz.so.1 (0x7f7494f52000)\n"
            "Error loading shared library liba.so.6: No such file or directory (needed by ./program)\n"
            "Error loading shared library libb.so.1: No such file or directory (needed by ./program)\n"
            f"\tlibc.musl-x86_64.so.1 => {MUSL} (0x7f7495169000)\n"
            "Error relocating ./program: a_init: symbol not found\n",
            5,
            id="musl complains of libraries that it does not find",
        ),
        pytest.param(
            f"\t{MUSL} (0x7f7495169000)\n"
            "Error loading shared library liba.so.6: No such file or directory (needed by ./program)\n"
            "Error loading shared library liba.so.6: No such file or directory (needed by ./libz.so)\n",
            2,
            id="musl complains of one library twice",
        ),
        pytest.param("\tlinux-vdso.so.1 =>  (0x00007ffdacbdd000)\n" + LIBC + LOADER, 2, id="the vdso of old releases"),
        pytest.param("\tlinux-gate.so.1 =>  (0xffffe000)\n" + LIBC + LOADER, 2, id="the vdso of 32 bits"),
        pytest.param("\tlinux-vdso64.so.1 (0x00007fffb5a20000)\n" + LIBC + LOADER, 2, id="the vdso of ppc64"),
        pytest.param("\tlibx.so => /opt/my lib/libx.so (0x00007f03d10aa000)\n" + LOADER, 2, id="a path with a blank"),
        pytest.param("\t/opt/my lib/ld.so (0x00007f03d10aa000)\n" + LIBC, 2, id="a loader's path with a blank"),
        pytest.param("\tlibx.so => ./libx.so (0x00007f03d10aa000)\n" + LOADER, 2, id="a path from here"),
        pytest.param("\tlibx.so => not found\n" + LIBC + LOADER, 3, id="a library that glibc does not find"),
        pytest.param("./program:\n" + LIBC + LOADER, 2, id="one heading"),
    ],
)
def test_every_library_is_counted_in_every_form(text: str, libraries: int) -> None:
    """With the loader, without what the kernel gives, found or not."""
    assert read(text, LIBRARIES) == libraries
    assert read(text, LINKAGE) == "dynamic"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\tstatically linked\n", id="static-pie to glibc"),
        pytest.param("\tnot a dynamic executable\n", id="static to glibc"),
        pytest.param(f"{MUSL}: ./program: Not a valid dynamic program\n", id="static to musl"),
        pytest.param("./program:\n\tnot a dynamic executable\n", id="one heading"),
    ],
)
def test_a_static_program_is_static_to_every_ldd(text: str) -> None:
    """All ldd says this of files that it cannot load, too: nothing in the answer tells a script from a program."""
    assert read(text, LINKAGE) == "static"
    assert read(text, LIBRARIES) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(f"\t{MUSL} (0x7feebc024000)\n", "nothing but musl's loader", id="static-pie to musl"),
        pytest.param(
            "/usr/bin/ldd: line 160: ./p: cannot execute binary file: Exec format error\n\tnot a dynamic executable\n",
            "must be a program for this machine",
            id="a program for another machine",
        ),
        pytest.param(
            "ldd: exited with unknown exit code (139)\n\tnot a dynamic executable\n",
            "must be a program for this machine",
            id="a loader that crashed",
        ),
        pytest.param(f"a:\n{LIBC}b:\n{LOADER}", "is not one file's", id="two files with headings"),
        pytest.param(f"a:\n{LIBC}b:\nldd: ./b: No such file or directory\n", "is not one file's", id="one is missing"),
        pytest.param(LIBC + LOADER + LIBC + LOADER, "is not one file's", id="two answers one after the other"),
        pytest.param(LIBC + "\tnot a dynamic executable\n", "is not one file's", id="a dynamic one and a static one"),
        pytest.param("working..." + LIBC + LOADER, "has other text before ldd's answer", id="an unfinished line"),
        pytest.param(f"#9 0.4 {LIBC}#9 0.4 {LOADER}", "has other text before ldd's answer", id="a prefix"),
        pytest.param(LOADER + "\tlibc.so.6 => /lib64/lib", "is not one file's", id="cut"),
        pytest.param(LIBC + "\tVersion information:\n\t./p:\n\t\tlibc.so.6 (GLIBC_2.2.5) => /lib64/libc.so.6\n",
                     "is not one file's", id="-v"),
        pytest.param(LIBC + "Unused direct dependencies:\n\t/lib64/libm.so.6\n", "is not one file's", id="-u"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("metric", [LINKAGE, LIBRARIES])
def test_what_ldd_does_not_say_of_one_file_is_an_error(text: str, message: str, metric: dict[str, str]) -> None:
    """Several files, files that it cannot load, and lines that are not whole."""
    with pytest.raises(NoReading, match=message):
        read(text, metric)


def nm(symbol: str) -> dict[str, Any]:
    return {"from": "nm", "symbol": symbol}


@pytest.mark.parametrize(
    ("text", "symbol", "expected"),
    [
        pytest.param(
            "0000000000001139 T add\t/work/src/a.c:2\n0000000000001146 T main\t/work/src/a.c:3\n"
            "                 U printf@GLIBC_2.2.5\n",
            "add",
            1,
            id="places in the source, by nm -l",
        ),
        pytest.param("                 U printf@GLIBC_2.2.5\t/work/a.c:9\n", "printf", 1, id="-l of an undefined one"),
        pytest.param("0000000000001139 000000000000000d T add\n", "add", 1, id="sizes, by nm -S"),
        pytest.param("  409a80        128 T main.add\n", r"main\.add", 1, id="sizes, by go tool nm -size"),
        pytest.param("00001139 T add\n         U main\n", "add|main", 2, id="addresses of 32 bits"),
        pytest.param("\na.o:\n0000000000000000 T add\n", "add", 1, id="one heading"),
        pytest.param("0000000000001139 t f\n0000000000001149 t f\n", "f", 2, id="local symbols of one name"),
        pytest.param("0000000000001139 T f@V1\n0000000000001149 T f@@V2\n", "f", 2, id="two versions of one name"),
        pytest.param("ready\n0000000000001139 T add\n", "sub", 0, id="another program's line"),
        pytest.param("0000000000001139 T add\n", "d", 0, id="a name in hexadecimal digits"),
    ],
)
def test_symbols_are_found_with_other_flags(text: str, symbol: str, expected: int) -> None:
    """Sizes, places and headings are no part of a name."""
    assert read(text, nm(symbol)) == expected


@pytest.mark.parametrize(
    ("text", "symbol", "message"),
    [
        pytest.param("    1234 T main.main func()\n    1334 D main.x int\n", r"main\.main", "more than the name",
                     id="types, by go tool nm -type"),
        pytest.param("\na.o:\n0000000000000000 T main\n\nb.o:\n0000000000000000 T add\n", "main", "lists 2 files",
                     id="two files"),
        pytest.param("0000000000001139 T main\n0000000000001139 T main\n", "main", "is defined twice",
                     id="two files without headings"),
        pytest.param("x.a(_go_.o):\t    1234 T main.main\nx.a(_go_.o):\t         U fmt.Println\n", r"main\.main",
                     "does not begin with its address", id="go tool nm of an archive"),
        pytest.param("a.o:0000000000000000 T main\n", "main", "does not begin with its address", id="-A"),
        pytest.param("0000000000001139 T a\nadd T 1139 d\n", "add", "does not begin with its address", id="-P"),
        pytest.param("0000000000001139 T a\nadd                 |0000000000001139|   T  |  FUNC|000d|     |.text\n",
                     "add", "does not begin with its address", id="-f sysv"),
        pytest.param("0000000000001139 T a\nworking 0000000000001149 T add\n", "add",
                     "does not begin with its address", id="an unfinished line before it"),
    ],
)  # fmt: skip
def test_a_symbol_in_a_form_that_is_not_known_is_an_error(text: str, symbol: str, message: str) -> None:
    """And so is one that may be several files'."""
    with pytest.raises(NoReading, match=message):
        read(text, nm(symbol))


DYNAMIC = "Dynamic section at offset 0x2de0 contains 26 entries:\n  Tag        Type                 Name/Value\n"
PROGRAM = "\nProgram Headers:\n  Type           Offset   VirtAddr\n"


@pytest.mark.parametrize(
    ("text", "gives", "expected"),
    [
        pytest.param(DYNAMIC + " 0x00000001 (NEEDED)   Shared library: [libc.so.6]\n", "needed", 1, id="of 32 bits"),
        pytest.param("There is no dynamic section in this file.\n", "needed", 0, id="without a dynamic section"),
        pytest.param(PROGRAM + "  LOAD           0x000000 0x0000000000400000\n", "interpreter", "none", id="static"),
        pytest.param("There are no program headers in this file.\n", "interpreter", "none", id="of an object file"),
        pytest.param(
            "  Type:                              REL (Relocatable file)\n", "type", "REL", id="an object file"
        ),
        pytest.param("  Type:                              CORE (Core file)\n", "type", "CORE", id="a core"),
    ],
)
def test_readelf_is_read_of_other_files(text: str, gives: str, expected: Value) -> None:
    """Files of 32 bits, static ones and object files."""
    assert read(text, {"from": "readelf", "gives": gives}) == expected


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        pytest.param(DYNAMIC + "working 0x0000000000000001 (NEEDED)  Shared library: [a]\n", "needed", id="torn entry"),
        pytest.param("File: a\n" + DYNAMIC + "File: b\n" + DYNAMIC, "needed", id="two files"),
        pytest.param(DYNAMIC + "working " + DYNAMIC, "needed", id="two files, the second behind other text"),
        pytest.param(PROGRAM + "  INTERP         0x000318 0x0000000000000318\n", "interpreter", id="a header alone"),
        pytest.param(
            PROGRAM + "#9 0.4       [Requesting program interpreter: /lib64/ld]\n", "interpreter", id="a prefix"
        ),
        pytest.param("  Type:                              OS Specific: (fe00)\n", "type", id="a type of no name"),
        pytest.param(
            "  Type:    EXEC (Executable file)\n  Type:    DYN (Shared object file)\n", "type", id="two headers"
        ),
    ],
)
def test_what_readelf_does_not_say_of_one_file_is_an_error(text: str, gives: str) -> None:
    """An entry that is not as readelf prints it is never left out of a count."""
    with pytest.raises(NoReading):
        read(text, {"from": "readelf", "gives": gives})


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        pytest.param("0000000000401000 T main.main\n0000000000401010 T mai", {"from": "nm", "symbol": ".*f"}, id="nm"),
        pytest.param(
            "Dynamic section at offset 0x2df8 contains 26 entries:\n"
            " 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]\n 0x0000000000000001 (NEED",
            {"from": "readelf", "gives": "needed"},
            id="readelf",
        ),
    ],
)
def test_a_listing_without_its_last_line_feed_was_cut(text: str, metric: dict[str, Any]) -> None:
    """What it would have said next may be what is counted."""
    with pytest.raises(NoReading, match="without a line feed"):
        read(text, metric)
