"""Calls the functions that serve HTTP, as API Gateway does."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from functions import api
from functions.core.access.actor import Actor
from functions.core.access.scopes import SCOPES
from functions.core.errors import Rejected
from functions.http.request import Request
from functions.routes.http.gate import ApiRequest
from tests.support.events import CONTEXT, http

Handler = Callable[[dict[str, Any], Any], Any]


def call(method: str, path: str, body: Any = None, *, handler: Handler = api.handler, **event: Any) -> tuple[int, Any]:
    """Returns the status and the JSON of the body. `event` is as of `http`: scopes, queryStringParameters, ..."""
    response = handler(http(method, path, body, **event), CONTEXT)
    return response["statusCode"], json.loads(response["body"]) if response["body"] else None


def request(
    body: Any = None,
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    path_parameters: Mapping[str, str] | None = None,
) -> ApiRequest:
    """What an operation gets."""
    return Request(
        caller=Actor("ada@example.com", SCOPES, "key-1"),
        path_parameters=path_parameters or {},
        query=query or {},
        headers=headers or {},
        body=b"" if body is None else json.dumps(body).encode(),
    )


def errors_of(read: Callable[[], object]) -> dict[str, str]:
    """Returns the code of each error by its field; nothing if `read` does not raise Rejected."""
    try:
        read()
    except Rejected as error:
        return {field_error.field: field_error.code for field_error in error.errors}
    return {}
