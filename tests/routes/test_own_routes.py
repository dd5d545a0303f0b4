"""Our own routes refuse names that do not exist, and HubSpot's ignore them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from functions.http.route import Route
from functions.routes.http.models import ApiModel
from functions.routes.openapi import OPERATION_DOCS
from functions.routes.own_routes import OWN_PREFIX
from functions.routes.table import ROUTES
from functions.wiring import Container
from tests.support.http.api import call

OWN = [route for route in ROUTES if route.path.startswith(OWN_PREFIX)]
HUBSPOTS = [doc for name, doc in OPERATION_DOCS.items() if name not in {route.operation for route in OWN}]


def path_of(route: Route) -> str:
    return re.sub(r"{\w+}", "7", route.path).replace("/contacts/7", "/contacts/ada@example.net")


def refusal(route: Route, body: Any, **event: Any) -> dict[str, str]:
    status, problem = call(route.method, path_of(route), body, **event)
    assert status == 400, (route.key, problem)
    return {error["in"]: error["message"] for error in problem["errors"]}


@pytest.mark.parametrize("route", OWN, ids=lambda route: route.key)
def test_an_unknown_query_parameter_is_refused(aws: Container, route: Route) -> None:
    body: Any = {} if OPERATION_DOCS[route.operation].request else None
    message = refusal(route, body, queryStringParameters={"surprise": "1"})["surprise"]
    assert "is not a query parameter of this request: it has" in message
    names = wire_names(OPERATION_DOCS[route.operation].query)
    assert all(name in message for name in names)


@pytest.mark.parametrize("route", [route for route in OWN if route.method != "GET"], ids=lambda route: route.key)
def test_an_unknown_body_field_is_refused(aws: Container, route: Route) -> None:
    doc = OPERATION_DOCS[route.operation]
    message = refusal(route, {"surprise": 1})["surprise"]
    assert "is not a field of this request: it has" in message
    names = wire_names(doc.request)
    assert all(name in message for name in names)


def wire_names(model: type[ApiModel] | None) -> list[str]:
    return list(model.__struct_encode_fields__) if model else ["none"]


def test_the_nearest_name_is_proposed(aws: Container) -> None:
    status, problem = call("GET", "/staffetta/v1/messages", queryStringParameters={"recipent": "ada@example.net"})
    assert (status, problem["errors"][0]["in"]) == (400, "recipent")
    assert problem["errors"][0]["message"].endswith("did you mean recipient?")


def test_hubspots_routes_ignore_unknown_names(aws: Container) -> None:
    models = [model for doc in HUBSPOTS for model in (doc.query, doc.request) if model]
    assert not any(model.__struct_config__.forbid_unknown_fields for model in models)
    query: dict[str, Any] = {"queryStringParameters": {"surprise": "1"}}
    assert call("GET", "/marketing/v3/emails/statistics/list", **query)[0] == 200
    assert call("POST", "/marketing/v3/emails", {"name": "a", "surprise": 1}, **query)[0] == 201
