"""What a run shows while it runs."""

from __future__ import annotations

import io
import threading

import pytest
from rich.console import Console

from macros.claim.cell import Cell
from macros.report.display import SECONDS_BETWEEN_LINES, SPEED_OVER, Bars, Live, progress, time_left
from macros.report.screen import Screen
from macros.run.session import Fault


class Clock:
    """Time as the test sets it."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def cell(number: int) -> Cell:
    return Cell(f"claim-{number}", "go1.22", "default")


def lines(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def piped(clock: Clock) -> tuple[Console, Live]:
    """A display that no terminal shows."""
    console = Screen(file=io.StringIO(), width=80)
    return console, Live(
        console, Bars(console=console, disable=True, get_time=clock, speed_estimate_period=SPEED_OVER), clock
    )


def test_without_a_terminal_there_is_at_most_one_line_every_ten_seconds(
    piped: tuple[Console, Live], clock: Clock
) -> None:
    """Whatever happens, and however often; the first one at once."""
    console, live = piped
    live.total(1000)
    live.stage("inspecting")
    for number in range(1000):
        live.begins(cell(number))
        live.image("go1.22", f"step {number}")
        live.ends(cell(number), None)
        clock.now += 0.1
    live.close()
    assert 2 <= len(lines(console)) <= 1 + 100 / SECONDS_BETWEEN_LINES


def test_a_line_tells_what_is_at_work_and_the_time_left(piped: tuple[Console, Live], clock: Clock) -> None:
    """How many cells are done, how many of them failed, how long the others will take, which are running."""
    console, live = piped
    live.stage("measuring claim-0")
    live.total(10)
    clock.now += SECONDS_BETWEEN_LINES
    for number in range(4):
        live.begins(cell(number))
        clock.now += 60
        fault = Fault(cell=cell(number), where=(), what="x") if number == 2 else None
        live.ends(cell(number), fault)
    for number in range(4, 9):
        live.begins(cell(number))
    clock.now += SECONDS_BETWEEN_LINES
    live.begins(cell(9))
    assert lines(console)[-1] == (
        "4 of 10 cells, 1 failed, about 6 min left; measuring claim-0; claim-4 [go1.22, default], "
        "claim-5 [go1.22, default], claim-6 [go1.22, default] and 3 more"
    )


def test_every_step_that_changes_the_host_is_told(piped: tuple[Console, Live], clock: Clock) -> None:
    """Steps that came too soon for a line of their own are in the next one."""
    console, live = piped
    for step in ("installing docker.io", "starting dockerd", "building"):
        live.image("engine", step)
    clock.now += SECONDS_BETWEEN_LINES
    live.close()
    assert lines(console) == ["engine: installing docker.io", "engine: starting dockerd; engine: building"]


def test_what_others_say_does_not_act(piped: tuple[Console, Live]) -> None:
    """The engine's own words are shown, not obeyed; brackets are no markup."""
    console, live = piped
    live.image("go1.22", "\x1b[31mpulling [/] [bold]")
    assert lines(console) == ["go1.22: ⟨ESC⟩[31mpulling [/] [bold]"]


def test_on_a_terminal_bars_show_what_is_at_work() -> None:
    """The stage, how many of how many, and the cells; a cell that failed stays on the screen."""
    console = Console(file=io.StringIO(), force_terminal=True, width=100, color_system=None)
    with progress(console, Live) as live:
        live.stage("measuring claim-0")
        live.total(4)
        live.begins(cell(0))
        live.begins(cell(1))
        live.ends(cell(0), Fault(cell=cell(0), where=(), what="x"))
        live.image("go1.22", "[/] built")
        live._bars.refresh()
    shown = "\n".join(lines(console))
    for told in ("measuring claim-0", "1/4", "claim-1 [go1.22, default]", "failed: claim-0", "go1.22: [/] built"):
        assert told in shown


def test_bars_are_safe_to_move_from_many_threads() -> None:
    """Cells end when they end."""
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with progress(console, Live) as live:
        live.total(400)

        def work(first: int) -> None:
            for number in range(first, first + 50):
                live.begins(cell(number))
                live.ends(cell(number), None)

        threads = [threading.Thread(target=work, args=(50 * number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert live._bars.tasks[0].completed == 400
        assert live._cells_at_work() == ""


def test_the_time_left_is_no_more_exact_than_it_is_known() -> None:
    """Minutes, then hours."""
    told = [time_left(seconds) for seconds in (5, 61, 3600, 7200)]
    assert told == ["less than a minute left", "about 1 min left", "about 60 min left", "about 2.0 h left"]
