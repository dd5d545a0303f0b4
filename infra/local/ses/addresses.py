"""Email addresses as SES reads them: one parser for checks, identities and the simulator's addresses.

No library serves: email-validator's rules, and its words, are not SES's.
"""

from email.utils import getaddresses, parseaddr

from infra.local.ses.errors import bad_request


def bare(address: str) -> str:
    """Returns `ada@example.com` from `"Ada" <ada@example.com>`, or "" if there is no address."""
    return parseaddr(address)[1] if "<" in address else address.strip()


def domain_of(address: str) -> str:
    return bare(address).rpartition("@")[2].lower()


def split_list(value: str) -> list[str]:
    """Returns the addresses of a header value such as To, without their display names."""
    return [address for _, address in getaddresses([value]) if address]


def check(address: str) -> str:
    """Returns the bare address. Raises SesError with SES's words if it is invalid."""
    plain = bare(address)
    local, at, domain = plain.rpartition("@")
    if not at or not domain:
        raise bad_request("Missing final '@domain'")
    if not local:
        raise bad_request("Missing local part")
    if not local.isascii() or any(c <= " " or c == "\x7f" for c in local):
        raise bad_request("Local address contains control or whitespace")
    if not domain.isascii() or any(c <= " " or c in '<>()[]\\,;:@"\x7f' for c in domain):
        raise bad_request("Domain contains illegal character")
    if domain.startswith(".") or domain.endswith("."):
        raise bad_request("Domain starts or ends with dot")
    return plain
