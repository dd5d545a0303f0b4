"""The Lambda authorizer: checks the identity sources, then the cached decision, then calls the function."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.gateway.event import authorizer_event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from infra.local.cloud import Cloud
    from infra.local.gateway.deployed import Authorizer
    from infra.local.gateway.event import GatewayRequest
    from infra.local.gateway.invoke_permissions import InvokePermissions
    from infra.local.gateway.routing import Match
    from infra.local.lambdas import JSON, Functions

CACHED_DECISIONS = 1000


class MissingIdentity(Exception):
    """An identity source of the authorizer is not in the request: 401, and the function is not called."""


class AuthorizerFailed(Exception):
    """The authorizer's function failed or returned no simple response: 500."""


@dataclass(frozen=True, slots=True)
class AuthorizerDecision:
    """An authorizer's decision, and the context for the function behind the route."""

    authorized: bool
    context: Mapping[str, JSON]


class Authorization:
    """Calls authorizers and caches their decisions for their TTL, by identity and for all routes, as API Gateway does."""

    def __init__(
        self,
        cloud: Cloud,
        functions: Functions,
        permissions: InvokePermissions,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cloud = cloud
        self._permissions = permissions
        self._functions = functions
        self._clock = clock
        self._cache: dict[tuple[str, ...], tuple[float, AuthorizerDecision]] = {}

    def clear(self) -> None:
        """Drops all cached decisions, as a deployment does."""
        self._cache.clear()

    async def decide(
        self, authorizer: Authorizer, api_id: str, request: GatewayRequest, match: Match
    ) -> AuthorizerDecision:
        """Returns the decision. Raises MissingIdentity, AuthorizerFailed or InvocationRefused."""
        identity = _identity(authorizer, request, match)
        key = (authorizer.id, *identity)
        expires, decision = self._cache.get(key, (0.0, None))
        if decision is None or expires <= self._clock():
            decision = await self._call_authorizer(authorizer, api_id, request, match, identity)
            if identity and authorizer.ttl_s:
                self._cache_decision(key, authorizer.ttl_s, decision)
        return decision

    def _cache_decision(self, key: tuple[str, ...], ttl_s: int, decision: AuthorizerDecision) -> None:
        if len(self._cache) >= CACHED_DECISIONS:
            del self._cache[next(iter(self._cache))]
        self._cache[key] = (self._clock() + ttl_s, decision)

    async def _call_authorizer(
        self, authorizer: Authorizer, api_id: str, request: GatewayRequest, match: Match, identity: tuple[str, ...]
    ) -> AuthorizerDecision:
        event = authorizer_event(
            request,
            match,
            account_id=self._cloud.account_id,
            api_id=api_id,
            region=self._cloud.region,
            identity=identity,
        )
        await self._permissions.check_authorizer(authorizer.function, api_id, authorizer.id)
        result = await self._functions.invoke(authorizer.function, event)
        if result.error is not None:
            raise AuthorizerFailed(f"{authorizer.function}: {result.error.type}: {result.error.message}")
        return _decision(authorizer.function, result.payload)


def _decision(function: str, payload: JSON) -> AuthorizerDecision:
    if not isinstance(payload, dict) or not isinstance(payload.get("isAuthorized"), bool):
        raise AuthorizerFailed(f"{function}: the response has no boolean isAuthorized")
    context = payload.get("context") or {}
    if not isinstance(context, dict):
        raise AuthorizerFailed(f"{function}: context is not an object")
    return AuthorizerDecision(payload["isAuthorized"], context)


def _identity(authorizer: Authorizer, request: GatewayRequest, match: Match) -> tuple[str, ...]:
    values = tuple(_source(source, request, match) for source in authorizer.identity_sources)
    if not all(values):
        raise MissingIdentity
    return values


def _source(source: str, request: GatewayRequest, match: Match) -> str:
    if source.startswith("$request.header."):
        return request.joined_headers.get(source.removeprefix("$request.header.").lower(), "")
    if source.startswith("$request.querystring."):
        return request.query_parameters.get(source.removeprefix("$request.querystring."), "")
    context = {
        "$context.routeKey": match.route.key,
        "$context.httpMethod": request.method,
        "$context.path": request.raw_path,
        "$context.identity.sourceIp": request.source_ip,
    }
    return context.get(source, "")
