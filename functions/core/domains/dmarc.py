"""DMARC (RFC 7489): one record for a domain, or that of the nearest parent."""

from __future__ import annotations

import re

from msgspec import Struct

POLICIES = ("none", "quarantine", "reject")  # from the weakest

_VERSION = re.compile(r"\s*v\s*=\s*DMARC1\s*(;|$)")
_MAILTO = re.compile(r"mailto:([^!\s@]+@[^!\s@]+)", re.IGNORECASE)


class Dmarc(Struct, frozen=True):
    policy: str
    subdomain_policy: str
    reports: tuple[str, ...]  # the addresses of `rua`


def is_dmarc(text: str) -> bool:
    """Returns whether a TXT record counts as DMARC's: all other TXT records of the name are ignored."""
    return _VERSION.match(text) is not None


def parse(text: str) -> Dmarc | None:
    """Returns None if the record is malformed. A record that only names addresses for reports has the policy none."""
    if not is_dmarc(text):
        return None
    tags: dict[str, str] = {}
    for part in text.split(";")[1:]:
        name, equals, value = part.partition("=")
        if equals:
            tags.setdefault(name.strip().lower(), value.strip())
    reports = tuple(
        match[1]
        for uri in tags.get("rua", "").split(",")
        if (match := _MAILTO.fullmatch(uri.strip().partition("!")[0]))
    )
    policy = tags.get("p", "none" if reports else "").lower()
    subdomains = tags.get("sp", policy).lower()
    if policy not in POLICIES or subdomains not in POLICIES:
        return None
    return Dmarc(policy, subdomains, reports)


def weaker(policy: str, other: str) -> bool:
    return POLICIES.index(policy) < POLICIES.index(other)


def with_policy(text: str, policy: str) -> str:
    """Returns the record with another policy for the domain itself."""
    return re.sub(r"(;\s*p\s*=\s*)\w+", rf"\g<1>{policy}", text, count=1, flags=re.IGNORECASE)
