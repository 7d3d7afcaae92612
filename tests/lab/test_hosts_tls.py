"""TLS between a run, a scheduler and a host: with real certificates, and without the right ones."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from macros.claim.fields import VerdictName
from macros.problems import EnvironmentFailed
from macros.run.plan import Mode
from macros.run.pool import hosts as pool_hosts
from macros.run.pool.network import Network
from macros.run.pool.obtain import Hosts
from macros.steps import execute, load
from tests.builders import printing_claim, with_settings
from tests.fake_lab import FakeLab
from tests.pools import pool

pytestmark = pytest.mark.container

Files = tuple[Path, Path, Path]


def certificate(folder: Path, name: str) -> Files:
    """An authority, a certificate of it, and the key of that."""
    ca, cert, key = folder / f"{name}-ca.pem", folder / f"{name}.pem", folder / f"{name}.key"

    def openssl(*arguments: object) -> None:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    new = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    its_key = folder / f"{name}-ca.key"
    openssl(*new, "-x509", "-days", 2, "-subj", f"/CN=the authority of {name}", "-keyout", its_key, "-out", ca)
    openssl(*new, "-subj", f"/CN={name}", "-keyout", key, "-out", folder / f"{name}.csr")
    signed = ("-CA", ca, "-CAkey", its_key, "-set_serial", 1, "-days", 2)
    openssl("x509", "-req", "-in", folder / f"{name}.csr", *signed, "-out", cert)
    return ca, cert, key


def test_a_run_and_a_host_of_one_authority_meet_and_a_stranger_is_kept_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has no certificate of the authority reaches no scheduler, with TLS or without."""
    monkeypatch.setenv("CLAIMS_LEDGER", str(tmp_path / "ledger"))
    monkeypatch.setattr(pool_hosts, "CONNECT_SECONDS", 20)
    ours, strangers = certificate(tmp_path, "ours"), certificate(tmp_path, "strangers")
    claims = with_settings(tmp_path / "claims")
    printing_claim(claims, "steady")
    inputs = load(claims)

    def run(address: str, *files: Path) -> VerdictName:
        hosts = Hosts(Network(address, *files).check())
        result = execute(inputs, inputs.catalogue.select(()), mode=Mode.AUTO, lab=FakeLab(), hosts=hosts)
        return result.claims["steady"].finding.verdict

    with pool(tmp_path, ours) as there:
        there.fake_host("one", claims)
        there.joined("one")
        assert run(there.address, *ours) is VerdictName.CONFIRMED
        monkeypatch.setattr(pool_hosts, "CONNECT_SECONDS", 3)
        for address, files in ((there.address, strangers), (there.address.replace("tls", "tcp"), ())):
            with pytest.raises(EnvironmentFailed, match="no scheduler answers at"):
                run(address, *files)
