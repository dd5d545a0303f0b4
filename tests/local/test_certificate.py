"""The SMTP endpoint's certificate: stored, renewed in time, and private. test_smtp.py tests that clients accept it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from infra.local import certificate

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_it_is_stored(tmp_path: Path) -> None:
    """A client that trusts it needs no new setup. Only the owner can read the part with the key."""
    first = certificate.load_or_create(tmp_path / "state", NOW)
    content = first.path.read_bytes()
    assert certificate.load_or_create(tmp_path / "state", NOW + timedelta(days=700)).path.read_bytes() == content
    assert b"PRIVATE" not in content
    assert content in first.private.read_bytes()
    assert first.private.stat().st_mode & 0o777 == 0o600
    assert first.path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("spoilt", [False, True])
def test_it_is_renewed_before_it_expires(tmp_path: Path, spoilt: bool) -> None:
    """An invalid file is replaced too."""
    first = certificate.load_or_create(tmp_path, NOW)
    content = first.path.read_bytes()
    if spoilt:
        first.private.write_bytes(b"-----BEGIN CERTIFICATE-----\nnothing\n")
    later = NOW if spoilt else NOW + timedelta(days=800)
    renewed = certificate.load_or_create(tmp_path, later).path.read_bytes()
    assert renewed != content
    assert x509.load_pem_x509_certificate(renewed).not_valid_after_utc > later + timedelta(days=365)


def test_runs_that_start_at_once_share_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as runs:
        contents = list(runs.map(lambda _: certificate.load_or_create(tmp_path, NOW).path.read_bytes(), range(16)))
    assert len(set(contents)) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["localhost.crt", "localhost.pem"]
