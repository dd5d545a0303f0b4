from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions import wiring
from functions.core.access.actor import Actor
from functions.core.access.scopes import SCOPES
from functions.core.errors import ERRORS_MAX, Conflict, FieldError, Leased, NotFound, Rejected, Retry
from functions.http import paths
from functions.http.responses import Response
from functions.http.route import Route
from functions.routes.http import problems
from functions.routes.http.gate import ApiRequest, api_dispatcher
from functions.steps.access.check_key import KeyCheck
from functions.steps.access.limit_rate import RateResult
from infra.local.gateway.event import GatewayRequest, integration_event
from infra.local.gateway.routing import DeployedRoute, select
from tests.fakes.access import ClaimedKeys, claimed_key
from tests.support.events import http

ROUTES = [
    Route("POST", "/a/{id}/b", "act", "api", ("content", "account")),
    Route("GET", "/a", "look", "api", ("content",)),
]


def act(request: ApiRequest) -> Any:
    return {"id": request.path_parameters["id"], "json": request.json(), "key": request.caller.key_id}


def look(request: ApiRequest) -> Any:
    raise {
        "rejected": Rejected(
            [FieldError("message.to", "is wrong"), FieldError("emailId", "is required", "REQUIRED_FIELD")]
        ),
        "missing": NotFound("there is no such thing"),
        "late": Conflict("it is too late"),
        "contention": Retry("the contact is being changed"),
        "leased": Leased("the send is leased", after_seconds=7),
        "crash": RuntimeError("secret detail"),
    }[request.query["error"]]


VERSIONED = Route("GET", "/c/{version}/{id}", "show", "api", ("content",), versions=("2025-09", "2026-03"))


def show(request: ApiRequest) -> Any:
    return request.path_parameters


DISPATCH = api_dispatcher([*ROUTES, VERSIONED], {"act": act, "look": look, "show": show})


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


def deployed(path: str) -> dict[str, Any]:
    """The event of a request that API Gateway found the versioned route for."""
    version, id_ = path.split("/")[2:]
    parameters = {"version": version, "id": id_}
    return http("GET", path) | {"routeKey": VERSIONED.key, "pathParameters": parameters}


@pytest.mark.parametrize("version", ["2025-09", "2026-03"])
def test_an_operation_answers_in_each_of_its_versions(version: str) -> None:
    for event in (http("GET", f"/c/{version}/7"), deployed(f"/c/{version}/7")):
        assert answered(DISPATCH(event)) == {"version": version, "id": "7"}


@pytest.mark.parametrize("version", ["2024-09", "v3", "2026-03-beta", "2026-3", "7"])
def test_an_unknown_version_is_404(version: str) -> None:
    for event in (http("GET", f"/c/{version}/7"), deployed(f"/c/{version}/7")):
        response = DISPATCH(event)
        assert (response["statusCode"], answered(response)["category"]) == (404, "OBJECT_NOT_FOUND")


def sent(path: str) -> Any:
    """The answer to a request whose path is as sent: API Gateway's event is made by the local gateway."""
    key = ("authorization", claimed_key("content"))
    request = GatewayRequest("POST", path, "", [key], b"{}", "192.0.2.7", datetime(2026, 11, 23, tzinfo=UTC))
    match = select([DeployedRoute("POST /a/{id}/b", "f"), DeployedRoute("$default", "f")], "POST", path)
    assert match
    event = integration_event(request, match, account_id="1", api_id="a")
    return answered(DISPATCH(event))


@pytest.mark.parametrize("octet", range(256))
def test_a_path_parameter_is_decoded_once(octet: int) -> None:
    """Each octet comes as its text, and its escaped escape comes as the escape. The lower-case spelling of hex digits is the same."""
    text = bytes([octet]).decode(errors="replace")
    for escape in (f"%{octet:02X}", f"%{octet:02x}"):
        assert sent(f"/a/{escape}/b")["id"] == text
        assert sent(f"/a/%25{escape[1:]}/b")["id"] == escape
        assert sent(f"/a/%2525{escape[1:]}/b")["id"] == f"%25{escape[1:]}"


@given(st.text(min_size=1, max_size=400))
def test_any_text_is_a_path_parameter(text: str) -> None:
    assert sent(f"/a/{quote(text, safe='')}/b")["id"] == text


def test_another_spelling_of_a_path_is_decoded_once() -> None:
    assert sent("//a/%2541/b")["id"] == "%41"


def test_a_path_parameter_longer_than_an_id_is_404() -> None:
    """Storage would refuse it, and the caller would get a 500."""
    assert DISPATCH(http("POST", f"/a/{'x' * 400}/b", {}))["statusCode"] == 200
    assert DISPATCH(http("POST", f"/a/{'x' * 401}/b", {}))["statusCode"] == 404
    assert sent(f"/a/{'x' * 401}/b")["category"] == "OBJECT_NOT_FOUND"


def test_a_base64_body_is_read() -> None:
    body = base64.b64encode(b'{"n": "\xc3\xa9"}').decode()
    assert answered(DISPATCH(http("POST", "/a/x/b", body, isBase64Encoded=True)))["json"] == {"n": "é"}


def test_an_unknown_route_is_404_with_or_without_a_key() -> None:
    for scopes in ("content", None):
        response = DISPATCH(http("DELETE", "/a", scopes=scopes))
        assert response["statusCode"] == 404
        assert answered(response) == problem("OBJECT_NOT_FOUND", "there is no DELETE /a: this path has GET")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer  ", "Basic YTpi", "key-1"])
def test_a_request_without_a_key_is_401(header: str | None) -> None:
    response = DISPATCH(http("GET", "/a", scopes=None, headers={} if header is None else {"authorization": header}))
    assert response["statusCode"] == 401
    body = answered(response)
    assert body == problem("INVALID_AUTHENTICATION", body["message"])
    assert "Authorization: Bearer" in body["message"]


def use(check: Callable[[str | None, bool], KeyCheck | None]) -> None:
    keys: Any = ClaimedKeys(check)
    wiring.container().override(wiring.access.check_key, keys)


def test_hubspots_clients_can_read_a_rate_limit() -> None:
    check = KeyCheck(Actor("ada@example.com", SCOPES, "key-1"), RateResult(3, 0))
    use(lambda _header, _exempt: check)
    response = DISPATCH(http("GET", "/a", headers={"authorization": "Bearer busy"}))
    assert (response["statusCode"], response["headers"]["retry-after"]) == (429, "3")
    body = answered(response)
    assert body == problem("RATE_LIMITS", body["message"], policyName="TEN_SECONDLY_ROLLING")


@pytest.mark.parametrize(("error", "status"), [(Retry("throttled"), 503), (RuntimeError("secret detail"), 500)])
def test_an_error_of_the_key_check_is_an_answer(error: Exception, status: int) -> None:
    def check(_header: str | None, _exempt: bool) -> KeyCheck | None:
        raise error

    use(check)
    response = DISPATCH(http("GET", "/a", headers={"authorization": "Bearer any"}))
    assert response["statusCode"] == status
    assert "secret" not in answered(response)["message"]


def test_a_missing_scope_names_the_accepted_ones() -> None:
    response = DISPATCH(http("POST", "/a/x/b", {}, scopes="marketing-email contents"))
    assert response["statusCode"] == 403
    body = answered(response)
    assert body == problem("MISSING_SCOPES", body["message"], context={"requiredScopes": ["content", "account"]})
    assert DISPATCH(http("POST", "/a/x/b", {}, scopes="account"))["statusCode"] == 200


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "is empty"),
        ("{", "is not JSON"),
        ("[]", "must be a JSON object"),
        ("null", "must be a JSON object"),
        ('"\\ud800"', "is not JSON"),
        ("[" * 200_000, "nested too deep"),
        ("[" * 2_000 + "]" * 2_000, "nested too deep"),
        ('{"a":' * 200_000, "nested too deep"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(body: str, message: str) -> None:
    response = DISPATCH(http("POST", "/a/x/b", body))
    assert response["statusCode"] == 400
    answer = answered(response)
    assert answer["category"] == "VALIDATION_ERROR"
    assert [(error["in"], error["code"]) for error in answer["errors"]] == [("body", "INVALID_JSON")]
    assert message in answer["errors"][0]["message"]


@pytest.mark.parametrize("body", ["%%%", "abc", "/w=="])
def test_a_body_in_another_encoding_is_refused(body: str) -> None:
    assert DISPATCH(http("POST", "/a/x/b", body, isBase64Encoded=True))["statusCode"] == 400


def test_a_rejection_lists_every_error() -> None:
    response = DISPATCH(http("GET", "/a", queryStringParameters={"error": "rejected"}))
    assert response["statusCode"] == 400
    assert answered(response) == problem(
        "VALIDATION_ERROR",
        "Invalid input: message.to: is wrong; emailId: is required",
        errors=[
            {"message": "message.to: is wrong", "code": "INVALID_VALUE", "in": "message.to", "context": {}},
            {"message": "emailId: is required", "code": "REQUIRED_FIELD", "in": "emailId", "context": {}},
        ],
    )


def test_a_missing_object_is_404() -> None:
    response = DISPATCH(http("GET", "/a", queryStringParameters={"error": "missing"}))
    assert response["statusCode"] == 404
    assert answered(response) == problem("OBJECT_NOT_FOUND", "there is no such thing")


def test_a_conflict_is_409() -> None:
    response = DISPATCH(http("GET", "/a", queryStringParameters={"error": "late"}))
    assert response["statusCode"] == 409
    assert answered(response) == problem("CONFLICT", "it is too late")


@pytest.mark.parametrize(("error", "seconds"), [("contention", "1"), ("leased", "7")])
def test_contention_is_503_with_the_time_to_retry(error: str, seconds: str) -> None:
    response = DISPATCH(http("GET", "/a", queryStringParameters={"error": error}))
    assert (response["statusCode"], response["headers"]["retry-after"]) == (503, seconds)
    body = answered(response)
    assert body == problem("SERVICE_UNAVAILABLE", body["message"])
    assert body["message"].endswith(f": retry in {seconds} s")


def test_an_internal_error_has_no_details() -> None:
    response = DISPATCH(http("GET", "/a", queryStringParameters={"error": "crash"}))
    assert response["statusCode"] == 500
    body = answered(response)
    assert body == problem("INTERNAL_ERROR", body["message"])
    assert "secret detail" not in response["body"]
    assert "correlation id" in body["message"]


def test_each_request_has_its_own_correlation_id() -> None:
    ids = {DISPATCH(http("GET", "/none"))["headers"]["x-hubspot-correlation-id"] for _ in range(3)}
    assert len(ids) == 3


def test_the_number_of_listed_errors_is_limited() -> None:
    errors = [FieldError("content.html", f"there is no filter {number}") for number in range(1_000)]
    _, problem = problems.problem_of(Rejected(errors))
    assert (len(problem["errors"]), problem["errors"][-1]["message"]) == (ERRORS_MAX + 1, "content.html: and 900 more")
    assert problem["message"].endswith("content.html: and 900 more")


@pytest.mark.parametrize(
    ("path", "email"),
    [
        ("/p/a@example.net", "a@example.net"),
        ("//p//a@example.net/", "a@example.net"),
        ("/p/a//b@example.net", "a//b@example.net"),
        ("/p/none", "none"),
        ("/p/a@example.net/edit", None),
        ("/p/a@b@example.net", None),
    ],
)
def test_an_address_in_a_path_keeps_its_slashes(path: str, email: str | None) -> None:
    route = Route("GET", "/p/{email}", "show", "api", ("content",))
    response = api_dispatcher([route], {"show": show})(http("GET", path))
    assert (json.loads(response["body"]).get("email"), response["statusCode"]) == (email, 200 if email else 404)


def test_a_greedy_route_has_what_follows_a_question_mark() -> None:
    event = http("GET", "/p/a") | {"routeKey": "ANY /p/{proxy+}", "pathParameters": {"proxy": "a?b@example.net"}}
    assert paths.of_event(event) == "/p/a?b@example.net"
    assert paths.of_event(event | {"pathParameters": {"proxy": "a%3Fb"}}) == "/p/a"
    assert paths.of_event(http("GET", "/p/a")) == "/p/a"
