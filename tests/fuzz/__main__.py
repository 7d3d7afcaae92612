"""`python -m tests.fuzz`: all targets side by side. What fails is kept in tests/corpus, and ends it with status 1."""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor

from tests.fuzz.running import fuzz
from tests.fuzz.targets import CORPUS, TARGETS


def main() -> int:
    """Every target's share of the executions, with a line for each."""
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("--executions", type=int, default=1_000_000, help="how many in all")
    parser.add_argument("--only", default="", help="the targets whose names begin so")
    parser.add_argument("--seed", type=int, default=0, help="other inputs for another number")
    asked = parser.parse_args()
    chosen = [target for target in TARGETS if target.name.startswith(asked.only)]
    shares = sum(target.share for target in chosen)
    total, failures, begun = 0, 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="claims-fuzz-") as folder, ProcessPoolExecutor() as pool:
        tempfile.tempdir = folder  # Worker processes, which are forked only now, leave nothing behind.
        wanted = {target.name: -(-asked.executions * target.share // shares) for target in chosen}
        running = [pool.submit(_one, name, count, asked.seed) for name, count in wanted.items()]
        for name, done in zip(wanted, running, strict=True):
            count, failure = done.result()
            total += count
            failures += bool(failure)
            print(f"{name:28} {count:9,} executions  {'FAILED' if failure else 'fine'}", flush=True)
            if failure:
                print(failure, flush=True)
    print(f"{total:,} executions of {len(chosen)} targets in {time.monotonic() - begun:.0f} s, {failures} failed")
    return 1 if failures else 0


def _one(name: str, executions: int, seed: int) -> tuple[int, str]:
    """How often it ran; and what failed with which input, which is kept, or nothing."""
    (target,) = (each for each in TARGETS if each.name == name)
    count, found = fuzz(target, executions, seed)
    if found is None:
        return count, ""
    raw = found.text.encode("utf-8", "surrogatepass")
    path = CORPUS / name / f"{hashlib.sha256(raw).hexdigest()[:12]}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    told = "".join(traceback.format_exception(found.error, limit=-4))
    return count, f"  {path}: {found.text[:200]!a}\n{told}"


if __name__ == "__main__":
    sys.exit(main())
