"""Both sides of a change: what runs, what is shared, and what the preview's files say of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from macros import steps
from macros.lab.setup import Leave
from macros.ledger.record import Record
from macros.ledger.store import Ledger
from macros.preview.making import preview
from macros.problems import EnvironmentFailed, InvalidInput
from macros.report import artifact
from macros.results.diff import Diff
from macros.results.feed_history import Cause
from macros.results.feed_models import Feed
from macros.results.feed_reading import read_files
from macros.run.plan import Mode
from macros.run.progress import Progress
from tests.fake_lab import FakeLab
from tests.preview_repository import Repository

Preview = Callable[..., Diff]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = Repository.made(tmp_path)
    monkeypatch.setenv("CLAIMS_LEDGER", str(made.ledger))
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    return made


@pytest.fixture
def made(repository: Repository) -> Iterator[Preview]:
    """Makes the preview in the repository's folder `preview`, on a lab without an engine."""

    def make(lab: FakeLab | None = None, base: str = "main", mode: Mode = Mode.AUTO, **more: Path) -> Diff:
        laboratory = lab or FakeLab()
        claims = repository.root / "claims"
        out = more.get("out")
        return preview(claims, base, out, mode, Leave.none(), Progress(), lambda inputs: laboratory)[1]

    return make


def no_engine() -> FakeLab:
    lab = FakeLab()
    lab.gone = "no engine here"
    return lab


def records(repository: Repository) -> list[Record]:
    """All that the ledger has, of the claims that measure or not."""
    ledger = Ledger(repository.ledger)
    keys = [path.parent.name if path.parent.name != "records" else path.stem for path in _files(repository)]
    return [record for key in dict.fromkeys(keys) for record in ledger.of_experiment(key)]


def begun(repository: Repository) -> set[str]:
    """When the sessions of `ticks` began that the ledger has."""
    return {record.started for record in records(repository) if record.cell.claim == "ticks"}


def _files(repository: Repository) -> list[Path]:
    return sorted((repository.ledger / "records").rglob("*.json"))


def feeds(repository: Repository) -> tuple[Feed, Feed]:
    base, head = read_files(*(repository.root / "preview" / name for name in (artifact.BASE, artifact.HEAD)))
    return base, head


def test_the_sides_of_a_measuring_claim_are_measured_together_and_a_flip_is_told(
    repository: Repository, made: Preview
) -> None:
    """Both begin at the same time; the control that both have in common, and the other claim, run once."""
    repository.slow_down()
    found = made()
    assert [(one.id, one.before.value, one.after.value) for one in found.flips] == [("ticks", "confirmed", "refuted")]
    assert found.flips[0].causes == (Cause.CLAIM,)
    assert not found.other_machines
    ticks = [record for record in records(repository) if record.cell.claim == "ticks"]
    assert len(ticks) == 4
    assert len({record.started for record in ticks}) == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", ticks[0].started), "sessions within a second"
    assert len([record for record in records(repository) if record.cell.claim == "counts"]) == 2
    base, head = feeds(repository)
    assert base.source_commit == head.source_commit
    assert base.claims[0].cells == head.claims[0].cells, "shared"


def test_a_second_preview_of_the_same_change_runs_nothing_and_needs_no_engine(
    repository: Repository, made: Preview
) -> None:
    """What was measured together is still comparable."""
    repository.slow_down()
    first = made()
    assert made(no_engine()).flips == first.flips
    assert feeds(repository)[1].mode == "frozen"


def test_what_was_measured_apart_is_measured_again_together(repository: Repository, made: Preview) -> None:
    """The base last week and the head today: a flip could be the week's. Both are there, and both are run again."""
    made()
    repository.slow_down()
    inputs = steps.load(repository.root / "claims")
    steps.execute(inputs, inputs.catalogue.select(("ticks",)), mode=Mode.AUTO, lab=FakeLab())
    assert len(begun(repository)) == 2
    with pytest.raises(EnvironmentFailed, match="no engine here"):
        made(no_engine())
    made()
    assert len(begun(repository)) == 1
    page = (repository.root / "preview" / "site" / "this-change" / "index.html").read_text("utf-8")
    assert "in the same rounds of one session: 1." in page
    assert "at different times" not in page


def test_a_frozen_preview_says_what_was_measured_apart(repository: Repository, made: Preview) -> None:
    """It may run nothing, so it compares what there is."""
    made()
    repository.slow_down()
    inputs = steps.load(repository.root / "claims")
    steps.execute(inputs, inputs.catalogue.select(("ticks",)), mode=Mode.AUTO, lab=FakeLab())
    made(no_engine(), mode=Mode.FROZEN)
    page = (repository.root / "preview" / "site" / "this-change" / "index.html").read_text("utf-8")
    assert "at different times: 1." in page


def test_prose_alone_runs_nothing(repository: Repository, made: Preview) -> None:
    """Once the ledger has the results, of whatever machine: no engine is asked, and both sides are the same."""
    made()
    repository.edit("docs/other.md", ("Nothing", "Still nothing"))
    found = made(no_engine())
    assert found.empty
    page = (repository.root / "preview" / "site" / "this-change" / "index.html").read_text("utf-8")
    assert "The change affects no claim, and nothing was run for it." in page
    assert 'other/">Another</a> (changed)' in page


def test_a_threshold_that_was_changed_is_judged_again_on_what_there_is(repository: Repository, made: Preview) -> None:
    """The experiment is the same on both sides: one record, two verdicts, and the cause is the claim."""
    made()
    repository.edit("claims/counts/claim.yml", ("at_most: 10", "at_most: 9"))
    found = made(no_engine())
    assert [one.id for one in (*found.flips, *found.undecided)] == ["counts"]
    base, head = feeds(repository)
    assert base.claims[0].cells[0].experiment == head.claims[0].cells[0].experiment


def test_claims_that_come_and_go_are_told(repository: Repository, made: Preview) -> None:
    """A claim that only one side has runs on that side; pages that are new or gone are listed."""
    repository.git("mv", "claims/counts", "claims/numbers")
    repository.edit("claims/numbers/claim.yml", ("id: counts", "id: numbers"))
    repository.edit("docs/index.md", ('value("counts"', 'value("numbers"'))
    (repository.root / "docs" / "other.md").rename(repository.root / "docs" / "third.md")
    repository.edit("mkdocs.yml", ("other.md", "third.md"))
    found = made()
    assert [one.id for one in found.new] == ["numbers"]
    assert [one.id for one in found.removed] == ["counts"]
    page = (repository.root / "preview" / "site" / "this-change" / "index.html").read_text("utf-8")
    assert "other.md (removed)" in page
    assert "(new)" in page


def test_what_stops_the_published_site_is_listed_and_does_not_stop_the_preview(
    repository: Repository, made: Preview
) -> None:
    """The passage was written for the old verdict: the page shows it with a note, and the list names its line."""
    repository.slow_down()
    repository.edit("claims/ticks/claim.yml", ("recorded: confirmed", "recorded: refuted"))
    made()
    page = (repository.root / "preview" / "site" / "this-change" / "index.html").read_text("utf-8")
    assert "docs/index.md:5" in page
    assert "was written for" in page
    home = (repository.root / "preview" / "site" / "index.html").read_text("utf-8")
    assert "The source is right." in home


def test_a_preview_that_fails_leaves_the_old_one_standing(
    repository: Repository, made: Preview, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted while the pages are built, or stopped by a macro that does not exist."""
    made()
    head = repository.root / "preview" / artifact.HEAD
    old = head.read_bytes()
    repository.edit("docs/other.md", ("Nothing", "{{ nothing_of_this_name() }}"))
    with pytest.raises(InvalidInput):
        made()
    assert head.read_bytes() == old

    def interrupt(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("macros.preview.making.build_site", interrupt)
    with pytest.raises(KeyboardInterrupt):
        made()
    assert head.read_bytes() == old
    assert [path.name for path in repository.root.iterdir() if path.name.startswith("preview")] == ["preview"]


def test_a_frozen_preview_asks_for_what_is_missing(repository: Repository, made: Preview) -> None:
    """Nothing may run: the error names the first cells without a result."""
    with pytest.raises(EnvironmentFailed, match="has no result for"):
        made(mode=Mode.FROZEN)


def test_users_mistakes_are_named_with_the_next_step(
    repository: Repository, made: Preview, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown base, a base without claims, a folder that is somebody else's, and no repository."""
    with pytest.raises(
        InvalidInput, match=r"--base:1:1: `no-such` is no revision .* check its name, or `git fetch` it"
    ):
        made(base="no-such")
    repository.git("checkout", "--quiet", "--orphan", "bare")
    repository.git("rm", "--quiet", "-r", "--cached", ".")
    repository.git("commit", "--quiet", "--allow-empty", "--message=empty")
    with pytest.raises(InvalidInput, match=r"--base:1:1: `bare` has no claims in claims"):
        made(base="bare")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(InvalidInput, match="is not empty, and this program did not write it"):
        made(out=tmp_path / "mine")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (repository.root / ".git").rename(tmp_path / "git")
    with pytest.raises(InvalidInput, match=r"--base:1:1: .*not a git repository.*checkout of the claims' repository"):
        made()


def test_the_second_stage_takes_what_the_first_one_makes(repository: Repository, made: Preview, tmp_path: Path) -> None:
    """Its feeds and its site pass through the checks on a stranger's artifact."""
    import shutil
    import zipfile

    repository.slow_down()
    made()
    folder = repository.root / "preview"
    with zipfile.ZipFile(tmp_path / "results.zip", "w") as file:
        for name in (artifact.BASE, artifact.HEAD):
            file.write(folder / name, name)
    assert artifact.results(tmp_path / "results.zip").head.claims
    (folder / "site" / ".claims-site").unlink()  # an artifact holds no hidden file
    shutil.make_archive(str(tmp_path / "site"), "zip", folder / "site")
    assert artifact.unpack(tmp_path / "site.zip", tmp_path / "unpacked") > 20
    assert json.loads((tmp_path / "unpacked" / "claims.json").read_text("utf-8"))["claims"]
