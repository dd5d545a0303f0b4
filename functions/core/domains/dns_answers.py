"""What DNS answers, and how to query it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class DnsQuery(Struct, frozen=True):
    name: str
    type: str  # A, CNAME, MX or TXT


class DnsAnswer(Struct, frozen=True):
    """The values in a zone file's notation, without quotes and without a dot at the end. No value: the record does not exist."""

    values: tuple[str, ...] = ()
    error: str = ""  # why there is no answer; the record may exist or not


Answers = Mapping[DnsQuery, DnsAnswer]


def normal(name: str) -> str:
    """Returns a host name as it is compared."""
    return name.strip().rstrip(".").lower()


def zones(domain: str) -> list[str]:
    """Returns the domain and its parents, without the top-level domain: one of them is the zone of its records."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(max(len(labels) - 1, 1))]
