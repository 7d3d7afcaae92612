"""Containers never outlive their run.

A box ends with the connection of the run that opened it (see `sandbox`), whether that run lets it go or is killed, on
this host or another; then the engine removes it. What is left for the reaper are containers whose run ended in the
moment between making and starting them, or whose engine went down in between.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping
from typing import Any

import docker
from docker.errors import APIError, NotFound

from macros.lab import sandbox
from macros.lab.engine import connection

PROJECT = "lab"
ATTEMPTS, LOOKS, LOOK_SECONDS = 5, 4, 0.05
AGE_SECONDS = 180.0
"""One that is not running and older than this is nobody's any more: no call to start it is waited for so long."""

NOT_RUNNING = ("created", "exited", "dead")


def remove(client: docker.APIClient, container: str) -> str:
    """Kill and remove a container, and see that it is gone. What the engine said where it is still there, else nothing.

    Raises what the SDK raises when the engine does not answer.
    """
    said = "the engine says that it removed it"
    for attempt in range(ATTEMPTS):
        try:
            client.remove_container(container, force=True, v=True)
        except NotFound:
            return ""
        except APIError as error:
            said = connection.said(error)  # It may be removing it already: wait for that.
        for _ in range(LOOKS):
            try:
                client.inspect_container(container)
            except NotFound:
                return ""
            time.sleep(LOOK_SECONDS * (attempt + 1))
    return said


def is_running(client: docker.APIClient, container: str) -> bool:
    try:
        return bool(client.inspect_container(container)["State"]["Running"])
    except NotFound:
        return False


def reap(client: docker.APIClient) -> list[str]:
    """Remove what ended runs left behind. The containers that could not be removed, with what the engine said."""
    try:
        listed = client.containers(
            all=True, filters={"label": f"{sandbox.PROJECT_LABEL}={PROJECT}", "status": list(NOT_RUNNING)}
        )
        now = datetime.datetime.fromisoformat(client.info()["SystemTime"]).timestamp() if listed else 0.0
        trouble = {made["Id"]: remove(client, made["Id"]) for made in listed if is_left_over(made, now)}
    except connection.ENGINE_GONE as error:
        raise connection.failed(error) from error
    return [f"{container[:12]}: {said}" for container, said in trouble.items() if said]


def is_left_over(made: Mapping[str, Any], now: float) -> bool:
    """Of the engine's list of containers; `now` by the engine's own clock, as the container's time is."""
    return made["State"] in NOT_RUNNING and now - float(made["Created"]) > AGE_SECONDS
