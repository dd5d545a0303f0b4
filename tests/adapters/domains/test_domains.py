"""The stored domains, against the fake and against DynamoDB."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.core.domains.domain import Domain
from functions.ports.domains import Domains
from tests.fakes.domains import MemoryDomains
from tests.support.aws.cloud import aws_of

FULL = Domain(
    name="mail.acme.com",
    created_at="2026-11-29T12:00:00.000Z",
    adopted=True,
    dmarc_reports="dmarc@acme.com",
    transactional_set="own-transactional",
    marketing_set="own-marketing",
    sendable=False,
    reason="no DKIM",
    checked_at="2026-11-29T12:00:00.000Z",
    since={"MX bounce.mail.acme.com": "2026-11-29T12:00:00.000Z"},
    drifted={"SES": "2026-11-29T12:00:00.000Z"},
)


@pytest.fixture(params=["memory", "dynamodb"])
def domains(request: pytest.FixtureRequest) -> Domains:
    return MemoryDomains() if request.param == "memory" else aws_of(request).get(wiring.adapters.domains.domains)


def test_a_domain_is_stored_whole(domains: Domains) -> None:
    domains.put(FULL)
    assert domains.get(FULL.name) == FULL
    assert FULL in domains.all()


def test_a_minimal_domain_is_stored(domains: Domains) -> None:
    domains.put(Domain(name="min.acme.com"))
    assert domains.get("min.acme.com") == Domain(name="min.acme.com")


def test_a_removed_domain_is_gone(domains: Domains) -> None:
    domains.put(Domain(name="gone.acme.com"))
    domains.remove("gone.acme.com")
    domains.remove("gone.acme.com")
    assert domains.get("gone.acme.com") is None
