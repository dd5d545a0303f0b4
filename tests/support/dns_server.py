"""A local authoritative name server for tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from dnslib import QTYPE, RCODE, RR, DNSRecord
from dnslib.server import DNSServer


class Zone:
    """Records in a zone file's lines. A name in `broken` answers SERVFAIL; a name without records, NXDOMAIN."""

    def __init__(self, lines: Iterable[str], broken: Iterable[str] = ()) -> None:
        self.records = [record for line in lines for record in RR.fromZone(line)]
        self.broken = set(broken)

    def resolve(self, request: DNSRecord, handler: object) -> DNSRecord:
        reply = request.reply()
        name, kind = str(request.q.qname).rstrip(".").lower(), QTYPE[request.q.qtype]
        if name in self.broken:
            reply.header.rcode = RCODE.SERVFAIL
            return reply
        of_name = [record for record in self.records if str(record.rname).rstrip(".").lower() == name]
        for record in of_name:
            if QTYPE[record.rtype] in {kind, "CNAME"}:
                reply.add_answer(record)
        if not of_name:
            reply.header.rcode = RCODE.NXDOMAIN
        return reply


@contextmanager
def serving(zone: Zone) -> Iterator[str]:
    """Yields address:port."""
    server = DNSServer(zone, port=0, address="127.0.0.1")
    server.start_thread()
    try:
        yield f"127.0.0.1:{server.server.server_address[1]}"
    finally:
        server.stop()
        server.server.server_close()
