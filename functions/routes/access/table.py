"""The routes of API keys and the audit log."""

from __future__ import annotations

from functions.core.access.scopes import ACCOUNT
from functions.http.route import Route

ACCESS = (
    Route("POST", "/staffetta/v1/api-keys", "create_api_key", "api", (ACCOUNT,), 201),
    Route("GET", "/staffetta/v1/api-keys", "list_api_keys", "api", (ACCOUNT,)),
    Route("PATCH", "/staffetta/v1/api-keys/{keyId}", "rename_api_key", "api", (ACCOUNT,)),
    Route("DELETE", "/staffetta/v1/api-keys/{keyId}", "revoke_api_key", "api", (ACCOUNT,), 204),
    Route("GET", "/staffetta/v1/audit", "list_audit_entries", "api", (ACCOUNT,)),
)
