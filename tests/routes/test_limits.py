"""Every operation applies the limits of its models: over HTTP, a value just over a limit is 400 and names the field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from functions import api, smtp_tokens
from functions.routes.table import ROUTES
from tests.support.aws.cloud import worker
from tests.support.http.api import call
from tests.support.http.model_limits import BODY_LIMITS, QUERY_LIMITS, nested, query_text

HANDLERS = {"smtp_tokens": smtp_tokens.handler}
_ROUTES = {route.operation: route for route in reversed(ROUTES)}


@pytest.fixture(scope="module")
def email_id() -> Iterator[str]:
    """Yields the id of a draft: a document is read when it is changed."""
    with worker():
        _, email = call("POST", "/marketing/v3/emails", {"name": "Till", "subcategory": "single_send_api"})
        yield email["id"]


def errors(operation: str, email_id: str, body: Any = None, query: dict[str, str] | None = None) -> set[str]:
    route = _ROUTES[operation]
    path = re.sub(r"{\w+}", "x", route.paths()[0].replace("{emailId}", email_id))
    handler = HANDLERS.get(route.function, api.handler)
    status, problem = call(route.method, path, body, handler=handler, queryStringParameters=query)
    assert status == 400, problem
    return {error["in"] for error in problem["errors"]}


@pytest.mark.parametrize(("operation", "path", "at", "over"), BODY_LIMITS, ids=lambda value: str(value)[:40])
def test_a_value_over_a_bodys_limit_is_refused(email_id: str, operation: str, path: str, at: Any, over: Any) -> None:
    assert path in errors(operation, email_id, nested(path, over))


@pytest.mark.parametrize(("operation", "path", "at", "over"), QUERY_LIMITS, ids=lambda value: str(value)[:40])
def test_a_value_over_a_querys_limit_is_refused(email_id: str, operation: str, path: str, at: Any, over: Any) -> None:
    assert path in errors(operation, email_id, query={path: query_text(over)})
