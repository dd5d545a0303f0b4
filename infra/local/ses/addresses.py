"""Email addresses as SES reads them: one parser for checks, identities and the simulator's addresses.

SES checks addresses with JavaMail, whose words its refusals have. No library serves: email-validator's rules and words are others.
"""

import re
from email.utils import getaddresses, parseaddr, quote
from typing import Final

from infra.local import mime
from infra.local.ses.errors import bad_request

_ADDRESS: Final = re.compile(r'(?P<local>(?:"(?:\\.|[^"\\])*"|[^"@])*)(?:@(?P<domain>.*))?', re.DOTALL)
_QUOTED: Final = re.compile(r'"(?:\\.|[^"\\])*"')
_USER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_NAME: Final = re.compile(r"[\w !#$%&'*+/=?^`{|}~-]*")
_CLOSING: Final = {'"': '"', "(": ")", "<": ">"}
_OPENING: Final = {")": "(", ">": "<"}


def bare(address: str) -> str:
    """Returns `ada@example.com` from `"Ada" <ada@example.com>`, or "" if there is no address."""
    return parseaddr(address)[1] if "<" in address else address.strip()


def domain_of(address: str) -> str:
    return bare(address).rpartition("@")[2].lower()


def split_list(value: str) -> list[str]:
    """Returns the addresses of a header value such as To, without their display names."""
    return [address for _, address in getaddresses([value]) if address]


def named_list(value: str) -> list[str]:
    """Returns the addresses of a header value such as To, with their decoded display names."""
    return [_named(mime.decoded_header(name), address) for name, address in getaddresses([value]) if address]


def check(address: str) -> str:
    """Returns the bare address. Raises SesError with SES's words if it is invalid."""
    plain = bare(address)
    if error := syntax_error(plain):
        raise bad_request(error)
    local, _, _ = plain.rpartition("@")
    if not _USER_NAME.fullmatch(local.strip('"')):
        raise bad_request(f"Address contains illegal characters in user name: '<{plain}>'.")
    return plain


def syntax_error(plain: str) -> str | None:
    """Returns what is wrong with a bare address, or None. Its user name may still have characters that SES refuses."""
    address = _ADDRESS.fullmatch(plain)
    if address is None or address["domain"] is None:
        return "Missing final '@domain'"
    local, domain = address["local"], address["domain"]
    errors = {
        "Missing local name": not local,
        "Local address contains control or whitespace": _has_control(_QUOTED.sub("", local)),
        "Missing domain": not domain,
        "Domain contains control or whitespace": _has_control(domain),
        "Domain contains illegal character": any(c in '<>()[]\\,;:@"' for c in domain),
        "Domain starts with dot": domain.startswith("."),
        "Domain ends with dot": domain.endswith("."),
    }
    return next((error for error, is_wrong in errors.items() if is_wrong), None)


def check_balance(value: str) -> None:
    """Raises SesError if a quote, a comment or an angle bracket of a header value such as To is open at its end."""
    opened: list[str] = []
    characters = iter(value)
    for character in characters:
        innermost = opened[-1] if opened else ""
        if character == "\\":
            next(characters, None)
        elif opened and character == _CLOSING[innermost]:
            opened.pop()
        elif innermost == '"' or (innermost == "(" and character != "("):
            continue
        elif character in '"(' or (character == "<" and not opened):
            opened.append(character)
        elif character in _OPENING:
            raise bad_request(f"Missing '{_OPENING[character]}'")
    if opened:
        raise bad_request(f"Missing '{_CLOSING[opened[-1]]}'")


def _has_control(text: str) -> bool:
    return any(not "!" <= c <= "~" for c in text)


def _named(name: str, address: str) -> str:
    if not name:
        return address
    return f"{name} <{address}>" if _NAME.fullmatch(name) else f'"{quote(name)}" <{address}>'
