"""Random ids and secrets."""

from __future__ import annotations

import os
import secrets

from functions.core import ids

# Ids of emails that are created over the API: twelve digits, which JavaScript represents exactly, and no starter has.
_FIRST_EMAIL, _EMAILS = 10**11, 9 * 10**11
_TYPE_LEAST = 100_000_000  # id of a subscription type: nine digits, as HubSpot's


def new_id() -> str:
    return ids.uuid4(os.urandom(16))


def new_secret() -> str:
    """Returns 256 random bits."""
    return secrets.token_urlsafe(32)


def new_email_number() -> int:
    return _FIRST_EMAIL + secrets.randbelow(_EMAILS)


def new_campaign_number() -> int:
    """Returns the id of an SMTP token, below JavaScript's largest exact integer."""
    return 1 + secrets.randbelow(2**53 - 1)


def new_type_id() -> str:
    return str(_TYPE_LEAST + secrets.randbelow(9 * _TYPE_LEAST))
