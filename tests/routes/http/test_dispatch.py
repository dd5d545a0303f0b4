from __future__ import annotations

import base64
import json
from typing import Any
from uuid import UUID

import pytest

from functions.core.errors import ERRORS_MAX, Conflict, FieldError, NotFound, Rejected
from functions.routes.http import problems
from functions.routes.http.dispatch import Dispatcher, Request, Response
from functions.routes.http.route import Route
from tests.support.events import http

ROUTES = [
    Route("POST", "/a/{id}/b", "act", "api", ("content", "account")),
    Route("GET", "/a", "look", "api", ("content",)),
]


def act(request: Request) -> Any:
    return {"id": request.path_parameters["id"], "json": request.json(), "key": request.caller.key_id}


def look(request: Request) -> Any:
    raise {
        "rejected": Rejected(
            [FieldError("message.to", "is wrong"), FieldError("emailId", "is required", "REQUIRED_FIELD")]
        ),
        "missing": NotFound("there is no such thing"),
        "late": Conflict("it is too late"),
        "crash": RuntimeError("secret detail"),
    }[request.query["how"]]


DISPATCH = Dispatcher(ROUTES, {"act": act, "look": look})


def answered(response: Response) -> Any:
    """The body; the correlation id must be one uuid in body and header."""
    body = json.loads(response["body"])
    assert response["headers"]["content-type"].startswith("application/json")
    assert UUID(response["headers"]["x-hubspot-correlation-id"])
    if response["statusCode"] != 200:
        assert body.pop("correlationId") == response["headers"]["x-hubspot-correlation-id"]
    return body


def problem(category: str, message: str, **more: Any) -> dict[str, Any]:
    return {
        "status": "error",
        "category": category,
        "message": message,
        "context": {},
        "links": {},
        "errors": [],
        **more,
    }


@pytest.mark.parametrize("path", ["/a/x/b", "//a/x/b", "/a/x/b/", "///a//x/b//"])
def test_every_spelling_of_a_path_is_the_same_operation(path: str) -> None:
    response = DISPATCH(http("POST", path, {"n": 1}))
    assert response["statusCode"] == 200
    assert answered(response) == {"id": "x", "json": {"n": 1}, "key": "key-1"}


def test_a_path_parameter_is_decoded() -> None:
    assert answered(DISPATCH(http("POST", "/a/ada%40example.com%2F1/b", {})))["id"] == "ada@example.com/1"


def test_a_path_parameter_longer_than_any_id_is_404() -> None:
    """Storage would refuse it, and the caller would hear that we failed."""
    assert DISPATCH(http("POST", f"/a/{'x' * 400}/b", {}))["statusCode"] == 200
    assert DISPATCH(http("POST", f"/a/{'x' * 401}/b", {}))["statusCode"] == 404


def test_a_base64_body_is_read() -> None:
    body = base64.b64encode(b'{"n": "\xc3\xa9"}').decode()
    assert answered(DISPATCH(http("POST", "/a/x/b", body, isBase64Encoded=True)))["json"] == {"n": "é"}


def test_an_unknown_route_is_404_with_or_without_a_key() -> None:
    for scopes in ("content", None):
        response = DISPATCH(http("DELETE", "/a", scopes=scopes))
        assert response["statusCode"] == 404
        assert answered(response) == problem("OBJECT_NOT_FOUND", "there is no DELETE /a")


@pytest.mark.parametrize("authorizer", [None, {}, {"lambda": None}, {"lambda": {}}, {"lambda": {"keyId": ""}}])
def test_without_a_verdict_nobody_enters(authorizer: Any) -> None:
    event = http("GET", "/a")
    event["requestContext"]["authorizer"] = authorizer
    response = DISPATCH(event)
    assert response["statusCode"] == 401
    body = answered(response)
    assert body == problem("INVALID_AUTHENTICATION", body["message"])
    assert "Authorization: Bearer" in body["message"]


def test_too_many_requests_are_told_as_both_of_hubspots_clients_understand() -> None:
    event = http("GET", "/a")
    event["requestContext"]["authorizer"]["lambda"]["wait"] = "3"
    response = DISPATCH(event)
    assert (response["statusCode"], response["headers"]["retry-after"]) == (429, "3")
    body = answered(response)
    assert body == problem("RATE_LIMITS", body["message"], policyName="TEN_SECONDLY_ROLLING")


def test_without_an_authorizer_at_all_nobody_enters() -> None:
    event = http("GET", "/a")
    del event["requestContext"]["authorizer"]
    assert DISPATCH(event)["statusCode"] == 401


def test_a_missing_scope_names_those_that_would_do() -> None:
    response = DISPATCH(http("POST", "/a/x/b", {}, scopes="marketing-email contents"))
    assert response["statusCode"] == 403
    body = answered(response)
    assert body == problem("MISSING_SCOPES", body["message"], context={"requiredScopes": ["content", "account"]})
    assert DISPATCH(http("POST", "/a/x/b", {}, scopes="account"))["statusCode"] == 200


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[]", "must be a JSON object"),
        ("null", "must be a JSON object"),
        ('"\\ud800"', "is not JSON"),
        ("[" * 200_000, "nested too deep"),
        ('{"a":' * 200_000, "nested too deep"),
    ],
)
def test_a_body_that_is_no_json_object_is_told(body: str, told: str) -> None:
    response = DISPATCH(http("POST", "/a/x/b", body))
    assert response["statusCode"] == 400
    told_of = answered(response)
    assert told_of["category"] == "VALIDATION_ERROR"
    assert [(one["in"], one["code"]) for one in told_of["errors"]] == [("body", "INVALID_JSON")]
    assert told in told_of["errors"][0]["message"]


@pytest.mark.parametrize("body", ["%%%", "abc", "/w=="])
def test_a_body_that_is_no_base64_or_no_utf8_is_told(body: str) -> None:
    assert DISPATCH(http("POST", "/a/x/b", body, isBase64Encoded=True))["statusCode"] == 400


def test_a_rejection_lists_every_fault() -> None:
    response = DISPATCH(http("GET", "/a", queryStringParameters={"how": "rejected"}))
    assert response["statusCode"] == 400
    assert answered(response) == problem(
        "VALIDATION_ERROR",
        "Invalid input: message.to: is wrong; emailId: is required",
        errors=[
            {"message": "message.to: is wrong", "code": "INVALID_VALUE", "in": "message.to", "context": {}},
            {"message": "emailId: is required", "code": "REQUIRED_FIELD", "in": "emailId", "context": {}},
        ],
    )


def test_what_is_not_there_is_404() -> None:
    response = DISPATCH(http("GET", "/a", queryStringParameters={"how": "missing"}))
    assert response["statusCode"] == 404
    assert answered(response) == problem("OBJECT_NOT_FOUND", "there is no such thing")


def test_what_is_too_late_is_409() -> None:
    response = DISPATCH(http("GET", "/a", queryStringParameters={"how": "late"}))
    assert response["statusCode"] == 409
    assert answered(response) == problem("CONFLICT", "it is too late")


def test_a_fault_of_ours_tells_nothing_but_where_to_look() -> None:
    response = DISPATCH(http("GET", "/a", queryStringParameters={"how": "crash"}))
    assert response["statusCode"] == 500
    body = answered(response)
    assert body == problem("INTERNAL_ERROR", body["message"])
    assert "secret detail" not in response["body"]
    assert "correlation id" in body["message"]


def test_each_request_has_a_correlation_id_of_its_own() -> None:
    ids = {DISPATCH(http("GET", "/none"))["headers"]["x-hubspot-correlation-id"] for _ in range(3)}
    assert len(ids) == 3


def test_faults_are_as_many_as_somebody_reads() -> None:
    faults = [FieldError("content.html", f"there is no filter {number}") for number in range(1_000)]
    _, problem = problems.to_response(Rejected(faults))
    assert (len(problem["errors"]), problem["errors"][-1]["message"]) == (ERRORS_MAX + 1, "content.html: and 900 more")
    assert problem["message"].endswith("content.html: and 900 more")
