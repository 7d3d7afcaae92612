"""Listings of machine code from other machines, with other flags, of object files, with bytes that nobody decoded."""

from __future__ import annotations

from typing import Any

import pytest

from macros.evidence.extract import NoReading
from tests.odd_output import read


def objdump(function: str, instruction: str, unless: str | None = None) -> dict[str, Any]:
    return {"from": "objdump", "function": function, "instruction": instruction, "unless": unless}


GO = "TEXT main.f(SB) /work/src/a.go\n"
GNU = "0000000000401000 <f>:\n"


@pytest.mark.parametrize(
    ("text", "metric", "expected"),
    [
        pytest.param(
            GNU + "  400590:\ta9bf7bfd \tstp\tx29, x30, [sp,#-16]!\n  4005a0:\t97ffffa0 \tbl\t400420 <puts@plt>\n",
            objdump("f", "^bl "),
            1,
            id="words of AArch64",
        ),
        pytest.param(
            GNU + "    8000:\tb580      \tpush\t{r7, lr}\n    8002:\tf7ff fffe \tbl\t8004\n",
            objdump("f", "^(push|bl) "),
            2,
            id="half words of Thumb",
        ),
        pytest.param(
            GNU + "   10116:\t1141                \taddi\tsp,sp,-16\n   10118:\tff010113          \taddi\tsp,sp,-16\n",
            objdump("f", "^addi "),
            2,
            id="words of two lengths of RISC-V",
        ),
        pytest.param(
            GNU + "  400590:\tfadd\td0, d0, d1\n  400594:\tadd\tx0, x0, x1\n",
            objdump("f", "^f?add "),
            2,
            id="a mnemonic of hexadecimal digits, without the words",
        ),
        pytest.param(
            GNU + "f():\n/work/a.c:3\n  401000:\t89 da                \tmov    %ebx,%edx\n",
            objdump("f", "^mov "),
            1,
            id="lines of the source, by -l",
        ),
        pytest.param(
            GNU + "  401000:\te8 00 00 00 00       \tcall   401005 <f+0x5>\n"
            "\t\t\t401001: R_X86_64_PLT32\tputs-0x4\n  401005:\tc3                   \tret\n",
            objdump("f", "^call .*<puts>"),
            1,
            id="a call in an object file, by objdump -dr",
        ),
        pytest.param(
            GNU + "  401000:\te8 00 00 00 00       \tcall   401005 <f+0x5>\n"
            "\t\t\t401001: R_X86_64_PLT32\tputs-0x4\n  401005:\tc3                   \tret\n",
            objdump("f", "^call", "<puts>"),
            0,
            id="a call in an object file that does not count",
        ),
        pytest.param(
            GNU + "  401000:\t48 8d 3d b5 2e 00 00 \tlea    0x2eb5(%rip),%rdi        # 4010 <table>\n",
            objdump("f", "<table>"),
            1,
            id="the name of an operand in GNU's comment",
        ),
        pytest.param(
            GNU + "  401000:\t48 8d 3d b5 2e 00 00 \tlea    0x2eb5(%rip),%rdi        # 4010 <table>\n",
            objdump("f", r"\(%rip\),%rdi$"),
            1,
            id="the end of an instruction before GNU's comment",
        ),
        pytest.param(
            GO + "  a.go:6\t\t0x231f\t\te800000000\t\tCALL 0x2324\t\t[1:5]R_CALL:fmt.Println\n"
            "  a.go:7\t\t0x2324\t\tc3\t\t\tRET\t\n",
            objdump(r"main\.f", r"^CALL fmt\.Println\(SB\)$"),
            1,
            id="a call in an object file of Go",
        ),
        pytest.param(
            GO + '  a.go:6\t\t0x231f\t\t488d0500000000\t\tLEAQ 0(IP), AX\t\t[3:7]R_PCREL:go:string."x"\n',
            objdump(r"main\.f", "^LEAQ .*, AX$"),
            1,
            id="an address in an object file of Go",
        ),
        pytest.param(
            GO + "  a.go:5\t\t0x1000\t\t4889c3\t\t\tMOVQ AX, BX                          // mov %rax,%rbx\t\n",
            objdump(r"main\.f", "mov"),
            0,
            id="the mnemonic of go tool objdump -gnu, which is a comment",
        ),
        pytest.param(
            GO + "  a.go:5\t\t0x1000\t\t4889c3\t\t\tMOVQ AX, BX                          // mov %rax,%rbx\t\n",
            objdump(r"main\.f", "^MOVQ AX, BX$"),
            1,
            id="the end of an instruction before that comment",
        ),
        pytest.param(
            GO + "func f() {\n  0x486d20\t\t64488b0c25f8ffffff\tMOVQ FS:0xfffffff8, CX\t\n"
            "  0x486d29\t\t483b6110\t\tCMPQ 0x10(CX), SP\t\n\tprintln(1)\n  0x486d2d\t\tc3\t\t\tRET\t\n",
            objdump(r"main\.f", "^CMPQ"),
            1,
            id="go tool objdump -S has no column of files",
        ),
        pytest.param(
            GO + "TEXT ·f(SB), NOSPLIT, $0-24\n  0x486d29\t\t483b6110\t\tCMPQ 0x10(CX), SP\t\n",
            objdump(r"main\.f", "^CMPQ"),
            1,
            id="a line of assembly in -S that begins like a heading",
        ),
        pytest.param(
            GO
            + "  a.go:2\t\t0x362\t\t1b\t\t\t?\t\nTEXT main.g(SB) /work/src/a.go\n  a.go:3\t\t0x363\t\tc3\t\t\tRET\t\n",
            objdump(r"main\.g", "^RET"),
            1,
            id="bytes that nobody decoded in another function",
        ),
    ],
)
def test_an_instruction_is_what_the_machine_executes(text: str, metric: dict[str, Any], expected: int) -> None:
    """Bytes, words, comments and columns are no part of it; names of operands that stand beside it are found."""
    assert read(text, metric) == expected


@pytest.mark.parametrize("instruction", [".", "^V"])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "TEXT f(SB) /a.go\n  a.go:2\t\t0x35f\t\tc53251\t\t\tPUSHQ CX\t\n  a.go:2\t\t0x362\t\t1b\t\t\t?\t\n",
            id="by go tool objdump",
        ),
        pytest.param(GNU + "  401000:\tc5                   \t(bad)\n", id="by GNU's"),
        pytest.param(GNU + "  401000:\tf0 ff                \tlock (bad)\n", id="behind a prefix"),
        pytest.param(GNU + "  401000:\tff                   \t.byte 0xff\n", id="as a byte"),
        pytest.param(GNU + "  400590:\tffffffff \t.inst\t0xffffffff ; undefined\n", id="as a word of AArch64"),
    ],
)
def test_bytes_that_nobody_decoded_are_an_error(text: str, instruction: str) -> None:
    """They are no instruction to count, and no evidence that there is none."""
    with pytest.raises(NoReading, match="could not decode"):
        read(text, objdump("f", instruction))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "working TEXT main.f(SB) /work/src/a.go\n  a.go:3\t\t0x363\t\tc3\t\t\tRET\t\n",
            "has other text before its listing",
            id="a heading behind other text",
        ),
        pytest.param(
            GO + "#9 0.4   a.go:3\t\t0x363\t\tc3\t\t\tRET\t\n", "has other text before its listing", id="an instruction"
        ),
        pytest.param(
            "x 0000000000401000 <main.f>:\n  401000:\tc3                   \tret\n",
            "has other text before its listing",
            id="GNU's heading",
        ),
        pytest.param(
            "0000000000401000 <main.f>:\n#9 0.4   401000:\tc3                   \tret\n",
            "has other text before its listing",
            id="GNU's instruction",
        ),
        pytest.param(
            (GO + "  a.go:3\t\t0x363\t\tc3\t\t\tRET\t\n") * 2, "is listed twice", id="two files with one function"
        ),
        pytest.param(GO, "which proves nothing", id="a heading alone"),
    ],
)
def test_a_listing_that_is_not_one_functions_is_an_error(text: str, message: str) -> None:
    """What a line hides would be counted for the function before it, or not at all."""
    with pytest.raises(NoReading, match=message):
        read(text, objdump(r"main\.f", "RET|ret"))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("  401000:\t/-- eb 05                \tjmp    401007", id="jumps that are drawn"),
        pytest.param("  401007:\t\\-> e8 00 00 00 00       \tcall   401006", id="where a drawn jump ends"),
        pytest.param("  401000:\teb 05                \t\x1b[33mjmp\x1b[0m    401007", id="a coloured name"),
    ],
)
def test_what_a_listing_draws_and_colours_hides_no_instruction(line: str) -> None:
    """It stands before the name, so an anchored pattern would count nothing."""
    with pytest.raises(NoReading, match="begins like no instruction"):
        read(f"{GNU}{line}\n", objdump("f", "^(jmp|call)"))


@pytest.mark.parametrize(
    ("instruction", "pattern"),
    [
        ("lock incl (%rax)", "^incl "),
        ("bnd call 401006 <g>", "^call"),
        ("rep stos %al,%es:(%rdi)", "^stos "),
        ("cs nopw 0x0(%rax,%rax,1)", "^nopw? "),
        ("data16 rex.W call 401006 <g>", "^call "),
        ("notrack jmp *%rax", "^(notrack )?jmp"),
        ("lock incl (%rax)", "^lock "),
    ],
)
def test_a_prefix_does_not_hide_the_instruction_s_own_name(instruction: str, pattern: str) -> None:
    """It is found by its name, and by its prefix, and counts once."""
    assert read(f"{GNU}  401000:\tf0 ff 00             \t{instruction}\n", objdump("f", pattern)) == 1
    assert read(f"{GNU}  401000:\tf0 ff 00             \t{instruction}\n", objdump("f", ".", pattern)) == 0


def test_a_go_prefix_does_not_hide_it_either() -> None:
    """`go tool objdump` writes it in capitals."""
    text = (
        GO
        + "  a.go:3\t0x1000\tf0480fb10b\tLOCK CMPXCHGQ CX, 0(BX)\n"
        + "  a.go:4\t0x1005\tf348a5\tREP; MOVSQ DS:0(SI), ES:0(DI)\n"
    )
    assert read(text, objdump(r"main\.f", "^(CMPXCHGQ|MOVSQ) ")) == 2


def test_a_listing_that_was_cut_proves_nothing() -> None:
    """Its last line has no line feed: more may have followed, and what is there may be half an instruction."""
    for cut in ("  401001:\te8 00 00 00 00", "  401001:\te8 00 00 00 00       \tca"):
        with pytest.raises(NoReading, match="without a line feed"):
            read(f"{GNU}  401000:\t55                   \tpush   %rbp\n{cut}", objdump("f", "^call"))
