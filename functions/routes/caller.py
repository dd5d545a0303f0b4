"""Who is calling: the authorizer's verdict, on its way through API Gateway's request context.

The authorizer lets every request through and says what it found, because API Gateway's own refusals are not in the contract's
shape. So this page is the door: no verdict, no entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.ports import ApiKey


class UnauthenticatedError(Exception):
    pass


class MissingScopesError(Exception):
    def __init__(self, required: Sequence[str]) -> None:
        self.required = tuple(required)
        super().__init__(f"this key has none of the scopes that the operation needs: {', '.join(required)}")


@dataclass(frozen=True, slots=True)
class Caller:
    key_id: str
    owner: str
    scopes: tuple[str, ...]

    def require(self, scopes: Sequence[str]) -> None:
        """Any one of them will do. Raises MissingScopesError."""
        if not set(scopes) & set(self.scopes):
            raise MissingScopesError(scopes)


def verdict(key: ApiKey | None) -> dict[str, Any]:
    """What the authorizer answers (simple response, payload 2.0)."""
    context = {"keyId": key.secret_id, "owner": key.owner, "scopes": " ".join(key.scopes)} if key else {}
    return {"isAuthorized": True, "context": context}


def caller_of(authorizer: Mapping[str, Any] | None) -> Caller:
    """Raises UnauthenticatedError."""
    context = (authorizer or {}).get("lambda") or {}
    if not context.get("keyId"):
        raise UnauthenticatedError(
            "no valid API key: send `Authorization: Bearer <key>` with a key of this account that is not revoked"
        )
    return Caller(context["keyId"], context["owner"], tuple(context["scopes"].split()))
