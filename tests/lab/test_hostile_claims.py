"""Programs that mean harm, in real containers: what each got, that the next claim runs, and that nothing is left.

Never run one of these scripts outside of a box: some kill every process that they may signal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest

from macros.lab import sandbox
from macros.lab.box import Box, BoxSpec, Outcome
from macros.lab.engine.runner import DockerRunner
from macros.problems import BoxFailed

pytestmark = pytest.mark.container

Record = Callable[[str, object], None]
MIB = 2**20
FAILED, MEMORY_USED, LATE, CUT, ENDED, LOST = (
    "failed", "killed when its memory was used up", "killed at its deadline", "cut at the limit of its output",
    "ended by itself", "lost its box",
)  # fmt: skip
"""How a process can end, as the page says it."""


@pytest.fixture(scope="module")
def runner() -> Iterator[DockerRunner]:
    """One for all of them, as in a run; what they leave behind would be found at its end."""
    client = docker.APIClient()
    with DockerRunner() as runner:
        yield runner
        mine = {"label": [f"{sandbox.RUN_LABEL}={runner.run_id}"]}
        runner.settle()
        assert client.containers(all=True, filters=mine) == []


def ending(outcome: Outcome) -> str:
    """How a process ended."""
    for is_so, words in (
        (outcome.timed_out, LATE),
        (outcome.truncated, CUT),
        (outcome.out_of_memory, MEMORY_USED),
        (outcome.lost, LOST),
    ):
        if is_so:
            return words
    return ENDED if outcome.status == 0 else FAILED


@dataclass(frozen=True)
class Bomb:
    """A script with what it may use, how it must end, and what it must have said on either stream."""

    script: str
    ends: str
    says: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)
    deadline: float = 20.0


THREADS = b"""#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static void *rest(void *of) { pause(); return of; }
int main(void) {
	pthread_t thread;
	int count = 0;
	while (pthread_create(&thread, 0, rest, 0) == 0) count++;
	printf("refused after %s\\n", count < 64 ? "less than the limit" : "more");
	return 0;
}
"""
MEMORY = b"""#include <stdlib.h>
#include <string.h>
int main(void) {
	for (int i = 0; i < 1024; i++) memset(malloc(1 << 24), 1, 1 << 24);
	return 0;
}
"""
MACROS = b"#define A0 x\n" + b"".join(b"#define A%d A%d + A%d + A%d\n" % (i + 1, i, i, i) for i in range(30))
HUGE_GO = b"package main\n\nvar x = [1 << 28]byte{5: 1}\n\nfunc main() { println(x[0]) }\n"
SMALL = {"memory": 96 * MIB, "disk": 16 * MIB, "processes": 64}

BOMBS = {
    "a fork bomb": Bomb("(b() { b | b & }; b; sleep 0.3; b; wait) || :", ENDED, b"Cannot fork", limits=SMALL),
    "a thread bomb": Bomb("gcc -o t t.c; ./t", ENDED, b"less than the limit", {"t.c": THREADS}, SMALL),
    "16 GB of memory": Bomb("gcc -o t t.c; ./t", MEMORY_USED, files={"t.c": MEMORY}, limits=SMALL),
    "a file without end": Bomb("cat /dev/zero >f", FAILED, b"File size limit exceeded", limits=SMALL),
    "many files that fill the folder": Bomb(
        "for i in 1 2 3 4 5; do head -c 10000000 /dev/zero >f$i; done", FAILED, b"No space left", limits=SMALL
    ),
    "a file with a hole of a terabyte": Bomb("truncate -s 1T f", FAILED, b"File size limit exceeded", limits=SMALL),
    "a million files": Bomb(
        "perl -e '$n = 0; while ($n < 1e6 and open F, q(>), $n) { $n++ } die $! if $n < 1e6'", FAILED, b"No space left"
    ),
    "ten thousand open files": Bomb(
        "perl -e 'for (1 .. 1e4) { open my $f, q(<), q(/dev/null) or die $!; push @f, $f }'",
        FAILED, b"Too many open files",
    ),
    "a loop that ignores signals": Bomb("trap '' HUP INT TERM QUIT; while :; do :; done", LATE, deadline=1),
    "a process that stops itself": Bomb("kill -STOP $$", LATE, deadline=1),
    "a process that kills all that it may": Bomb("kill -KILL -1; sleep 60", LOST, b"killed what started it"),
    "children that hold the output": Bomb("sleep 600 & sh -c 'trap \"\" TERM; sleep 600' & echo said", ENDED, b"said"),
    "children that go on computing": Bomb(
        "for i in 1 2 3 4; do setsid sh -c 'trap \"\" TERM; while :; do :; done' & done; echo said", ENDED, b"said"
    ),
    "a flood of output": Bomb("cat /dev/zero", CUT),
    "a flood of errors": Bomb("yes >&2", CUT),
    "a flood on both streams": Bomb("yes & yes >&2", CUT),
    "a line of output that never ends": Bomb("tr '\\0' x </dev/zero", CUT),
    "a source file that includes itself twice": Bomb(
        "gcc -c a.c 2>/dev/null", LATE, files={"a.c": b'#include "a.c"\n#include "a.c"\n'}, deadline=2
    ),
    "macros that grow without end": Bomb(
        "gcc -c a.c", MEMORY_USED, files={"a.c": MACROS + b"int x;\nint f(void) { return A30; }\n"}, limits=SMALL
    ),
    "a source file that includes /dev/urandom": Bomb(
        "gcc -c a.c", MEMORY_USED, files={"a.c": b'#include "/dev/urandom"\n'}, limits=SMALL
    ),
    "an assembler that includes a device": Bomb(
        "gcc -c a.c", FAILED, b"Error", {"a.c": b'__asm__(".incbin \\"/dev/zero\\"");\n'}, SMALL
    ),
    "a huge binary in C": Bomb(
        "gcc a.c", FAILED, b"File size limit exceeded",
        {"a.c": b"char a[1 << 30] = {1};\nint main(void) { return a[5]; }\n"}, SMALL,
    ),
    "a huge binary in Go": Bomb(
        "go build a.go", FAILED, b"too large", {"a.go": HUGE_GO}, {"disk": 64 * MIB}
    ),
}  # fmt: skip


@pytest.mark.alone
@pytest.mark.hostile("Resources")
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_what_a_claim_takes_is_bounded_and_the_next_claim_runs_normally(
    runner: DockerRunner, any_image: str, bomb: Bomb, record_property: Record
) -> None:
    """It ends as it must, its container is gone, and another claim's box works."""
    with runner.open(BoxSpec(any_image, "hostile", files=bomb.files, **bomb.limits)) as box:
        begun = time.monotonic()
        try:
            outcome = box.run(bomb.script, deadline=bomb.deadline)
            got, said = ending(outcome), outcome.stdout + outcome.stderr
        except BoxFailed as error:
            got, said = LOST, str(error).encode()
        assert time.monotonic() - begun < bomb.deadline + 10
    record_property("got", f"{got}, saying “{bomb.says.decode()}”" if got in (FAILED, LOST) else got)
    assert (got, bomb.says in said) == (bomb.ends, True), said[-1000:]
    runner.settle()
    with pytest.raises(docker.errors.NotFound):
        docker.APIClient().inspect_container(box.container)
    with runner.open(BoxSpec(any_image, "next")) as box:
        assert box.run("echo fine", deadline=20).stdout == b"fine\n"


CALLS = {
    "an address in the network": "tcp",
    "the gateway of containers": "gateway",
    "the cloud's link-local address": "metadata",
    "an address in the network, over IPv6": "tcp6",
    "a link-local address, over IPv6": "link-local6",
    "a name server": "dns",
    "a raw socket": "raw",
    "a socket for packets": "packet",
    "the engine's socket": "engine",
    "containerd's socket": "containerd",
    "mount a folder": "mount",
    "mount the kernel's files": "proc",
    "make the root writable": "remount",
    "unmask what is masked in /proc": "umount",
    "change the root for another": "pivot_root",
    "a root of its own": "chroot",
    "a user namespace": "user namespace",
    "a mount namespace": "mount namespace",
    "a network namespace": "network namespace",
    "the namespace of another process": "setns",
    "become root": "setuid",
    "become another group": "setgid",
    "a file that makes others root": "suid",
    "trace the first process": "ptrace",
    "trace what started it": "ptrace the starter",
    "write another process's memory": "foreign memory",
    "add a key to the kernel's keyring": "add_key",
    "join the kernel's keyring": "keyctl",
    "request a key of the kernel": "request_key",
    "load a program into the kernel": "bpf",
    "handle page faults": "userfaultfd",
    "count events of the whole machine": "perf",
    "load a module": "module",
    "start another kernel": "kexec",
    "open a file by its handle": "handle",
    "restart the machine": "reboot",
    "use a file as swap": "swap",
    "name the machine": "hostname",
    "make a disk's device": "device",
    "the machine's memory": "memory device",
    "the kernel's log": "kernel log",
    "the program for core dumps": "core pattern",
    "the kernel's system request": "sysrq",
    "its own control group": "cgroup",
    "the program for devices": "uevent",
    "the image's list of users": "root folder",
    "the toolchain": "toolchain",
    "the program that starts processes": "starter",
    "the clock": "clock",
    "the clock, by its newer call": "clock_settime",
    "a higher priority": "priority",
    "scheduling in real time": "real time",
    "kill its own container": "kill the keeper",
}
"""What is reached for, and its name in `hostile_calls.c`."""

OPEN_SOCKETS = {"the hypervisor, by a socket": "vsock", "the kernel's ciphers, by a socket": "crypto"}
"""What engines refuse since their default seccomp profile names it, and older ones do not."""


@pytest.fixture(scope="module")
def reaching(runner: DockerRunner, any_image: str) -> Iterator[Box]:
    """One box for all: nothing that is refused changes it, and the last test sees that it is as it was."""
    source = Path(__file__).with_name("hostile_calls.c").read_bytes()
    with runner.open(BoxSpec(any_image, "hostile", files={"reach.c": source})) as box:
        built = box.run("gcc -o reach reach.c", deadline=60)
        assert built.status == 0, built.stderr
        yield box
        assert box.run("id -u; hostname | wc -l", deadline=20).stdout == f"{sandbox.UID}\n1\n".encode()


@pytest.mark.hostile("Reach")
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_what_a_claim_reaches_for_is_refused(reaching: Box, call: str, record_property: Record) -> None:
    """The kernel says no, in words that are kept for the page."""
    outcome = reaching.run(f"exec ./reach '{call}'", deadline=20)
    said = outcome.stdout.decode().strip()
    record_property("got", said)
    assert (outcome.status, bool(said)) == (1, True), outcome


@pytest.mark.hostile("Reach")
@pytest.mark.parametrize("call", OPEN_SOCKETS.values(), ids=OPEN_SOCKETS.keys())
def test_a_socket_that_leaves_the_network_namespace_is_refused_or_doctor_warns(
    runner: DockerRunner, reaching: Box, call: str, record_property: Record
) -> None:
    """Kernels do not set these apart by container, so only the seccomp profile can refuse them."""
    outcome = reaching.run(f"exec ./reach '{call}'", deadline=20)
    said = outcome.stdout.decode().strip()
    refused = outcome.status == 1 and said in ("Operation not permitted", "Address family not supported by protocol")
    assert (call in runner.look().families) == (not refused), outcome
    if refused:
        record_property("got", said)
    else:
        record_property("got", "this engine lets it through; `claims doctor` warns")
        pytest.xfail("this engine's seccomp profile is too old")


BUILDS = {
    "the image's build cache": ("touch $(go env GOCACHE)/x", {}, b"Read-only file system"),
    "a module from the network": (
        "go build .",
        {
            "go.mod": b"module a\n\nrequire example.org/m v1.0.0\n",
            "a.go": b'package main\n\nimport _ "example.org/m"\n',
        },
        b"",
    ),
    "another toolchain, by go.mod": (
        "go build .",
        {"go.mod": b"module a\n\ngo 1.99\n\ntoolchain go1.99.0\n", "a.go": b"package main\n"},
        b"GOTOOLCHAIN=local",
    ),
    "a folder outside, by go.mod": (
        "go build .",
        {
            "go.mod": b"module a\n\nrequire example.org/m v1.0.0\n\nreplace example.org/m => ../../root\n",
            "a.go": b'package main\n\nimport _ "example.org/m"\n',
        },
        b"",
    ),
    "a compiler's plugin, by a cgo flag": (
        "go build a.go",
        {"a.go": b'package main\n\n// #cgo CFLAGS: -fplugin=./evil.so\nimport "C"\n\nfunc main() {}\n'},
        b"invalid flag in #cgo CFLAGS",
    ),
    "a file outside, by //go:embed": (
        "GOCACHE=/work/cache go build .",
        {
            "go.mod": b"module a\n\ngo 1.22\n",
            "a.go": b'package main\n\nimport _ "embed"\n\n//go:embed ../../etc/passwd\nvar s string\n',
        },
        b"invalid pattern syntax",
    ),
    "the secrets of the first process": ("cat /proc/1/environ", {}, b"Permission denied"),
    "the names of other machines": ("getent hosts example.org", {}, b""),
}


@pytest.mark.hostile("Reach")
@pytest.mark.parametrize(("script", "files", "said"), BUILDS.values(), ids=BUILDS.keys())
def test_a_toolchain_is_no_way_out(
    runner: DockerRunner, any_image: str, script: str, files: Mapping[str, bytes], said: bytes, record_property: Record
) -> None:
    """It runs inside of the same box as everything else, and fails as the program would."""
    with runner.open(BoxSpec(any_image, "hostile", files=files)) as box:
        outcome = box.run(script, deadline=60)
    got = ending(outcome)
    record_property("got", f"{got}, saying “{said.decode()}”" if said else got)
    assert got == FAILED, outcome
    assert said in outcome.stderr, outcome
