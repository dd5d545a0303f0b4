"""The allowed targets of webhooks: hosts of the public Internet, by name, over TLS. An endpoint must not reach private hosts, the
cloud's metadata or Staffetta itself (SSRF).

A name may resolve to another address a second later. So each of its addresses is checked before every connection, and the connection
goes to exactly that address.
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
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")  # everything that IANA has assigned
# Public by their number, but they embed another address, or lead to no host.
_ODD = [
    ipaddress.ip_network(text)
    for text in (
        *("192.0.0.0/24", "192.88.99.0/24"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
]


def public(address: str) -> bool:
    """Returns whether a text is the IP address of one host of the public Internet."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if ip.version == 6 and ip not in _GLOBAL_V6:  # noqa: PLR2004 - so IPv4 in IPv6 (mapped, NAT64) is not public either
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved) and not any(ip in odd for odd in _ODD)


class UrlTarget(Struct, frozen=True):
    """A URL that webhooks may use, if its host's addresses are public."""

    host: str
    port: int
    path: str  # with the query
    tls: bool = True


def target(url: str, *, localhost: bool = False) -> UrlTarget:
    """Parses a webhook's URL. `localhost` allows this machine, at any port and without TLS. Raises ValueError with the valid form."""
    if len(url) > URL_MAX or not _PRINTABLE.fullmatch(url):
        raise ValueError(f"must be a URL of at most {URL_MAX} ASCII characters")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise ValueError(f"is not a URL: {error}") from error
    if "@" in parts.netloc or parts.fragment or "\\" in url:
        raise ValueError("must be a URL without a user name, a backslash or a fragment")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if localhost and host in LOCALHOSTS and parts.scheme == "http":
        return UrlTarget(host, port or 80, path, tls=False)
    if parts.scheme != "https":
        raise ValueError("must begin with https://")
    if not _NAME.fullmatch(host):
        raise ValueError(
            "must name its host by a full domain name, such as hooks.acme.com (in ASCII), and not by an address"
        )
    if (port or PORTS[0]) not in PORTS:
        raise ValueError(f"must use port {' or '.join(map(str, PORTS))}")
    return UrlTarget(host, port or PORTS[0], path)
