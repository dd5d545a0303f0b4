"""The routes of SMTP tokens."""

from __future__ import annotations

from functions.core.access.scopes import TRANSACTIONAL_EMAIL
from functions.http.route import DATED_VERSIONS, Base, routes_of

SMTP_TOKENS = routes_of(
    (
        Base("/marketing/v3/transactional/smtp-tokens"),
        Base("/marketing/transactional/{version}/smtp-tokens", DATED_VERSIONS),
    ),
    (
        ("POST", "", "create_smtp_token", 201),
        ("GET", "", "list_smtp_tokens", 200),
        ("GET", "/{tokenId}", "get_smtp_token", 200),
        ("POST", "/{tokenId}/password-reset", "reset_smtp_token_password", 200),
        ("DELETE", "/{tokenId}", "delete_smtp_token", 204),
    ),
    "smtp_tokens",
    (TRANSACTIONAL_EMAIL,),
)
