"""API keys over HTTP, a Staffetta extension. Only the response that creates a key shows it."""

from __future__ import annotations

from typing import Any

from functions import wiring
from functions.ports.access import ApiKey
from functions.routes.access.models import (
    ApiKeyCreatedView,
    ApiKeyCreateRequest,
    ApiKeyList,
    ApiKeyRenameRequest,
    ApiKeyView,
)
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of


def create_api_key(request: ApiRequest) -> ApiKeyCreatedView:
    body = body_of(request, ApiKeyCreateRequest)
    scopes, owner = tuple(dict.fromkeys(body.scopes)), body.owner or request.caller.name
    secret, key = wiring.get(wiring.access.create_api_key)(body.name, owner, scopes, request.caller)
    return ApiKeyCreatedView(key=secret, **_fields(key))


def list_api_keys(request: ApiRequest) -> ApiKeyList:
    return ApiKeyList(results=[key_view(key) for key in wiring.get(wiring.adapters.access.api_keys).all()])


def rename_api_key(request: ApiRequest) -> ApiKeyView:
    name = body_of(request, ApiKeyRenameRequest).name
    key = wiring.get(wiring.access.manage_api_keys).rename(request.path_parameters["keyId"], name, request.caller)
    return key_view(key)


def revoke_api_key(request: ApiRequest) -> ApiKeyView:
    """Idempotent: a revoked key keeps its first revocation time. The audit log needs the key; the response has no body."""
    key = wiring.get(wiring.access.manage_api_keys).revoke(request.path_parameters["keyId"], request.caller)
    return key_view(key)


def key_view(key: ApiKey) -> ApiKeyView:
    return ApiKeyView(**_fields(key))


def _fields(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.secret_id,
        "name": key.name,
        "prefix": key.prefix,
        "owner": key.owner,
        "scopes": list(key.scopes),
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }
