"""The OpenAPI document: valid, complete, public, and equal to the routes."""

from __future__ import annotations

import json
from typing import Any

import openapi_spec_validator
import pytest

from functions import api
from functions.routes import openapi
from functions.routes.http import problems
from functions.routes.http.caller import MissingScopesError
from functions.routes.statistics.statistics_views import data_view
from functions.routes.table import ROUTES
from tests.support import contract
from tests.support.events import CONTEXT, SEND, STATISTICS, http
from tests.support.staffetta_command import staffetta


def test_the_document_is_valid_and_has_every_route() -> None:
    document = openapi.document()
    openapi_spec_validator.validate(document)
    documented = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert documented == {(route.method, route.path) for route in ROUTES}
    assert openapi.OPERATION_DOCS.keys() == {route.operation for route in ROUTES}
    names = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))


def test_the_document_is_served_without_a_key_and_printed() -> None:
    answer = api.handler(http("GET", "/openapi.json", scopes=None), CONTEXT)
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, openapi.document())
    assert json.loads(staffetta("openapi")) == openapi.document()


def test_only_public_operations_need_no_key() -> None:
    for route in ROUTES:
        operation = openapi.document()["paths"][route.path][route.method.lower()]
        assert ("security" in operation) == (route.operation in {"get_openapi", "get_unsubscribe_page", "unsubscribe"})
        assert all(scope in operation["description"] for scope in route.scopes)


def test_statistics_and_refusals_have_the_promised_shape() -> None:
    data = data_view({"sent": 3, "open": 1})
    answer = {"aggregate": data, "campaignAggregations": {"7": data}, "emails": [7]}
    contract.check("GET", STATISTICS, 200, json.dumps(answer))
    status, problem = problems.problem_of(MissingScopesError(["content"]))
    contract.check("POST", SEND, status, json.dumps({**problem, "correlationId": "c"}))


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", STATISTICS, 200, {"aggregate": {}}),
        ("POST", SEND, 201, {}),
        ("POST", SEND, 200, {"status": "DONE", "statusId": "x"}),
        ("POST", SEND, 200, {"status": "PENDING", "statusId": "x", "surprise": 1}),
        ("POST", SEND, 400, {"error": "no"}),
        ("GET", "/nowhere", 200, {}),
    ],
)
def test_the_contract_check_fails_on_another_shape(method: str, path: str, status: int, body: Any) -> None:
    with pytest.raises(AssertionError):
        contract.check(method, path, status, json.dumps(body))
