"""ports.Dns on dnspython. Only a check of a domain imports it: it takes 50 ms."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from dns.exception import DNSException
from dns.rdata import Rdata
from dns.resolver import NXDOMAIN, NoAnswer, Resolver
from msgspec import Struct

from functions.core.domains.dns_answers import Answers, DnsAnswer, DnsQuery
from functions.settings import NO_DNS, SYSTEM_DNS

TIMEOUT_SECONDS = 4.0  # for one query, all its attempts together
AT_ONCE = 16


class DnsResolver(Struct, frozen=True):
    server: str = SYSTEM_DNS  # or NO_DNS, or address:port

    def answers(self, queries: Iterable[DnsQuery]) -> Answers:
        requested = list(dict.fromkeys(queries))
        if self.server == NO_DNS:
            return dict.fromkeys(requested, DnsAnswer(error="this stage queries no DNS server"))
        resolver = self._resolver()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip(requested, pool.map(lambda query: _answer(resolver, query), requested), strict=True))

    def _resolver(self) -> Resolver:
        resolver = Resolver(configure=self.server == SYSTEM_DNS)
        if self.server != SYSTEM_DNS:
            address, _, port = self.server.rpartition(":")
            resolver.nameservers, resolver.port = [address], int(port)
        resolver.lifetime = TIMEOUT_SECONDS
        return resolver


def _answer(resolver: Resolver, query: DnsQuery) -> DnsAnswer:
    try:
        answer = resolver.resolve(f"{query.name}.", query.type, search=False)
    except (NXDOMAIN, NoAnswer):
        return DnsAnswer()
    except DNSException as error:
        return DnsAnswer(error=f"DNS did not answer for {query.name} ({type(error).__name__})")
    return DnsAnswer(tuple(sorted(_value(record) for record in answer)))


def _value(record: Rdata) -> str:
    """Returns a value without quotes and without a dot at its end. TXT's strings are joined: a long value is split."""
    strings = getattr(record, "strings", None)
    if strings is not None:
        return b"".join(strings).decode("utf-8", "replace")
    return record.to_text().rstrip(".")
