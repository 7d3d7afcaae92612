"""One Dockerfile, several images: which part of it is whose."""

from __future__ import annotations

from pathlib import Path

import pytest

from macros.lab.images.dockerfile import stages_needed
from macros.lab.images.pins import Toolchains
from macros.lab.images.recipes import recipes

ROOT = Path(__file__).parents[2]

SAMPLE = """\
# head
ARG BASE
FROM ${BASE} AS common
RUN one

# of the tool
FROM common AS tool
# inside
RUN two

FROM common AS other
COPY --from=tool /a /a
"""


def test_a_stage_comes_with_what_it_is_based_on() -> None:
    """The head, the base and the stage itself, with the comment above it and the one inside; not its neighbour."""
    assert stages_needed(SAMPLE, "tool") == SAMPLE[: SAMPLE.index("\nFROM common AS other")]
    assert stages_needed(SAMPLE, "common") == SAMPLE[: SAMPLE.index("\n# of the tool")]


def test_a_stage_comes_with_what_it_copies_from() -> None:
    """`COPY --from` needs the other stage as much as FROM does."""
    assert stages_needed(SAMPLE, "other") == SAMPLE


def test_a_stage_that_is_not_there_is_an_error() -> None:
    """Not an empty recipe, whose image would be that of another stage."""
    with pytest.raises(KeyError, match="lost"):
        stages_needed(SAMPLE, "lost")


def test_each_image_is_built_from_its_own_stage_alone(toolchains: Toolchains) -> None:
    """Go's recipe compiles the library and knows nothing of other packages; a JDK's the other way round."""
    made = {recipe.name: recipe for recipe in recipes(toolchains, toolchains.names, ROOT)}
    assert {name: recipe.stage for name, recipe in made.items() if name not in toolchains.meant_by_all} == {
        "jdk17": "packages",
        "shell": "packages",
    }
    assert "go build std" in made["go1.22"].dockerfile
    assert "java" not in made["go1.22"].dockerfile
    assert "java" in made["jdk17"].dockerfile
    assert "go build std" not in made["jdk17"].dockerfile


def test_a_change_of_one_stage_leaves_the_images_of_the_others_as_they_are(
    toolchains: Toolchains, tmp_path: Path
) -> None:
    """Otherwise every edit for a JDK would build nine releases of Go, and run every claim, anew."""
    whole = (ROOT / "Dockerfile").read_text("utf-8")

    def contents(dockerfile: str) -> dict[str, str]:
        (tmp_path / "Dockerfile").write_text(dockerfile, encoding="utf-8")
        return {recipe.name: recipe.digest for recipe in recipes(toolchains, toolchains.names, tmp_path)}

    before, after = contents(whole), contents(whole.replace("java -version", "java -showversion -version"))
    assert {name for name in before if before[name] != after[name]} == {"jdk17", "shell"}


def test_the_go_images_follow_from_the_part_above(toolchains: Toolchains) -> None:
    """A stage at the end of the file is in no recipe of Go's, and neither is the comment above it."""
    whole = (ROOT / "Dockerfile").read_text("utf-8")
    part = whole[: whole.index("\n\n# Toolchains that are no Go")]
    (recipe,) = recipes(toolchains, ["go1.22"], ROOT)
    assert recipe.dockerfile == part
