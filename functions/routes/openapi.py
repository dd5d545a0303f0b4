"""The OpenAPI 3.1 document, generated: paths from the route table, shapes from the models of the wire."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from functions.routes.http import Operation, Request
from functions.routes.shapes import api_keys, single_send, statistics
from functions.routes.shapes.problem import Problem
from functions.routes.shapes.wire import Wire
from functions.routes.table import ROUTES, Route

JSON = dict[str, Any]

_REF = "#/components/schemas/{name}"
_INFO = {
    "title": "Staffetta",
    "version": "1",
    "description": "Transactional email from your own AWS account, over HubSpot's single-send API. "
    "What HubSpot's API does not have says so, or stands below /staffetta/.",
}
_REFUSAL = "What is wrong, and what would be right"
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 512},
    "description": "stands in for message.sendId where the body has none (not HubSpot's)",
}


@dataclass(frozen=True)
class Described:
    """What the route table does not say of an operation."""

    summary: str
    answer: type[Wire] | None
    body: type[Wire] | None = None
    query: type[Wire] | None = None
    headers: Sequence[JSON] = ()


DESCRIBED: dict[str, Described] = {
    "single_send": Described(
        "Send an email to one person",
        single_send.EmailSendStatusView,
        single_send.SingleSendRequest,
        single_send.SingleSendQuery,
        [_IDEMPOTENCY_KEY],
    ),
    "send_status": Described("What became of a send, and of each of its recipients", single_send.EmailSendStatusView),
    "cancel_send": Described(
        "Cancel a send that no worker has taken yet; 409 where it is too late (not HubSpot's)",
        single_send.EmailSendStatusView,
    ),
    "statistics_list": Described(
        "Totals of the sends accepted within a span, in whole hours (UTC)",
        statistics.AggregateEmailStatistics,
        query=statistics.StatisticsQuery,
    ),
    "create_key": Described(
        "Make an API key and show it once", api_keys.ApiKeyCreatedView, api_keys.ApiKeyCreateRequest
    ),
    "list_keys": Described("Every API key, revoked ones too", api_keys.ApiKeyList),
    "rename_key": Described("Give an API key another name", api_keys.ApiKeyView, api_keys.ApiKeyRenameRequest),
    "revoke_key": Described("End an API key; it stays listed", None),
    "openapi": Described("This document", None),
}


def openapi(request: Request) -> JSON:
    return document()


OPERATIONS: dict[str, Operation] = {"openapi": openapi}


@functools.cache
def document() -> JSON:
    """The whole document. Do not change it: it is made once."""
    types = [type_ for one in DESCRIBED.values() for type_ in (one.answer, one.body) if type_]
    _, schemas = msgspec.json.schema_components([*types, Problem], ref_template=_REF)
    paths: dict[str, JSON] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": _INFO,
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {"Refusal": {"description": _REFUSAL, "content": _content(Problem)}},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "an API key"}},
        },
    }


def _operation(route: Route) -> JSON:
    described = DESCRIBED[route.operation]
    told: JSON = {
        "operationId": _id(route),
        "summary": described.summary,
        "parameters": [*_path_parameters(route), *_query_parameters(described), *described.headers],
        "responses": {
            str(route.success): _success(described),
            "4XX": {"$ref": "#/components/responses/Refusal"},
            "5XX": {"$ref": "#/components/responses/Refusal"},
        },
    }
    if described.body:
        told["requestBody"] = {"required": True, "content": _content(described.body)}
    if route.scopes:
        told["description"] = f"Needs a key with the scope {' or '.join(route.scopes)}."
    else:
        told["security"] = []
    return told


def _id(route: Route) -> str:
    """The operation's name; where it has several paths, the later ones are numbered."""
    same = [other for other in ROUTES if other.operation == route.operation]
    number = same.index(route)
    return f"{route.operation}_{number + 1}" if number else route.operation


def _path_parameters(route: Route) -> list[JSON]:
    names = re.findall(r"{(\w+)}", route.path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(described: Described) -> list[JSON]:
    """One parameter for each field of the query's model."""
    if described.query is None:
        return []
    _, schemas = msgspec.json.schema_components([described.query], ref_template=_REF)
    properties: dict[str, JSON] = schemas[described.query.__name__]["properties"]
    return [{"name": name, "in": "query", "schema": schema} for name, schema in properties.items()]


def _success(described: Described) -> JSON:
    if described.answer is None:
        return {"description": described.summary}
    return {"description": described.summary, "content": _content(described.answer)}


def _content(model: type[Wire]) -> JSON:
    return {"application/json": {"schema": {"$ref": _REF.format(name=model.__name__)}}}
