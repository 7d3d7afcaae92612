"""How a claim is decided: its scripts, and the time and means that they may take."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from macros.claim import units
from macros.claim.fields import Duration, Environment, Model, Name, Script, Size, Text

LONGEST = "1 h"
"""For one stage. A process that takes longer than this could not be run often enough to decide anything."""


class Samples(Model):
    """How many fresh processes a statistical cell may use. It stops as soon as it is decided."""

    at_least: int = Field(default=8, ge=1, le=1000)
    at_most: int = Field(default=60, ge=1, le=1000)
    warm_up: int = Field(default=1, ge=0, le=20, description="Processes run first and not counted.")
    seconds: Duration | None = Field(
        default=None, description="How long the processes that count may take together, for each cell. None: no limit."
    )

    @field_validator("seconds")
    @classmethod
    def _bounded(cls, text: str | None) -> str | None:
        return text if text is None else units.check_range(text, "s", "0.1 s", LONGEST)

    @model_validator(mode="after")
    def _ordered(self) -> Samples:
        if self.at_least > self.at_most:
            raise ValueError(f"at_least ({self.at_least}) is above at_most ({self.at_most})")
        return self


SMALLEST_MEMORY, MOST_MEMORY = "16 MiB", "12 GiB"
MOST_DISK = "8 GiB"
"""The work folder lies in memory, so it can never hold more than that."""

MOST_OUTPUT = "16 MiB"
"""Per stream and process. It is held in memory on the host, and read there by every extractor."""


class Deadlines(Model):
    """How long one stage may take before it is killed. Probe shares the build's deadline."""

    build: Duration = "120 s"
    run: Duration = "60 s"

    @field_validator("build", "run")
    @classmethod
    def _bounded(cls, text: str) -> str:
        return units.check_range(text, "s", "0.1 s", LONGEST)


class Limits(Model):
    """What a claim may ask for, inside the sandbox's own bounds."""

    memory: Size = "1 GiB"
    processes: int = Field(default=512, ge=16, le=32768)
    disk: Size = Field(default="512 MiB", description="Size of the tmpfs work folder.")
    output: Size = Field(default="1 MiB", description="Per stream and process; more is an error.")
    cpus: Literal["one", "all"] = "all"

    @field_validator("memory")
    @classmethod
    def _memory(cls, text: str) -> str:
        return units.check_range(text, "B", SMALLEST_MEMORY, MOST_MEMORY)

    @field_validator("disk")
    @classmethod
    def _disk(cls, text: str) -> str:
        return units.check_range(text, "B", "1 MiB", MOST_DISK)

    @field_validator("output")
    @classmethod
    def _output(cls, text: str) -> str:
        return units.check_range(text, "B", "1 KiB", MOST_OUTPUT)


MOST_ARMS = 16
"""Five times as many as the claim with the most has."""


class Layouts(Model):
    """In how many arrangements of its code in memory a measuring cell is built, where that is not as usual."""

    count: int = Field(ge=1, le=16, description="1: the compiler's own alone.")
    because: Text = Field(description="Why so many, or so few.")


class Experiment(Model):
    """The scripts. Each is POSIX shell, run with `set -eu` in the folder that holds the program files.

    `probe`  decides whether the machine has what the experiment needs. Exit 0: it has.
             Exit 69: it has not, and the first line printed names what is missing (untestable).
    `build`  runs once per cell, and where times are measured once per layout of the code.
    `run`    runs once per fresh process; or `arms`, several named ones, interleaved A B, then B A.
             In a measuring claim exit 75 says that the machine did not let it measure this time.
    """

    probe: Script | None = None
    build: Script | None = None
    run: Script | None = None
    arms: dict[Name, Script] = Field(default_factory=dict, max_length=MOST_ARMS)
    witness: Literal["program", "file"] = Field(
        default="program",
        description="What exact answers rest on: a program's output (three fresh processes must "
        "agree) or a file or compiler (looked at once).",
    )
    depends_on: Literal["architecture", "machine"] | None = Field(
        default=None,
        description="What its answers depend on besides what is run: the architecture alone, or the machine (its "
        "cores, kernel, caches, NUMA nodes, counters). Default: the machine if it measures or has a probe.",
    )
    samples: Samples = Samples()
    layouts: Layouts | None = Field(
        default=None, description="Default: 4 where times, rates or plain numbers are measured, 1 for sizes."
    )
    deadlines: Deadlines = Deadlines()
    limits: Limits = Limits()
    exit: tuple[Annotated[int, Field(ge=0, le=255)], ...] = Field(
        default=(0,), description="Exit statuses of `run` that are no error."
    )
    env: Environment = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way_to_run(self) -> Experiment:
        if (self.run is None) == (not self.arms):
            raise ValueError("give either `run` (one script) or `arms` (two or more named scripts)")
        if len(self.arms) == 1:
            raise ValueError("`arms` needs two or more scripts; for one, use `run`")
        return self

    @property
    def scripts(self) -> dict[str, str]:
        """The run scripts by arm. A single `run` is the arm named `run`."""
        return dict(self.arms) if self.arms else {"run": self.run or ""}
