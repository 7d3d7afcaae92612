"""Many hosts on the command line: the options of `run` and `verify` that send sessions away, and `claims worker`."""

from __future__ import annotations

import platform
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from macros.options import claims_option, once, toolchain_option

if TYPE_CHECKING:
    from macros.report.screen import Screen
    from macros.run.pool.network import Network
    from macros.run.pool.obtain import Hosts

_CLASS = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}", re.ASCII)
_FILE = click.Path(path_type=Path)
_META = "macros.hosts."

OPEN_NETWORK = (
    "{address} is not encrypted: whoever reaches it can run programs on the hosts and make up their answers. "
    "Use it only on a network that you trust; else use tls:// (docs: Many hosts)"
)


def _classes(context: click.Context, parameter: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of classes, each perhaps with the claims that need it: `numa=far-memory,near-memory`."""
    for text in names:
        name, equals, ids = text.partition("=")
        if not _CLASS.fullmatch(name) or (equals and not all(ids.split(","))):
            raise click.BadParameter(f"`{text}` is no class; write a name such as `numa`", context, parameter)
        if equals and parameter.name == "classes":
            raise click.BadParameter(f"`{text}` names claims; a host has classes only", context, parameter)
    return once(context, parameter, names)


def _kept(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Where `hosts_of` finds it: commands pass it on without knowing of it."""
    context.meta[f"{_META}{parameter.name}"] = value
    return value


def _kept_classes(context: click.Context, parameter: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_kept(context, parameter, _classes(context, parameter, names)))


def _tls_options(**more: Any) -> tuple[click.Option, ...]:
    return tuple(
        click.Option([f"--tls-{name}"], type=_FILE, envvar=f"CLAIMS_TLS_{name.upper()}", help=text, **more)
        for name, text in (
            ("ca", "For tls://: whose certificates are believed, a PEM file."),
            ("cert", "For tls://: this side's own certificate."),
            ("key", "For tls://: the key of that certificate."),
        )
    )


hosts_options = (
    click.Option(
        ["--hosts"], metavar="ADDRESS", envvar="CLAIMS_HOSTS", help="Run on the hosts of this scheduler.",
        expose_value=False, callback=_kept,
    ),
    click.Option(
        ["--on"], multiple=True, metavar="CLASS[=ID,...]", expose_value=False, callback=_kept_classes,
        help="Only on hosts of this class; with IDs, only these claims.",
    ),
    *_tls_options(expose_value=False, callback=_kept),
)  # fmt: skip
"""Of the commands that can send sessions to other hosts."""


def hosts_of(errors: Screen) -> Hosts | None:
    """Where the command that runs sends its sessions; None: they run here. Raises InvalidInput."""
    from macros.run.pool.obtain import Hosts

    told = {
        name.removeprefix(_META): value
        for name, value in click.get_current_context().meta.items()
        if name.startswith(_META)
    }
    address, on = told.get("hosts"), told.get("on", ())
    if address is None:
        if on:
            raise click.UsageError("--on chooses among several hosts; name their scheduler with --hosts")
        return None
    of_claim: dict[str, tuple[str, ...]] = {}
    for name, _, ids in (text.partition("=") for text in on):
        for claim in ids.split(",") if ids else ():
            of_claim[claim] = (*of_claim.get(claim, ()), name)
    network = _network(address, told)
    if network.is_open:
        errors.note(OPEN_NETWORK.format(address=address), "yellow")
    return Hosts(network, tuple(name for name in on if "=" not in name), of_claim)


@click.command(
    "worker",
    params=[
        click.Argument(["scheduler"], metavar="SCHEDULER"),
        click.Option(["--name"], help="What the host is called; default: its own name."),
        click.Option(
            ["--class", "classes"], multiple=True, callback=_classes, help="A class of machines that it belongs to."
        ),
        toolchain_option,
        click.Option(
            ["--patience"], type=click.FloatRange(0), default=60.0, show_default=True,
            help="How many seconds to wait until this host is quiet.",
        ),
        *_tls_options(),
        claims_option,
    ],
)  # fmt: skip
def worker_command(
    folder: Path,
    scheduler: str,
    name: str | None,
    classes: tuple[str, ...],
    toolchains: tuple[str, ...],
    patience: float,
    **tls: Path | None,
) -> None:
    """Run sessions here for a scheduler, until it ends."""
    from macros import steps
    from macros.report.lines import Lines
    from macros.report.screen import Screen
    from macros.run.pool import worker
    from macros.run.pool.network import library

    errors = Screen(stderr=True)
    network = _network(scheduler, tls)
    library()
    if network.is_open:
        errors.note(OPEN_NETWORK.format(address=scheduler), "yellow")
    inputs = steps.load(folder)
    steps.check_toolchains(inputs, toolchains)
    progress = Lines(errors)
    card, lab = worker.prepare(inputs, name or platform.node() or "host", classes, toolchains, patience, progress)
    worker.Worker(network, card, lab, inputs, progress).work()


def _network(address: str, tls: dict[str, Any]) -> Network:
    from macros.run.pool.network import Network

    return Network(address, tls["tls_ca"], tls["tls_cert"], tls["tls_key"]).check()
