"""The images themselves: they are found again, and what stands in them works as the claims need it."""

from __future__ import annotations

import io
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from macros.lab.box import BoxSpec
from macros.lab.engine import connection
from macros.lab.engine.runner import DockerRunner
from macros.lab.images import base_image, building, content, image
from macros.lab.images.building import Image
from macros.lab.images.pins import Toolchains, load_toolchains
from macros.lab.images.recipes import recipes
from macros.lab.setup import Leave
from macros.problems import EnvironmentFailed

pytestmark = pytest.mark.container

ROOT = Path(__file__).parents[2]
NAMES = ("go1.15", "go1.19", "go1.21", "go1.22", "go1.23", "go1.24", "go1.25", "go1.26", "go1.27")
OTHERS = ("jdk17", "shell")

SERVER = b"""package main

import "net/http"

func main() { panic(http.ListenAndServe("127.0.0.1:0", nil)) }
"""

TEST = b"""package sum

import "testing"

func TestSum(t *testing.T) {
	if 1+1 != 2 {
		t.Fatal("not 2")
	}
}

func BenchmarkSum(b *testing.B) {
	for i := 0; i < b.N; i++ {
	}
}
"""

TOOLS = "addr2line asm buildid compile cover link nm objdump pack pprof test2json trace vet"


@pytest.fixture(scope="module")
def built(toolchains: Toolchains) -> dict[str, Image]:
    """Every toolchain's image, found or built."""
    return building.ensure(toolchains, toolchains.names, root=ROOT, leave=Leave.given())


@pytest.mark.timeout(1800)  # a bare machine builds all of them here
def test_all_images_are_there_and_finding_them_is_quick(toolchains: Toolchains, built: dict[str, Image]) -> None:
    """The second look builds nothing, takes no time and gives the same images."""
    begun = time.monotonic()
    steps: list[str] = []
    again = building.ensure(
        toolchains, toolchains.names, root=ROOT, leave=Leave.given(), on_step=lambda name, text: steps.append(text)
    )
    assert time.monotonic() - begun < 2
    assert again == built
    assert list(again) == [*NAMES, *OTHERS]
    assert steps == []


def test_an_image_under_our_name_without_our_label_is_not_taken(
    toolchains: Toolchains, built: dict[str, Image]
) -> None:
    """A tag can be put on anything; the content label decides."""
    client = connection.find()
    assert client is not None
    found_base = base_image.find(client, toolchains.base)
    assert found_base is not None
    other = replace(toolchains, toolchains={"go1.0": toolchains.toolchains["go1.22"]})
    (recipe,) = recipes(other, ["go1.0"], ROOT)
    repository, _, tag = recipe.tag(found_base.digest).partition(":")
    client.tag(found_base.reference, repository, tag)
    try:
        assert image.find(client, other, ["go1.0"], ROOT) == {}
    finally:
        client.remove_image(f"{repository}:{tag}")


@pytest.mark.parametrize("name", ["go1.15", "jdk17", "shell"])
def test_an_image_s_content_is_what_a_second_look_sees(built: dict[str, Image], name: str) -> None:
    """Its label was not made up: packages with versions are in it, the compiler among them, and files."""
    client = connection.connect()
    with DockerRunner() as runner, runner.open(content.spec(built[name].id)) as box:
        seen = content.look(box)
    assert content.digest(seen, client.inspect_image(built[name].id)["Config"]) == built[name].content
    packages = dict(line.split()[1:3] for line in seen.splitlines() if line.startswith("ii "))
    assert all(packages[package] for package in ("gcc", "binutils", "valgrind", "libc6-dev"))


@contextmanager
def changed(found: Image, change: str) -> Iterator[str]:
    """The id of an image with one more step, done as root; it is removed again."""
    client = connection.connect()
    dockerfile = f"FROM {found.id}\nUSER root\nRUN {change}\nUSER claims\n"
    lines = list(client.build(fileobj=io.BytesIO(dockerfile.encode()), decode=True, rm=True))
    made = next(line["aux"]["ID"] for line in lines if "aux" in line)
    try:
        yield made
    finally:
        client.remove_image(made)


def test_another_package_or_file_is_another_content(built: dict[str, Image]) -> None:
    """From the same recipe, on the same base: what a mirror delivers another day, or a changed tool."""
    client = connection.connect()
    contents = []
    for change in "sed -i 's/^Version: /&9:/' /var/lib/dpkg/status", "echo >>/usr/local/go/VERSION", "true":
        with changed(built["go1.15"], change) as made, DockerRunner() as runner, runner.open(content.spec(made)) as box:
            contents.append(content.digest(content.look(box), client.inspect_image(made)["Config"]))
    assert contents[2] == built["go1.15"].content
    assert len(set(contents)) == 3


SLOW = """\
ARG BASE
FROM ${BASE} AS common
RUN sleep 120
FROM common AS toolchain
RUN true
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_build_that_is_interrupted_ends_at_once(tmp_path: Path, built: dict[str, Image], how: signal.Signals) -> None:
    """Nobody waits for what the engine is at, and the engine goes on with nothing."""
    (tmp_path / "claims").mkdir()
    shutil.copy(ROOT / "claims" / "toolchains.yml", tmp_path / "claims")
    (tmp_path / "Dockerfile").write_text(SLOW, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "macros.cli", "images", "go1.22", "--claims", str(tmp_path / "claims")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    client = connection.connect()

    def sleeping() -> list[str]:
        return [one["Id"] for one in client.containers() if "sleep 120" in one["Command"]]

    end = time.monotonic() + 60
    while not sleeping():
        assert time.monotonic() < end, process.stdout and process.stdout.read()
        time.sleep(0.1)
    begun = time.monotonic()
    process.send_signal(how)
    said = process.communicate(timeout=30)[0]
    assert time.monotonic() - begun < 15
    assert process.returncode == 130, said
    end = time.monotonic() + 30
    while sleeping():
        assert time.monotonic() < end, "the engine goes on building"
        time.sleep(0.1)


@pytest.mark.parametrize("name", NAMES)
def test_the_library_s_cache_serves_an_unprivileged_user_on_a_read_only_root(
    toolchains: Toolchains, built: dict[str, Image], name: str
) -> None:
    """With and without cgo an HTTP server builds from the image's cache: nothing but itself is compiled."""
    files = {"server.go": SERVER, "sum_test.go": TEST}
    with DockerRunner() as runner, runner.open(BoxSpec(built[name].id, "images", files)) as box:
        assert toolchains.version(name) in box.run("go version", deadline=20).stdout.decode()
        for cgo in "1", "0":
            # -x prints each command: a compiler run for anything but the program itself is a miss of the cache.
            built_server = box.run(f"CGO_ENABLED={cgo} go build -x -o server server.go", deadline=60)
            assert built_server.status == 0, built_server.stderr
            assert built_server.stderr.count(b"/compile ") == 1
        tested = box.run("go test -vet=off -bench=. -benchtime=10x sum_test.go", deadline=60)
        assert tested.status == 0, tested.stderr
        assert b"BenchmarkSum" in tested.stdout


AGE = """\
cd /usr/local/go-cache && \
if [ -f trim.txt ]; then date -d '10 days ago' +%s >trim.txt; fi && \
find . -exec touch -h -d '10 days ago' '{}' +"""
"""Ten days are more than the one after which Go clears out its cache, and than the five after which it drops a file."""


@pytest.mark.parametrize("name", ["go1.15", "go1.22", "go1.27"])  # one of each way in which Go notes it
def test_an_image_builds_programs_when_it_is_ten_days_old(built: dict[str, Image], name: str) -> None:
    """Go wants to clear out its cache then, which nobody may write to, and still compiles nothing but the program."""
    files = {"server.go": SERVER}
    with changed(built[name], AGE) as old, DockerRunner() as runner, runner.open(BoxSpec(old, "images", files)) as box:
        built_server = box.run("go build -x -o server server.go", deadline=60)
    assert built_server.status == 0, built_server.stderr
    assert built_server.stderr.count(b"/compile ") == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_tool_that_claims_use_works_offline(built: dict[str, Image], name: str) -> None:
    """Newer releases ship the lesser tools as source; in the image they are all compiled."""
    script = (
        f'for tool in {TOOLS}; do [ -x "$(go env GOTOOLDIR)/$tool" ] || echo "no $tool"; done\n'
        "CGO_ENABLED=0 go build -o server server.go\n"
        "go tool nm server | grep -c main.main\n"
        "go tool objdump -s '^main.main$' server | grep -c TEXT\n"
        'test -f "$(go env GOROOT)/src/runtime/proc.go"\n'
        "for program in gcc ldd readelf objdump nm valgrind file strace ps taskset; do command -v $program >&2; done\n"
    )
    with DockerRunner() as runner, runner.open(BoxSpec(built[name].id, "images", {"server.go": SERVER})) as box:
        outcome = box.run(script, deadline=120)
    assert outcome.status == 0, outcome.stderr
    assert outcome.stdout.split() == [b"1", b"1"]


SLEEPER = b"""public class Sleeper {
    public static void main(String[] arguments) throws Exception {
        Thread.sleep(60_000);
    }
}
"""


def test_a_jdk_compiles_runs_and_looks_into_a_process(toolchains: Toolchains, built: dict[str, Image]) -> None:
    """Under the sandbox: javac, java, and the tools that attach to a running JVM.

    What lacks a library is known by name: fonts, images, sound, smart cards.
    """
    script = (
        "java -version 2>&1 | head -1\n"
        "javac Sleeper.java\n"
        "java -Xshare:on -cp . Sleeper &\n"
        "until jcmd $! VM.version >version.txt 2>/dev/null; do sleep 0.1; done\n"
        "grep '^JDK' version.txt\n"
        "jmap -histo:live $! | grep -c java.lang.Thread\n"
        "kill $!\n"
        "cd /usr/lib/jvm/java-17-openjdk-amd64/lib\n"
        "export LD_LIBRARY_PATH=$PWD/server\n"
        "for library in lib*.so server/lib*.so; do ldd $library | grep -q 'not found' && echo $library; done || true\n"
    )
    with DockerRunner() as runner, runner.open(BoxSpec(built["jdk17"].id, "images", {"Sleeper.java": SLEEPER})) as box:
        outcome = box.run(script, deadline=60)
    assert outcome.status == 0, outcome.stderr
    version, jdk, threads, *lacking = outcome.stdout.decode().splitlines()
    assert f'"{toolchains.version("jdk17")}"' in version
    assert jdk.startswith(f"JDK {toolchains.version('jdk17')}")
    assert int(threads) > 0
    assert set(lacking) == {f"lib{name}.so" for name in ("fontmanager", "j2pcsc", "javajpeg", "jsound", "lcms")}


def test_shellcheck_finds_what_is_wrong_with_a_script(toolchains: Toolchains, built: dict[str, Image]) -> None:
    """It runs under the sandbox, in the version pinned, and bash is there beside it."""
    script = "shellcheck --version\nbash -n good.sh\nshellcheck bad.sh || echo status $?\n"
    files = {"good.sh": b"#!/bin/bash\n[[ -n $1 ]] && echo\n", "bad.sh": b"#!/bin/sh\nrm $1\n"}
    with DockerRunner() as runner, runner.open(BoxSpec(built["shell"].id, "images", files)) as box:
        outcome = box.run(script, deadline=60)
    assert outcome.status == 0, outcome.stderr
    said = outcome.stdout.decode()
    assert f"version: {toolchains.version('shell')}" in said
    assert "SC2086" in said
    assert said.endswith("status 1\n")


def test_a_download_that_is_not_as_pinned_stops_the_build(tmp_path: Path, toolchains: Toolchains) -> None:
    """A changed pin (of a package that is really downloaded) ends in one message and leaves no file."""
    text = (ROOT / "claims" / "toolchains.yml").read_text("utf-8")
    pinned = toolchains.toolchains["go1.19"].digests["golang-1.19-src_1.19.8-2_all.deb"]
    path = tmp_path / "toolchains.yml"
    path.write_text(text.replace(pinned, "f" * 64), encoding="utf-8")
    (tmp_path / "Dockerfile").write_text((ROOT / "Dockerfile").read_text("utf-8"), encoding="utf-8")
    tampered, problems = load_toolchains(path, toolchains.settings)
    assert tampered is not None, problems
    with pytest.raises(EnvironmentFailed, match=f"expected sha256 {'f' * 64}, found {pinned}"):
        building.ensure(tampered, ["go1.19"], root=tmp_path, leave=Leave.given())
    assert list((tmp_path / ".cache" / "downloads").iterdir()) == []


ARRANGED = """
for layout in 0 3 4; do
    mkdir $layout
    cp main.go main.c $layout
    cd $layout
    export CLAIMS_LAYOUT=$layout
    go build -o program main.go
    ./program
    CGO_ENABLED=1 go build -ldflags '-linkmode external' -o external main.go
    ./external
    gcc -O2 -o native main.c
    ./native
    for each in "$(nm program | grep ' T main.main$')" "$(nm external | grep -i ' t main.main$')" \
        "$(nm native | grep ' T work$')"; do
        echo "at ${each%% *}"
    done
    [ $layout != 3 ] || { cp program again; go build -o program main.go; cmp program again; }
    cd ..
done
"""
GO_MAIN = b"""package main

func work(n int) int { return n + 1 }

func main() { println(work(1)) }
"""
C_MAIN = b"""int work(int n) { return n + 1; }

int main(void) { return work(-1); }
"""


@pytest.mark.parametrize("name", NAMES)
def test_a_program_s_code_lies_where_its_layout_says(built: dict[str, Image], name: str) -> None:
    """In every release, however it is linked, and in C: elsewhere in each layout, the same in one, and it runs."""
    files = {"main.go": GO_MAIN, "main.c": C_MAIN}
    with DockerRunner() as runner, runner.open(BoxSpec(built[name].id, "c", files=files)) as box:
        outcome = box.run(ARRANGED, deadline=120)
    assert outcome.status == 0, outcome.stderr
    places = [line.split()[1] for line in outcome.stdout.decode().splitlines() if line.startswith("at ")]
    assert len(places) == 9
    for kind in range(3):
        assert len(set(places[kind::3])) == 3
