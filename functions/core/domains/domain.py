"""A sending domain of a stage, and SES's identity of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from functions.core.addresses import Address, ascii_domain

NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
DOMAINS_MAX = 100  # of a stage: each worker reads all of them once a minute


class Domain(Struct, frozen=True, kw_only=True):
    """What a stage stores of a domain. `since` and `drifted` have an entry for a DNS record, by its key."""

    name: str  # lower case, ASCII form
    created_at: str = ""
    adopted: bool = False  # SES had the identity before: removal leaves it there
    dmarc_reports: str = ""  # the address for DMARC's reports; empty: none
    transactional_set: str = ""  # empty: the stage's
    marketing_set: str = ""  # empty: the stage's
    sendable: bool | None = None  # as SES last answered; None: never read
    reason: str = ""  # why SES does not send as it
    checked_at: str = ""
    since: Mapping[str, str] = field(default_factory=dict)  # since when the record is right
    drifted: Mapping[str, str] = field(default_factory=dict)  # since when a record that was right is not


class SesIdentity(Struct, frozen=True, kw_only=True):
    """SES's identity of a domain, as GetEmailIdentity answers it."""

    name: str
    sendable: bool  # VerifiedForSendingStatus
    dkim_status: str
    dkim_tokens: tuple[str, ...]
    dkim_zone: str  # the zone of the records that the tokens name; empty: the owner's own key
    mail_from: str = ""
    mail_from_status: str = ""
    configuration_set: str = ""  # the default set
    ours: bool = False  # whether this stage may send as it
    error: str = ""  # VerificationInfo.ErrorType
    last_checked: str = ""
    last_success: str = ""
    name_server: str = ""  # the primary name server that SES found


def own_sets(prefix: str, name: str) -> tuple[str, str]:
    """Returns the names of a domain's own configuration sets, the transactional and the marketing one. SES's names have 64 characters at
    most, and no dot.
    """
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{prefix}{digest}-transactional", f"{prefix}{digest}-marketing"


def named(domains: Iterable[Domain], name: str) -> Domain:
    """Returns the domain as stored. One that is not stored has the stage's sets."""
    return next((domain for domain in domains if domain.name == name), Domain(name=name))


def parse_name(text: str) -> str:
    """Returns the name in lower case and its ASCII form. Raises ValueError."""
    name = ascii_domain(text)
    if not NAME.fullmatch(name):
        raise ValueError(text)
    return name


def covering(domains: Iterable[Domain], address: Address) -> Domain | None:
    """Returns the domain that an address belongs to: the longest that covers it, as SES chooses an identity."""
    return max((one for one in domains if address.within(one.name)), key=lambda one: len(one.name), default=None)
