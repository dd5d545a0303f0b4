"""Who is calling: the authorizer's verdict, on its way through API Gateway's request context.

The authorizer lets every request through and says what it found, because API Gateway's own refusals are not in the contract's
shape. So this page is the door: no verdict, no entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from functions.ports.access import ApiKey


class UnauthenticatedError(Exception):
    pass


class MissingScopesError(Exception):
    def __init__(self, required: Sequence[str]) -> None:
        self.required = tuple(required)
        super().__init__(f"this key has none of the scopes that the operation needs: {', '.join(required)}")


class RateLimitedError(Exception):
    def __init__(self, wait_seconds: int) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(f"this key made too many requests: try again in {wait_seconds} s")


class Caller(Struct, frozen=True):
    key_id: str
    owner: str
    scopes: tuple[str, ...]

    def require(self, scopes: Sequence[str]) -> None:
        """Any one of them will do. Raises MissingScopesError."""
        if not set(scopes) & set(self.scopes):
            raise MissingScopesError(scopes)


ANYBODY = Caller("", "", ())  # who asks for what is public


def authorizer_response(key: ApiKey | None, wait_seconds: int) -> dict[str, Any]:
    """What the authorizer answers (simple response, payload 2.0). `wait_seconds`: how long the key's rate limit is used up."""
    if key is None:
        return {"isAuthorized": True, "context": {}}
    context = {"keyId": key.secret_id, "owner": key.owner, "scopes": " ".join(key.scopes), "wait": str(wait_seconds)}
    return {"isAuthorized": True, "context": context}


def caller_of(authorizer: Mapping[str, Any] | None) -> Caller:
    """Raises UnauthenticatedError or RateLimitedError."""
    context = (authorizer or {}).get("lambda") or {}
    if not context.get("keyId"):
        raise UnauthenticatedError(
            "no valid API key: send `Authorization: Bearer <key>` with a key of this account that is not revoked"
        )
    if wait := int(context.get("wait", 0)):
        raise RateLimitedError(wait)
    return Caller(context["keyId"], context["owner"], tuple(context["scopes"].split()))
