"""The claims' Go programs, as `gofmt` and `go vet` see them."""

from __future__ import annotations

from pathlib import Path

from macros.check.programs import as_module, complaints, go_sources
from macros.claim.catalogue import CatalogueSettings, Family
from macros.claim.loading import load_catalogue
from macros.lab.images.pins import Toolchains
from tests import builders


def test_every_go_file_is_checked_as_a_package_of_its_own(tmp_path: Path) -> None:
    """Two programs of one claim may both have a main; complaints name the file where it really stands."""
    module = as_module({"claim/a.go": b"A", "claim/b.go": b"B"}, "1.27")
    assert {name: content for name, content in module.items() if name != "go.mod"} == {
        "claim/a/a.go": b"A",
        "claim/b/b.go": b"B",
    }
    said = "# claims/claim/a\nvet: ./claim/a/a.go:3:5: wrong: x\nclaim/b/b.go:1: is not formatted; run gofmt\n"
    assert [str(problem) for problem in complaints(said, tmp_path, {})] == [
        f"{tmp_path}/claim/a.go:3:5: wrong: x",
        f"{tmp_path}/claim/b.go:1:1: is not formatted; run gofmt",
    ]


def test_a_part_of_a_program_is_vetted_with_each_program_that_it_belongs_to() -> None:
    """A file of package main without a `main` goes with every program beside it, a library stays alone."""
    main, part, library = b"package main\n\nfunc main() {}\n", b"package main\n\nfunc f() {}\n", b"package lib\n"
    module = as_module({"c/a.go": main, "c/b.go": main, "c/part.go": part, "c/lib.go": library, "d/x.go": main}, "1.27")
    assert sorted(module) == [
        "c/a/a.go", "c/a/part.go", "c/b/b.go", "c/b/part.go", "c/lib/lib.go", "d/x/x.go", "go.mod",
    ]  # fmt: skip


def test_a_shared_go_file_is_vetted_with_each_claim_and_named_once_where_it_lies(tmp_path: Path) -> None:
    """`go vet` passes over folders that begin with an underscore, so it must see the file among the claim's own."""
    (tmp_path / "_shared").mkdir()
    (tmp_path / "_shared" / "walk.go").write_text("package main\n\nfunc main() {}\n", encoding="utf-8")
    for name in ("ten-bytes", "more-bytes"):
        path = builders.go_claim(tmp_path, name) / "claim.yml"
        path.write_text(path.read_text("utf-8").replace("experiment:", "uses: [walk.go]\nexperiment:"), "utf-8")
    catalogue, problems = load_catalogue(tmp_path)
    assert problems == []
    sources, places = go_sources(catalogue)
    assert {"ten-bytes/main.go", "ten-bytes/walk.go", "more-bytes/walk.go"} < set(sources)
    said = "ten-bytes/walk/walk.go:3:1: unreachable code\nmore-bytes/walk/walk.go:3:1: unreachable code\n"
    (problem,) = complaints(said, tmp_path, places)
    assert str(problem) == f"{tmp_path}/_shared/walk.go:3:1: unreachable code"


def test_the_newest_toolchain_of_the_family_that_checks_go_looks_them_over(toolchains: Toolchains) -> None:
    """A catalogue in which no family does so has nothing that looks programs over."""
    assert toolchains.newest_that_checks("go") == "go1.27"
    families = (Family(name="any", pattern=".*", all=True),)
    other = Toolchains("amd64", toolchains.base, toolchains.toolchains, CatalogueSettings(families=families))
    assert other.newest_that_checks("go") is None
