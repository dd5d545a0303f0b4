"""The OpenAPI document: valid, complete, public, and equal to the routes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openapi_spec_validator
import pytest

from functions import api
from functions.core.errors import Forbidden
from functions.routes import openapi
from functions.routes.http import problems
from functions.routes.statistics.statistics_views import data_view
from functions.routes.table import ROUTES
from functions.wiring import Container
from tests.support.cli.staffetta_command import staffetta
from tests.support.events import CONTEXT, SEND, STATISTICS, http
from tests.support.http import contract


def test_the_document_is_valid_and_has_every_route() -> None:
    document = openapi.document()
    openapi_spec_validator.validate(document)
    documented = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert documented == {(route.method, route.path) for route in ROUTES}
    assert openapi.OPERATION_DOCS.keys() == {route.operation for route in ROUTES}
    names = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))


def test_the_document_is_served_without_a_key_and_printed(aws: Container) -> None:
    answer = api.handler(http("GET", "/openapi.json", scopes=None), CONTEXT)
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, openapi.document())
    assert json.loads(staffetta("openapi")) == openapi.document()


def test_only_public_operations_need_no_key() -> None:
    for route in ROUTES:
        operation = openapi.document()["paths"][route.path][route.method.lower()]
        assert ("security" in operation) == (
            route.operation
            in {
                "get_openapi",
                "get_unsubscribe_page",
                "check_unsubscribe_link",
                "unsubscribe",
                "get_web_version",
                "check_web_version",
            }
        )
        assert all(scope in operation["description"] for scope in route.scopes)


def test_statistics_and_refusals_have_the_promised_shape() -> None:
    data = data_view({"sent": 3, "open": 1})
    answer = {"aggregate": data, "campaignAggregations": {"7": data}, "emails": [7]}
    contract.check("GET", STATISTICS, 200, json.dumps(answer))
    status, problem = problems.problem_of(Forbidden(["content"]))
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


def test_what_a_request_may_leave_out_has_no_default() -> None:
    """Generators of clients make a property with a default required, and a null one does not even compile."""
    document = openapi.document()
    schemas = document["components"]["schemas"]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    bodies = reachable([operation.get("requestBody", {}) for operation in operations], schemas)
    assert "SingleSendMessage" in bodies
    fields = [field for name in bodies for field in schemas[name].get("properties", {}).values()]
    parameters = [parameter["schema"] for operation in operations for parameter in operation["parameters"]]
    assert [schema for schema in [*fields, *parameters] if "default" in schema] == []
    assert schemas["WebhookCreateRequest"]["properties"]["active"]["description"] == "default: true"


def test_no_model_is_of_a_request_and_of_an_answer() -> None:
    """What may be left out of the one is always in the other. A list's filters are answered as they were sent, which leaves parts out."""
    document = openapi.document()
    schemas = document["components"]["schemas"]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    objects = {name for name, schema in schemas.items() if schema.get("type") == "object"}
    requests = reachable([operation.get("requestBody", {}) for operation in operations], schemas) & objects
    answers = reachable([operation["responses"] for operation in operations], schemas) & objects
    filters = reachable([schemas["ListView"]["properties"]["filterBranch"]], schemas) & objects
    assert "PropertyListFilter" in filters
    assert requests & answers == filters


def test_titles_are_unique_in_any_case() -> None:
    """Generators make a file of each, and some file systems ignore case."""
    schemas = openapi.document()["components"]["schemas"]
    titles = [schema.get("title", name).lower() for name, schema in schemas.items()]
    assert len(set(titles)) == len(titles)
    assert len({name.lower() for name in schemas}) == len(schemas)


def reachable(start: Any, schemas: dict[str, Any]) -> set[str]:
    defaults: set[str] = set()
    waiting = list(references(start))
    while waiting:
        name = waiting.pop()
        if name in schemas and name not in defaults:
            defaults.add(name)
            waiting.extend(references(schemas[name]))
    return defaults


def references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].rpartition("/")[2]
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from references(part)
