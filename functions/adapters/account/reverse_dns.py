"""ports.ReverseDns on dnspython, with the resolver of the machine."""

from __future__ import annotations

from dns import resolver, reversename
from dns.exception import DNSException
from msgspec import Struct

from functions.core.account.dedicated_ips import ReverseName

SECONDS = 3.0  # of a query, with its retries


class DnsReverse(Struct, frozen=True):
    def name(self, address: str) -> ReverseName | None:
        try:
            (record, *_) = resolver.resolve(reversename.from_address(address), "PTR", lifetime=SECONDS)
            name = str(record.target).rstrip(".")
        except (DNSException, OSError):
            return None
        return ReverseName(name, confirmed=_resolves(name, address))


def _resolves(name: str, address: str) -> bool:
    try:
        return any(record.address == address for record in resolver.resolve(name, "A", lifetime=SECONDS))
    except (DNSException, OSError):
        return False
