"""API keys on the wire. Ours: HubSpot has no such resource. A key is shown once, in the answer that makes it."""

from __future__ import annotations

from typing import Any

from functions import wiring
from functions.core import addresses, timestamps
from functions.core.access.audit import AuditAction
from functions.core.errors import FieldError, NotFound, Rejected
from functions.ports.access import ApiKey
from functions.routes.access.audit import note
from functions.routes.access.models import ApiKeyCreatedView, ApiKeyList, ApiKeyView
from functions.routes.http.dispatch import Operation, Request
from functions.routes.http.route import SCOPES
from functions.steps.access.create_api_key import checked_name


def create_api_key(request: Request) -> ApiKeyCreatedView:
    body, faults = request.json(), list[FieldError]()
    name = _name(body, faults)
    scopes = _scopes(body.get("scopes"), faults)
    owner = _owner(body.get("owner"), request.caller.owner, faults)
    if faults:
        raise Rejected(faults)
    secret, key = wiring.get(wiring.access.create_api_key)(name, owner, scopes)
    note(request, AuditAction.KEY_MADE, key.secret_id, name=name, owner=owner, scopes=" ".join(scopes))
    return ApiKeyCreatedView(key=secret, **_fields(key))


def list_api_keys(request: Request) -> ApiKeyList:
    return ApiKeyList(results=[key_view(key) for key in wiring.get(wiring.adapters.api_keys).all()])


def rename_api_key(request: Request) -> ApiKeyView:
    faults: list[FieldError] = []
    name = _name(request.json(), faults)
    if faults:
        raise Rejected(faults)
    renamed = _found(request, wiring.get(wiring.adapters.api_keys).rename(request.path_parameters["keyId"], name))
    note(request, AuditAction.KEY_RENAMED, renamed.id, name=name)
    return renamed


def revoke_api_key(request: Request) -> None:
    """Again and again, with the same answer: its first revocation counts."""
    now = timestamps.iso(wiring.container().clock())
    revoked = _found(request, wiring.get(wiring.adapters.api_keys).revoke(request.path_parameters["keyId"], now))
    note(request, AuditAction.KEY_REVOKED, revoked.id, name=revoked.name)


OPERATIONS: dict[str, Operation] = {
    "create_api_key": create_api_key,
    "list_api_keys": list_api_keys,
    "rename_api_key": rename_api_key,
    "revoke_api_key": revoke_api_key,
}


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


def _found(request: Request, key: ApiKey | None) -> ApiKeyView:
    if key is None:
        raise NotFound(f"there is no API key with the id {request.path_parameters['keyId']!r}")
    return key_view(key)


def _name(body: dict[str, Any], faults: list[FieldError]) -> str:
    given = body.get("name")
    try:
        return checked_name(given if isinstance(given, str) else "")
    except Rejected as error:
        faults += error.errors
        return ""


def _scopes(given: Any, faults: list[FieldError]) -> tuple[str, ...]:
    if not isinstance(given, list) or not given or not all(scope in SCOPES for scope in given):
        faults.append(FieldError("scopes", f"must be a list of at least one of {', '.join(SCOPES)}"))
        return ()
    return tuple(dict.fromkeys(given))


def _owner(given: Any, caller: str, faults: list[FieldError]) -> str:
    try:
        return addresses.parse(given).email if given else caller
    except (TypeError, ValueError, AttributeError):
        faults.append(FieldError("owner", "must be an email address", "INVALID_EMAIL"))
        return ""
