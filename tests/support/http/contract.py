"""Holds answers against the OpenAPI document: each must have the shape that is promised for its operation and status, and no other fields."""

from __future__ import annotations

import copy
import json
from typing import Any

from jsonschema import Draft202012Validator

from functions.http.route import Route
from functions.routes import openapi
from functions.routes.table import ROUTES


def check(method: str, path: str, status: int, body: str) -> None:
    """Raises AssertionError with the reason if the answer breaks the contract."""
    route = _route(method, path)
    if route and openapi.OPERATION_DOCS[route.operation].drawing and status < 400:
        assert body.startswith("<svg"), f"{method} {path} answers no drawing"
        return
    if route and openapi.OPERATION_DOCS[route.operation].page:
        assert "<html" in body, f"{method} {path} answers a person, and no page came"
        return
    if status >= 400:
        _conforms(json.loads(body), {"$ref": "#/components/responses/Refusal/content/application~1json/schema"})
        return
    assert route, f"{method} {path} was answered with {status}, and is no route"
    operation = _DOCUMENT["paths"][route.path][method.lower()]
    promised = operation["responses"].get(str(status))
    assert promised, f"{method} {path} was answered with {status}; promised: {', '.join(operation['responses'])}"
    if "content" in promised:
        _conforms(json.loads(body), promised["content"]["application/json"]["schema"])


def _route(method: str, path: str) -> Route | None:
    expected = "/" + "/".join(part for part in path.split("/") if part)
    results = (r for r in ROUTES if r.method == method and r.pattern().fullmatch(expected))
    return next(results, None)


def _conforms(body: Any, schema: dict[str, Any]) -> None:
    errors = list(Draft202012Validator({**_DOCUMENT, **schema}).iter_errors(body))
    assert not errors, "\n".join(f"{error.json_path}: {error.message}" for error in errors)


def _closed() -> dict[str, Any]:
    """Forbids every field that the document does not name, in objects with named fields."""
    document = copy.deepcopy(openapi.document())
    for schema in document["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return document


_DOCUMENT = _closed()
