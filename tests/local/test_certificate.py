"""The SMTP endpoint's certificate: kept, renewed in time, and private where it must be. That clients take it is test_smtp.py's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from infra.local import certificate

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_it_is_kept(tmp_path: Path) -> None:
    """So a client that trusts it need not be told again; the part with the key is its owner's."""
    first = certificate.load_or_create(tmp_path / "state", NOW)
    told = first.path.read_bytes()
    assert certificate.load_or_create(tmp_path / "state", NOW + timedelta(days=700)).path.read_bytes() == told
    assert b"PRIVATE" not in told
    assert told in first.private.read_bytes()
    assert first.private.stat().st_mode & 0o777 == 0o600
    assert first.path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("spoilt", [False, True])
def test_it_is_made_anew_before_it_ends(tmp_path: Path, spoilt: bool) -> None:
    """Also where what is there is none."""
    first = certificate.load_or_create(tmp_path, NOW)
    told = first.path.read_bytes()
    if spoilt:
        first.private.write_bytes(b"-----BEGIN CERTIFICATE-----\nnothing\n")
    later = NOW if spoilt else NOW + timedelta(days=800)
    renewed = certificate.load_or_create(tmp_path, later).path.read_bytes()
    assert renewed != told
    assert x509.load_pem_x509_certificate(renewed).not_valid_after_utc > later + timedelta(days=365)


def test_runs_that_start_at_once_share_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as runs:
        made = list(runs.map(lambda _: certificate.load_or_create(tmp_path, NOW).path.read_bytes(), range(16)))
    assert len(set(made)) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["localhost.crt", "localhost.pem"]


def test_the_folder_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert certificate.folder() == Path("/state/staffetta")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/ada")
    assert certificate.folder() == Path("/home/ada/.local/state/staffetta")
