"""DNS over the wire, from a local authoritative server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from functions.adapters.domains import dns
from functions.adapters.domains.dns import DnsResolver
from functions.core.domains.dns_answers import DnsAnswer, DnsQuery
from functions.settings import NO_DNS
from tests.support.dns_server import Zone, serving

ZONE = Zone(
    [
        "t1._domainkey.acme.com. 60 IN CNAME t1.dkim.amazonses.com.",
        "bounce.acme.com. 60 IN MX 10 feedback-smtp.eu-west-1.amazonses.com.",
        'bounce.acme.com. 60 IN TXT "v=spf1 include:amazonses.com" " ~all"',
        "proxied.acme.com. 60 IN A 192.0.2.1",
    ],
    broken=["broken.acme.com"],
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving(ZONE) as address:
        yield address


@pytest.mark.parametrize(
    ("name", "kind", "values"),
    [
        ("t1._domainkey.acme.com", "CNAME", ("t1.dkim.amazonses.com",)),
        ("bounce.acme.com", "MX", ("10 feedback-smtp.eu-west-1.amazonses.com",)),
        ("bounce.acme.com", "TXT", ("v=spf1 include:amazonses.com ~all",)),
        ("proxied.acme.com", "CNAME", ()),
        ("nothing.acme.com", "TXT", ()),
    ],
)
def test_answers(server: str, name: str, kind: str, values: tuple[str, ...]) -> None:
    query = DnsQuery(name, kind)
    assert DnsResolver(server).answers([query]) == {query: DnsAnswer(values)}


def test_a_failing_server_is_no_missing_record(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns, "TIMEOUT_SECONDS", 0.5)
    query = DnsQuery("broken.acme.com", "TXT")
    answer = DnsResolver(server).answers([query])[query]
    assert answer.values == ()
    assert "did not answer for broken.acme.com" in answer.error


def test_a_stage_may_have_no_server() -> None:
    query = DnsQuery("acme.com", "TXT")
    assert DnsResolver(NO_DNS).answers([query])[query].error
