"""Containers never outlive their run: removed when it lets them go, or reaped by the next run after a kill."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

import docker
from docker.errors import APIError, NotFound

from macros.lab import sandbox
from macros.lab.engine import connection

PROJECT = "executable-claims"
ATTEMPTS = 5


def owner(pid: int) -> str:
    """A process by number and start time, so that a number used again is not taken for the same process."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            started = file.read().rpartition(b")")[2].split()[19].decode()
    except OSError:
        started = "gone"
    return f"{os.uname().nodename}/{pid}/{started}"


def remove(client: docker.APIClient, container: str) -> None:
    """Kill and remove a container, and see that it is gone."""
    for attempt in range(ATTEMPTS):
        try:
            client.remove_container(container, force=True, v=True)
            client.inspect_container(container)
        except NotFound:
            return
        except APIError as error:
            if attempt == ATTEMPTS - 1:
                raise connection.failed(error) from error
        except connection.ENGINE_GONE as error:
            raise connection.failed(error) from error
        time.sleep(0.2 * (attempt + 1))


def reap(client: docker.APIClient) -> int:
    """Remove containers whose run is over: its process is gone (killed, say) or its deadline has passed."""
    try:
        found = client.containers(all=True, filters={"label": f"{sandbox.PROJECT_LABEL}={PROJECT}"})
    except connection.ENGINE_GONE as error:
        raise connection.failed(error) from error
    left = [made["Id"] for made in found if _orphaned(made["Labels"])]
    for container in left:
        remove(client, container)
    return len(left)


def _orphaned(labels: Mapping[str, str]) -> bool:
    if float(labels.get(sandbox.DEADLINE_LABEL, 0)) < time.time():
        return True
    named = labels.get(sandbox.OWNER_LABEL, "")
    node, _, rest = named.partition("/")
    pid = rest.partition("/")[0]
    return node == os.uname().nodename and pid.isdigit() and owner(int(pid)) != named
