"""The OpenAPI 3.1 document, generated: paths from the route table, schemas from the models."""

from __future__ import annotations

import functools
import re
from typing import Any

import msgspec

from functions.core.webhooks.webhook_events import DESCRIPTION
from functions.http.route import Route
from functions.routes.access.openapi import OPERATION_DOCS as ACCESS
from functions.routes.account.openapi import OPERATION_DOCS as ACCOUNT
from functions.routes.automations.openapi import OPERATION_DOCS as AUTOMATIONS
from functions.routes.broadcasts.openapi import OPERATION_DOCS as BROADCASTS
from functions.routes.contacts.openapi import OPERATION_DOCS as CONTACTS
from functions.routes.domains.openapi import OPERATION_DOCS as DOMAINS
from functions.routes.emails.openapi import OPERATION_DOCS as EMAILS
from functions.routes.events.openapi import OPERATION_DOCS as EVENTS
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models import ApiModel, OpenModel
from functions.routes.http.operation_doc import JSON, OperationDoc
from functions.routes.http.problem_model import Problem
from functions.routes.sending.openapi import OPERATION_DOCS as SENDING
from functions.routes.statistics.openapi import OPERATION_DOCS as STATISTICS
from functions.routes.table import ROUTES
from functions.routes.templates.openapi import OPERATION_DOCS as TEMPLATES
from functions.routes.tokens.openapi import OPERATION_DOCS as TOKENS
from functions.routes.webhooks.models import WebhookEvent
from functions.routes.webhooks.openapi import OPERATION_DOCS as WEBHOOKS

_REF = "#/components/schemas/{name}"
_INFO = {
    "title": "Staffetta",
    "version": "1",
    "description": "Transactional email from your own AWS account, over HubSpot's single-send API. "
    "Staffetta extensions are marked, or their paths begin with /staffetta/.",
}
_REFUSAL = "What is wrong with the request, and what is allowed"
OPERATION_DOCS = {
    **SENDING,
    **STATISTICS,
    **EMAILS,
    **TEMPLATES,
    **ACCESS,
    **TOKENS,
    **CONTACTS,
    **BROADCASTS,
    **EVENTS,
    **AUTOMATIONS,
    **WEBHOOKS,
    **DOMAINS,
    **ACCOUNT,
    "get_openapi": OperationDoc("Get this document", None),
}


def get_openapi(request: ApiRequest) -> JSON:
    return document()


@functools.cache
def document() -> JSON:
    """The whole document. Do not change it: it is cached."""
    docs = OPERATION_DOCS.values()
    queries = [doc.query for doc in docs if doc.query]
    models = [model for doc in docs for model in (doc.response, doc.partly, doc.request) if model]
    _, schemas = msgspec.json.schema_components([*models, *queries, WebhookEvent, Problem], ref_template=_REF)
    for query in queries:  # a query is written as parameters; only the types of its fields are components
        schemas.pop(query.__name__, None)
    for model in OpenModel.__subclasses__():
        schemas.get(model.__name__, {})["additionalProperties"] = True
    for name in _request_schemas():
        schemas[name]["properties"] = {
            field: _optional(schema) for field, schema in schemas[name].get("properties", {}).items()
        }
    _complete_arrays(schemas)
    paths: dict[str, JSON] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": _INFO,
        "security": [{"key": []}],
        "paths": paths,
        "webhooks": {str(type_): {"post": _webhook(meaning)} for type_, meaning in DESCRIPTION.items()},
        "components": {
            "schemas": schemas,
            "responses": {"Refusal": {"description": _REFUSAL, "content": _content(Problem)}},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "an API key"}},
        },
    }


def _complete_arrays(schema: Any) -> None:
    """Msgspec writes no `items` for a list of any values, and generators of clients refuse an array without it."""
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        _complete_arrays(part)
    if isinstance(schema, dict) and schema.get("type") == "array":
        schema.setdefault("items", {})


def _request_schemas() -> list[str]:
    requests = [doc.request for doc in OPERATION_DOCS.values() if doc.request]
    _, schemas = msgspec.json.schema_components(requests, ref_template=_REF)
    return [name for name, schema in schemas.items() if schema.get("type") == "object"]


def _optional(schema: JSON) -> JSON:
    """A field or parameter as a client may leave it out. Generators make what has a default required, so its description names it."""
    default = schema.get("default")
    rest = {name: value for name, value in schema.items() if name != "default"}
    if default in (None, "", [], {}):
        return rest
    notes = filter(None, (rest.get("description"), f"default: {msgspec.json.encode(default).decode()}"))
    return rest | {"description": "; ".join(notes)}


def _operation(route: Route) -> JSON:
    doc = OPERATION_DOCS[route.operation]
    operation: JSON = {
        "operationId": _id(route),
        "summary": doc.summary,
        "parameters": [*_path_parameters(route), *_query_parameters(doc), *doc.headers],
        "responses": {
            str(route.success): _success(doc),
            "4XX": {"$ref": "#/components/responses/Refusal"},
            "5XX": {"$ref": "#/components/responses/Refusal"},
        },
    }
    if doc.partly:
        operation["responses"]["207"] = {"description": "Some inputs failed", "content": _content(doc.partly)}
    if doc.request:
        operation["requestBody"] = {"required": True, "content": _content(doc.request)}
    if route.scopes:
        operation["description"] = f"Needs a key with the scope {' or '.join(route.scopes)}."
    else:
        operation["security"] = []
    return operation


def _webhook(meaning: str) -> JSON:
    """The request to a webhook, and the responses that mean something."""
    return {
        "summary": meaning,
        "requestBody": {"required": True, "content": _content(WebhookEvent)},
        "responses": {"2XX": {"description": "delivered"}, "410": {"description": "gone: the webhook is paused"}},
        "security": [],
    }


def _id(route: Route) -> str:
    """The operation's name. The later paths of an operation with several paths are numbered."""
    same = [other for other in ROUTES if other.operation == route.operation]
    number = same.index(route)
    return f"{route.operation}_{number + 1}" if number else route.operation


def _path_parameters(route: Route) -> list[JSON]:
    names = re.findall(r"{(\w+)}", route.path)
    return [{"name": name, "in": "path", "required": True, "schema": _path_schema(route, name)} for name in names]


def _path_schema(route: Route, name: str) -> JSON:
    return {"type": "string", "enum": list(route.versions)} if name == "version" else {"type": "string"}


def _query_parameters(doc: OperationDoc) -> list[JSON]:
    """One parameter for each field of the query's model."""
    if doc.query is None:
        return []
    _, schemas = msgspec.json.schema_components([doc.query], ref_template=_REF)
    properties: dict[str, JSON] = schemas[doc.query.__name__]["properties"]
    return [{"name": name, "in": "query", "schema": _optional(schema)} for name, schema in properties.items()]


def _success(doc: OperationDoc) -> JSON:
    if doc.drawing:
        return {"description": f"{doc.summary} (image/svg+xml)"}  # generators of clients have no type for it
    if doc.page:
        return {"description": doc.summary, "content": {"text/html": {"schema": {"type": "string"}}}}
    if doc.response is None:
        return {"description": doc.summary}
    content = _content(doc.response)
    if doc.listed:
        content["application/json"]["schema"] = {"type": "array", "items": content["application/json"]["schema"]}
    return {"description": doc.summary, "content": content}


def _content(model: type[ApiModel]) -> JSON:
    return {"application/json": {"schema": {"$ref": _REF.format(name=model.__name__)}}}
