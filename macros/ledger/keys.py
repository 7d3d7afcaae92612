"""Content keys: everything that a cell's evidence depends on, and nothing else.

Expectations, titles and numbers of samples are not in a key: judging again costs nothing, and a cell
that needs more samples is continued. Each part is hashed by itself, so that `claims why` can say
which of them changed. Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from macros.claim.model import Claim
from macros.evidence.extract import VERSION
from macros.lab import sandbox
from macros.lab.job import Job
from macros.ledger.record import SCHEMA

MEANING = {
    "scripts": "the scripts, their environment, deadlines or limits",
    "metrics": "what is read from the output",
    "files": "the program files",
    "image": "the toolchain's image",
    "sandbox": "the sandbox profile",
    "format": "the form of results or the extractors",
    "machine": "the machine",
}


def key_parts(job: Job, image_content: str, machine: Mapping[str, str]) -> dict[str, str]:
    """The digests by part. A measuring cell also depends on the processor's model."""
    experiment = job.experiment.model_dump(mode="json", exclude={"samples", "witness"})
    scripts = {
        **experiment,
        "probe": job.probe,
        "build": job.build,
        "arms": dict(job.arms),
        "env": dict(job.env),
        "run": None,
    }
    files = {name: hashlib.sha256(content).hexdigest() for name, content in job.loaded.files.items()}
    where = [machine["architecture"], machine["cpu"] if job.measuring else ""]
    return {
        "scripts": digest(scripts),
        "metrics": digest(_readings(job.claim)),
        "files": digest(files),
        "image": image_content,
        "sandbox": digest(sandbox.fingerprint()),
        "format": digest([SCHEMA, VERSION]),
        "machine": digest(where),
    }


def key_of(parts: Mapping[str, str], cell: object) -> str:
    """The content key of a cell."""
    return digest([str(cell), dict(parts)])


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _readings(claim: Claim) -> dict[str, Any]:
    return {
        name: metric.model_dump(mode="json", by_alias=True, exclude={"title"}) for name, metric in claim.metrics.items()
    }
