"""Finds properties and links that look like secrets: an email that has one should be sensitive. A hint is a guess by names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from functions.core.emails.email import EmailBody

_PURPOSE = (
    r"(?:2fa|accept|access|activate|activation|auth|authentication|backup|confirm|confirmation|download|export|invitation|invite|login|"
    r"magic|mfa|one_time|password|recover|recovery|reset|secure|security|sign_in|signed|signin|sso|two_factor|unlock|verification|verify)"
)
_PROPERTY = re.compile(r"\b(?:custom|contact)((?:\.\w+)+)", re.ASCII)
_SECRET_NAME = re.compile(
    rf"(?:^|_)(?:otp|passcode|password|passwd|pin|secret|token|totp|(?:api|private)_key|{_PURPOSE}_(?:code|href|key|link|uri|url))$"
)
_BARE_NAMES = frozenset({".code"})  # as a part of another name it is a country's or a voucher's
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SECRET_PARAMETER = re.compile(
    r"[?&;#](?:[\w-]*(?:jwt|nonce|otp|secret|signature|token)|auth|code|hash|key|sig)=", re.IGNORECASE
)
_SECRET_PATH = re.compile(rf"/{_PURPOSE}s?[/?]", re.IGNORECASE)
_NO_ADDRESS = re.compile(r"""[\s"'{]""")


def properties(content: EmailBody) -> Iterator[str]:
    """Yields each property that looks like a secret, as the template writes it: `custom.code`."""
    for text in (content.subject, content.html, content.text):
        for match in _PROPERTY.finditer(text):
            if match[1] in _BARE_NAMES or _SECRET_NAME.search(_snake_case(match[1].rpartition(".")[2])):
                yield match[0]


def is_secret_link(address: str) -> bool:
    """Returns whether a property fills a part of the address that looks like a secret."""
    *before_values, _ = address.split("{{")
    return any(_names_secret(_NO_ADDRESS.split(text)[-1]) for text in before_values)


def _names_secret(part: str) -> bool:
    """Returns whether a part of an address makes a secret of the value behind it."""
    parameter = part[max(part.rfind("&"), part.rfind("#"), 0) :]
    return bool(_SECRET_PATH.search(part) or _SECRET_PARAMETER.search(parameter))


def _snake_case(name: str) -> str:
    return _CAPITAL.sub("_", name).lower()
