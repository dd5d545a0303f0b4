"""Where webhooks may go: to hosts of the public Internet, by name, over TLS. Whoever may register an endpoint must not thereby reach what
only our own network does: other hosts of it, the cloud's metadata, ourselves.

A name says nothing about where it leads, and may lead elsewhere a second later: so each address that it has is judged whenever a connection
is made, and the connection is made to that very address.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from msgspec import Struct

URL_MAX = 2000  # characters
PORTS = (443, 8443)
LOCALHOSTS = frozenset({"localhost", "127.0.0.1"})

_NAME = re.compile(r"(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PRINTABLE = re.compile(r"[!-~]+")
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")  # all that IANA has given out
# Public by their number, but they lead to another address that is written into them, or to nobody.
_ODD = [
    ipaddress.ip_network(text)
    for text in (
        *("192.0.0.0/24", "192.88.99.0/24"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
]


def public(address: str) -> bool:
    """Whether an IP address is one host of the public Internet. What is no address is none."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if ip.version == 6 and ip not in _GLOBAL_V6:  # noqa: PLR2004 - so IPv4 in IPv6 (mapped, NAT64) is none either
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved) and not any(ip in odd for odd in _ODD)


class UrlTarget(Struct, frozen=True):
    """A URL that may be posted to, if its host's addresses may."""

    host: str
    port: int
    path: str  # with the query
    tls: bool = True


def target(url: str, *, localhost: bool = False) -> UrlTarget:
    """`localhost`: that this machine is meant is fine, at any port and without TLS. Raises ValueError that says what would be right."""
    if len(url) > URL_MAX or not _PRINTABLE.fullmatch(url):
        raise ValueError(f"must be a URL of at most {URL_MAX} ASCII characters")
    try:
        parts = urlsplit(url)
        host, given = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise ValueError(f"is not a URL: {error}") from error
    if "@" in parts.netloc or parts.fragment or "\\" in url:
        raise ValueError("must be a URL without a user name, a backslash or a fragment")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if localhost and host in LOCALHOSTS and parts.scheme == "http":
        return UrlTarget(host, given or 80, path, tls=False)
    if parts.scheme != "https":
        raise ValueError("must begin with https://")
    if not _NAME.fullmatch(host):
        raise ValueError(
            "must name its host by a full domain name, such as hooks.acme.com (in ASCII), and not by an address"
        )
    if (given or PORTS[0]) not in PORTS:
        raise ValueError(f"must use port {' or '.join(map(str, PORTS))}")
    return UrlTarget(host, given or PORTS[0], path)
