"""The deployed HTTP API: its routes, Lambda integrations and CORS rules, read from the account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infra.local.gateway.routing import DeployedRoute
from infra.local.lambdas import function_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infra.local.cloud import Cloud

DEFAULT_TIMEOUT_MS = 30_000


class UnsupportedApi(Exception):
    """The deployed API uses a feature that this gateway does not support."""


@dataclass(frozen=True, slots=True)
class Integration:
    """The function behind a route."""

    function: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Cors:
    """The CORS rules of the API. Preflight requests are answered without a route."""

    origins: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age: int | None = None
    credentials: bool = False


@dataclass(frozen=True, slots=True)
class DeployedApi:
    """One deployed HTTP API."""

    id: str
    routes: tuple[DeployedRoute, ...] = ()
    integrations: Mapping[str, Integration] = field(default_factory=dict)
    cors: Cors | None = None


def read_api(cloud: Cloud, api_id: str | None) -> DeployedApi:
    """Returns the API with that id, or the only one. Raises UnsupportedApi that names the unsupported feature."""
    client = cloud.client("apigatewayv2")
    api = _select_api(list(_pages(client, "get_apis")), api_id)
    api_id = api["ApiId"]
    return DeployedApi(
        id=api_id,
        routes=tuple(_route(route) for route in _pages(client, "get_routes", api_id)),
        integrations={i["IntegrationId"]: _integration(i) for i in _pages(client, "get_integrations", api_id)},
        cors=_cors(api.get("CorsConfiguration")),
    )


def _pages(client: Any, operation: str, api_id: str | None = None) -> Iterator[dict[str, Any]]:
    request = {} if api_id is None else {"ApiId": api_id}
    for page in client.get_paginator(operation).paginate(**request):
        yield from page["Items"]


def _select_api(apis: list[dict[str, Any]], api_id: str | None) -> dict[str, Any]:
    matches = [api for api in apis if api_id in {None, api["ApiId"]} and api["ProtocolType"] == "HTTP"]
    if len(matches) != 1:
        names = ", ".join(f"{api['ApiId']} ({api['Name']})" for api in apis) or "none"
        raise UnsupportedApi(
            f"exactly one HTTP API is required{f' with id {api_id}' if api_id else ''}; deployed are: {names}"
        )
    return matches[0]


def _route(response: dict[str, Any]) -> DeployedRoute:
    kind = response.get("AuthorizationType") or "NONE"
    if kind != "NONE":
        raise UnsupportedApi(f"route {response['RouteKey']}: authorization {kind} is not supported, only NONE")
    target = response.get("Target") or ""
    if not target.startswith("integrations/"):
        raise UnsupportedApi(f"route {response['RouteKey']}: no integration, target is {target!r}")
    return DeployedRoute(response["RouteKey"], target.removeprefix("integrations/"))


def _integration(response: dict[str, Any]) -> Integration:
    kind, version = response["IntegrationType"], response.get("PayloadFormatVersion")
    if (kind, version) != ("AWS_PROXY", "2.0") or response.get("IntegrationSubtype"):
        raise UnsupportedApi(
            f"integration {response['IntegrationId']}: {kind} {version} is not supported, only AWS_PROXY 2.0 to Lambda"
        )
    timeout_ms = response.get("TimeoutInMillis") or DEFAULT_TIMEOUT_MS
    return Integration(function_name(response["IntegrationUri"]), timeout_ms / 1000)


def _cors(response: dict[str, Any] | None) -> Cors | None:
    if not response:
        return None
    return Cors(
        origins=tuple(response.get("AllowOrigins") or ()),
        methods=tuple(response.get("AllowMethods") or ()),
        headers=tuple(response.get("AllowHeaders") or ()),
        exposed=tuple(response.get("ExposeHeaders") or ()),
        max_age=response.get("MaxAge"),
        credentials=bool(response.get("AllowCredentials")),
    )
