"""The routes of SMTP tokens."""

from __future__ import annotations

from functions.routes.http.route import DATED_VERSIONS, TRANSACTIONAL_EMAIL, Route

SMTP_TOKENS = tuple(
    Route(method, f"{base}{path}", operation, "smtp_tokens", (TRANSACTIONAL_EMAIL,), success)
    for base in (
        "/marketing/v3/transactional/smtp-tokens",
        *(f"/marketing/transactional/{v}/smtp-tokens" for v in DATED_VERSIONS),
    )
    for method, path, operation, success in (
        ("POST", "", "create_smtp_token", 201),
        ("GET", "", "list_smtp_tokens", 200),
        ("GET", "/{tokenId}", "get_smtp_token", 200),
        ("POST", "/{tokenId}/password-reset", "reset_smtp_token_password", 200),
        ("DELETE", "/{tokenId}", "delete_smtp_token", 204),
    )
)
