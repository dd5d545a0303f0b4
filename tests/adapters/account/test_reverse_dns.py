"""Names of addresses against an authoritative server on this machine."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest

from functions.adapters.account.reverse_dns import DnsReverse
from functions.core.account.dedicated_ips import ReverseName

RECORDS = {
    ("1.2.0.192.in-addr.arpa.", "PTR"): "a1.smtp.example.net.",
    ("a1.smtp.example.net.", "A"): "192.0.2.1",
    ("2.2.0.192.in-addr.arpa.", "PTR"): "elsewhere.example.net.",
    ("elsewhere.example.net.", "A"): "192.0.2.99",
}


def answer(wire: bytes) -> bytes:
    query = dns.message.from_wire(wire)
    (record,) = query.question
    kind = dns.rdatatype.to_text(record.rdtype)
    response = dns.message.make_response(query)
    response.flags |= dns.flags.AA
    if value := RECORDS.get((record.name.to_text(), kind)):
        response.answer.append(dns.rrset.from_text(record.name, 60, "IN", kind, value))
    return response.to_wire()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                wire, client = listening.recvfrom(4096)
                if not wire:
                    return
                listening.sendto(answer(wire), client)

        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], listening.getsockname()[1]
        monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
        thread = threading.Thread(target=serve)
        thread.start()
        yield
        listening.sendto(b"", listening.getsockname())
        thread.join()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.1", ReverseName("a1.smtp.example.net", confirmed=True)),
        ("192.0.2.2", ReverseName("elsewhere.example.net", confirmed=False)),
        ("192.0.2.3", None),
    ],
)
def test_a_name_must_resolve_to_its_address(server: None, address: str, name: ReverseName | None) -> None:
    assert DnsReverse().name(address) == name
