"""Email addresses as SES takes them: a 7-bit local part, a domain in lower case and its ASCII form, a display name in any script.

SES and IAM compare the identity's ARN with the domain as it is written, so a domain in capitals would pass our checks and never go out.
"""

from __future__ import annotations

import re

from msgspec import Struct

# Local parts that HubSpot refuses as recipients: they reach a team or a machine, not a person.
ROLE_NAMES = frozenset(
    [
        "abuse",
        "no-reply",
        "noreply",
        "root",
        "spam",
        "security",
        "undisclosed-recipients",
        "unsubscribe",
        "inoc",
        "postmaster",
        "privacy",
    ]
)
LOCAL_PART_MAX, ADDRESS_MAX, LABEL_MAX = 64, 254, 63  # octets: RFC 5321 section 4.5.3.1, RFC 1035 section 2.3.4
TEXT_MAX = 998  # characters of an address with its display name: one header line of RFC 5322

_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_ANOTHER = re.compile(r"<[^<>]*@[^<>]*>|@[^@]*[,;]")  # an address before the last one
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_LABEL = rf"(?!-)[A-Za-z0-9-]{{1,{LABEL_MAX}}}(?<!-)"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Letters that today's domains (IDNA 2008) allow. Python's codec (IDNA 2003) replaces them by others, but straße.de is not strasse.de.
_DEVIATION = re.compile("[\u00df\u1e9e\u03c2\u200c\u200d]")


class Address(Struct, frozen=True):
    email: str  # local@domain, the domain in lower case and its ASCII form
    name: str = ""

    @property
    def local_part(self) -> str:
        return self.email.rpartition("@")[0]

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2].lower()

    @property
    def is_role(self) -> bool:
        return self.local_part.lower() in ROLE_NAMES

    def within(self, domain: str) -> bool:
        """Returns True for the domain itself and for its subdomains. An SES domain identity covers the same."""
        return self.domain == domain.lower() or self.domain.endswith("." + domain.lower())


def parse(text: str) -> Address:
    """'ada@example.com' or 'Ada Lovelace <ada@example.com>' → Address. Raises ValueError with the reason."""
    if len(text) > TEXT_MAX:
        raise ValueError(f"is longer than {TEXT_MAX} characters")
    if _CONTROL.search(text):
        raise ValueError("must not contain line breaks or other control characters")
    text = text.strip()
    name, bracket, email = text.removesuffix(">").rpartition("<")
    if not bracket or not text.endswith(">"):
        return Address(_checked(text))
    return Address(_checked(email.strip()), _display_name(name.strip()))


def quoted(name: str) -> str:
    """Returns a display name as `parse` reads it before an address, whatever it has in it."""
    return name if _QUOTED.fullmatch(name) else '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'


def with_lower_domain(email: str) -> str:
    """'Ada@Example.NET' → 'Ada@example.net': the form in which SES lists an address."""
    local_part, at, domain = email.rpartition("@")
    return local_part + at + domain.lower()


def _display_name(name: str) -> str:
    if not _QUOTED.fullmatch(name):
        _check_single(name)
    if len(name) > 1 and name[0] == name[-1] == '"':
        return re.sub(r"\\(.)", r"\1", name[1:-1])
    return name


def _check_single(before: str) -> None:
    """Checks what is before the last address: the mail would reach only that one. Raises ValueError with the reason."""
    if _ANOTHER.search(before):
        raise ValueError("has more than one address: expected one")


def _checked(text: str) -> str:
    local_part, at, domain = text.rpartition("@")
    if not at or not local_part or not domain:
        raise ValueError(f"{text!r} is not an email address: expected name@domain")
    _check_single(local_part)
    if not local_part.isascii():
        raise ValueError(f"{text!r} has {local_part!r} before the @: SES takes only ASCII there")
    if not _LOCAL_PART.fullmatch(local_part) or len(local_part) > LOCAL_PART_MAX:
        raise ValueError(f"{text!r} has an invalid part before the @: {local_part!r}")
    try:
        email = f"{local_part}@{ascii_domain(domain)}"
    except ValueError as error:
        raise ValueError(f"{text!r} has {error}") from error
    if len(email) > ADDRESS_MAX:
        raise ValueError(f"{text!r} is longer than {ADDRESS_MAX} characters")
    return email


def ascii_domain(domain: str) -> str:
    """'MAIL.Bücher.example' → 'mail.xn--bcher-kva.example'. Raises ValueError with the reason."""
    if _DEVIATION.search(domain):
        raise ValueError(f"a domain with a letter of two readings: write {domain!r} in its ASCII form (xn--...)")
    try:
        folded = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError(f"an invalid domain: {domain!r}") from error
    if not _DOMAIN.fullmatch(folded):
        raise ValueError(f"an invalid domain: {domain!r}")
    return folded.lower()
