"""The routes of SMTP tokens in HubSpot's v1 API."""

from __future__ import annotations

from functions.core.access.scopes import TRANSACTIONAL_EMAIL
from functions.http.route import Route

_TOKENS = "/email/public/v1/smtpapi/tokens"
LEGACY_SMTP_TOKENS = tuple(
    Route(method, _TOKENS + path, operation, "smtp_tokens", (TRANSACTIONAL_EMAIL,))
    for method, path, operation in (
        ("GET", "", "list_smtpapi_tokens"),
        ("POST", "", "create_smtpapi_token"),
        ("POST", "/{userName}/password-reset", "reset_smtpapi_token_password"),
    )
)
