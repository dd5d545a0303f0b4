"""The HTTP API: routes and responses as API Gateway v2 has them, over a real socket."""

from __future__ import annotations

import asyncio
import base64
import json
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from infra.local.gateway import Gateway, UnsupportedApi
from infra.local.gateway.response import MalformedResponse, parse_response
from infra.local.gateway.routing import DeployedRoute, select
from infra.local.lambdas import FunctionThrottled
from tests.support.cli.local_stage import Handlers, deploy_function, eventually, run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientResponse

    from infra.local.cloud import Cloud


class Deployment:
    """Deploys one HTTP API whose routes call functions."""

    def __init__(self, cloud: Cloud, **settings: Any) -> None:
        self.client = cloud.client("apigatewayv2")
        self._cloud = cloud
        self.id = self.client.create_api(Name="api", ProtocolType="HTTP", **settings)["ApiId"]
        self._functions: dict[str, str] = {}

    def function(self, name: str) -> str:
        if name not in self._functions:
            self._functions[name] = deploy_function(self._cloud, name)
            self.permit(name, "*")
        return self._functions[name]

    def permit(self, function: str, source: str) -> None:
        """Replaces the permission of API Gateway. `source` comes after the API's id."""
        client = self._cloud.client("lambda")
        with suppress(ClientError):
            client.remove_permission(FunctionName=function, StatementId="gateway")
        client.add_permission(
            FunctionName=function,
            StatementId="gateway",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:us-east-1:{self._cloud.account_id}:{self.id}/{source}",
        )

    def route(self, key: str, function: str, **integration: Any) -> None:
        settings = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0"} | integration
        created = self.client.create_integration(ApiId=self.id, IntegrationUri=self.function(function), **settings)
        target = f"integrations/{created['IntegrationId']}"
        self.client.create_route(ApiId=self.id, RouteKey=key, Target=target)


@asynccontextmanager
async def serving(
    cloud: Cloud, functions: Any, api: str | None = None
) -> AsyncIterator[tuple[TestClient[Any, Any], Gateway]]:
    gateway = Gateway(cloud, functions, api)
    async with TestClient(TestServer(gateway.app)) as client:
        yield client, gateway


async def status_and_body(response: ClientResponse) -> tuple[int, Any]:
    return response.status, json.loads(await response.read())


ROUTES = [
    DeployedRoute(key, key)
    for key in (
        "GET /mail",
        "ANY /mail",
        "GET /mail/{id}",
        "GET /mail/latest",
        "ANY /mail/{id}/{part}",
        "GET /mail/{rest+}",
        "POST /{proxy+}",
        "GET /",
    )
]


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/mail", "GET /mail", {}),
        ("PUT", "/mail", "ANY /mail", {}),
        ("GET", "/mail/latest", "GET /mail/latest", {}),
        ("GET", "/mail/7", "GET /mail/{id}", {"id": "7"}),
        ("GET", "/mail/a%20b%2Fc", "GET /mail/{id}", {"id": "a b/c"}),
        ("GET", "/mail/7/html", "ANY /mail/{id}/{part}", {"id": "7", "part": "html"}),
        ("GET", "/mail/7/html/x", "GET /mail/{rest+}", {"rest": "7/html/x"}),
        ("POST", "/mail", "ANY /mail", {}),
        ("POST", "/mail/7", "POST /{proxy+}", {"proxy": "mail/7"}),
        ("POST", "/a//b", "POST /{proxy+}", {"proxy": "a//b"}),
        ("GET", "/", "GET /", {}),
        ("GET", "//", None, {}),
        ("GET", "/mail/", None, {}),
        ("PUT", "/else", None, {}),
    ],
)
def test_route_selection(method: str, path: str, key: str | None, parameters: dict[str, str]) -> None:
    """The most specific route answers. A named method comes before ANY, a greedy variable last."""
    match = select(ROUTES, method, path)
    assert (match and match.route.key) == key
    assert match is None or match.parameters == parameters


def test_the_default_route_takes_the_rest() -> None:
    """`$default` answers if no other route matches, and only then."""
    routes = [*ROUTES, DeployedRoute("$default", "d")]
    left, taken = select(routes, "PUT", "/else"), select(routes, "GET", "/mail")
    assert left is not None
    assert taken is not None
    assert (left.route.key, taken.route.key) == ("$default", "GET /mail")


@given(st.permutations(ROUTES), st.sampled_from(["/mail", "/mail/7", "/mail/latest", "/mail/7/8", "/mail/7/8/9"]))
def test_route_selection_does_not_depend_on_order(routes: list[DeployedRoute], path: str) -> None:
    """The order of deployment has no effect."""
    assert select(routes, "GET", path) == select(ROUTES, "GET", path)


def test_event_of_a_request(cloud: Cloud) -> None:
    """Every field of payload format 2.0, as API Gateway fills it."""
    api = Deployment(cloud)
    api.route("POST /mail/{id}", "f")
    functions = Handlers(f=lambda event: None)

    async def scenario() -> Any:
        async with serving(cloud, functions) as (client, _):
            headers = [
                ("X-Tag", "a"),
                ("X-Tag", "b"),
                ("Cookie", "c=1; d=2"),
                ("Cookie", "e=3"),
                ("User-Agent", "test"),
            ]
            response = await client.post(
                URL("/mail/a%20b?x=1&x=2&y=%C3%BC&empty=", encoded=True), json={"ü": 1}, headers=headers
            )
            return response.headers["apigw-requestid"], functions.events["f"][0]

    request_id, event = run(scenario())
    context = event.pop("requestContext")
    headers = event.pop("headers")
    assert event == {
        "version": "2.0",
        "routeKey": "POST /mail/{id}",
        "rawPath": "/mail/a b",
        "rawQueryString": "x=1&x=2&y=%C3%BC&empty=",
        "cookies": ["c=1", "d=2", "e=3"],
        "queryStringParameters": {"x": "1,2", "y": "ü", "empty": ""},
        "pathParameters": {"id": "a b"},
        "body": '{"\\u00fc": 1}',
        "isBase64Encoded": False,
    }
    assert headers["x-tag"] == "a,b"
    assert headers["content-type"] == "application/json"
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert "cookie" not in headers
    assert context.pop("timeEpoch") > 1_700_000_000_000
    assert context.pop("time").endswith(" +0000")
    assert context == {
        "accountId": cloud.account_id,
        "apiId": api.id,
        "domainName": "127.0.0.1",
        "domainPrefix": "127",
        "http": {
            "method": "POST",
            "path": "/mail/a b",
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": "test",
        },
        "requestId": request_id,
        "routeKey": "POST /mail/{id}",
        "stage": "$default",
    }


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("application/json; charset=utf-8", b"{}", "{}"),
        ("text/csv", "ü".encode(), "ü"),
        ("application/xml", b"<a/>", "<a/>"),
        ("application/x-www-form-urlencoded", b"a=1", None),
        ("application/problem+json", b"{}", None),
        ("application/octet-stream", b"\x00\xff", None),
        ("text/plain", b"\xff", None),
    ],
)
def test_body_is_text_or_base64(cloud: Cloud, content_type: str, body: bytes, text: str | None) -> None:
    """API Gateway treats very few types as text. Even a form is base64."""
    Deployment(cloud).route("$default", "f")
    functions = Handlers(f=lambda event: None)

    async def scenario() -> None:
        async with serving(cloud, functions) as (client, _):
            await client.post("/", data=body, headers={"content-type": content_type})

    run(scenario())
    event = functions.events["f"][0]
    assert event["isBase64Encoded"] is (text is None)
    assert event["body"] == (base64.b64encode(body).decode() if text is None else text)


def test_bare_request_has_no_optional_fields(cloud: Cloud) -> None:
    """Without query, cookies, path variables and body their fields are absent, not null."""
    Deployment(cloud).route("$default", "f")
    functions = Handlers(f=lambda event: None)

    async def scenario() -> None:
        async with serving(cloud, functions) as (client, _):
            await client.get(URL("/a//b%2Fc", encoded=True))

    run(scenario())
    event = functions.events["f"][0]
    assert event["rawPath"] == "/a//b/c"
    assert not event.keys() & {"cookies", "queryStringParameters", "pathParameters", "body"}


FULL = {
    "statusCode": 201,
    "headers": {"X-One": 1, "Content-Type": "text/html"},
    "cookies": ["a=1", "b=2"],
    "body": "<p>",
}


def test_full_response(cloud: Cloud) -> None:
    """Status, headers, several cookies and body are the function's."""
    Deployment(cloud).route("$default", "f")

    async def scenario() -> None:
        async with serving(cloud, Handlers(f=lambda event: FULL)) as (client, _):
            response = await client.get("/")
            assert response.status == 201
            assert response.headers["x-one"] == "1"
            assert response.headers["content-type"] == "text/html"
            assert response.headers.getall("set-cookie") == ["a=1", "b=2"]
            assert await response.text() == "<p>"

    run(scenario())


@pytest.mark.parametrize(
    ("payload", "status", "content_type", "body"),
    [
        ({"ok": True}, 200, "application/json", b'{"ok": true}'),
        ("Hello", 200, "application/json", b'"Hello"'),
        ([1], 200, "application/json", b"[1]"),
        (None, 200, "application/json", b"null"),
        ({"statusCode": "204"}, 204, "text/plain; charset=utf-8", b""),
        ({"statusCode": 200, "body": "AP8=", "isBase64Encoded": True}, 200, "text/plain; charset=utf-8", b"\x00\xff"),
    ],
)
def test_response_forms(payload: Any, status: int, content_type: str, body: bytes) -> None:
    """JSON without a status is a 200. With a status, missing fields have API Gateway's defaults."""
    answer = parse_response(payload)
    assert (answer.status, dict(answer.headers)["content-type"], answer.body) == (status, content_type, body)


@pytest.mark.parametrize(
    "payload",
    [
        {"statusCode": "soon"},
        {"statusCode": None},
        {"statusCode": 99},
        {"statusCode": True},
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": 200, "body": "?", "isBase64Encoded": True},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "headers": {"a": "b\r\nset-cookie: c"}},
        {"statusCode": 200, "cookies": "a=1"},
    ],
)
def test_malformed_responses(payload: Any) -> None:
    """API Gateway answers 500 for these."""
    with pytest.raises(MalformedResponse):
        parse_response(payload)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda i: (
            st.dictionaries(st.sampled_from(["statusCode", "headers", "body", "cookies", "isBase64Encoded", "x"]), i)
            | st.lists(i)
        ),
    )
)
def test_any_payload_is_a_response_or_malformed(payload: Any) -> None:
    """No payload of a function breaks the gateway."""
    with suppress(MalformedResponse):
        assert 100 <= parse_response(payload).status < 600


def test_errors_of_the_gateway(cloud: Cloud) -> None:
    """Each failure has API Gateway's status and text, and a request id."""
    api = Deployment(cloud)
    for name in ("fails", "malformed", "throttled", "missing"):
        api.route(f"POST /{name}", name)

    def throttled(event: Any) -> None:
        raise FunctionThrottled

    functions = Handlers(fails=lambda event: 1 / 0, malformed=lambda event: {"statusCode": "x"})
    real = functions.invoke

    async def invoke(name: str, event: Any) -> Any:
        if "throttled" in name:
            raise FunctionThrottled
        return await real(name, event)

    functions.invoke = invoke  # type: ignore[method-assign]  # the test's own

    async def scenario() -> None:
        async with serving(cloud, functions) as (client, _):
            for path in ("/nothing", URL("/a%0D%0Ab", encoded=True)):  # a line end is a character of a path
                assert await status_and_body(await client.get(path)) == (404, {"message": "Not Found"})
            for path in ("/fails", "/malformed", "/missing"):
                assert await status_and_body(await client.post(path)) == (500, {"message": "Internal Server Error"})
            response = await client.post("/throttled")
            assert await status_and_body(response) == (503, {"message": "Service Unavailable"})
            assert response.headers["apigw-requestid"]
            large = await client.post("/fails", data=b"x" * (10 * 1024 * 1024 + 1))
            assert await status_and_body(large) == (413, {"message": "Request Entity Too Large"})

    run(scenario())


@pytest.mark.parametrize(
    ("source", "route_status", "default_status"),
    [
        ("*", 200, 200),
        ("*/*/*", 200, 500),
        ("*/$default", 500, 200),
        ("*/GET/*", 200, 500),
        ("*/POST/mail/*", 500, 500),
    ],
)
def test_a_function_needs_a_permission_for_its_route(
    cloud: Cloud, source: str, route_status: int, default_status: int
) -> None:
    """`$default` is called as `<api>/<stage>/$default`: a pattern with a part more does not cover it."""
    api = Deployment(cloud)
    api.route("GET /mail/{id}", "f")
    api.route("$default", "f")
    api.permit("f", source)

    async def scenario() -> None:
        async with serving(cloud, Handlers(f=lambda event: {"statusCode": 200, "body": ""})) as (client, _):
            assert (await client.get("/mail/7")).status == route_status
            assert (await client.get("/nope")).status == default_status
            api.permit("f", "*")
            assert (await client.get("/nope")).status == 200

    run(scenario())


def test_slow_function_times_out_and_runs_on(cloud: Cloud) -> None:
    """The integration timeout answers 503. The function continues to run."""
    Deployment(cloud).route("$default", "slow", TimeoutInMillis=50)
    finished: list[bool] = []

    async def scenario() -> None:
        answered = asyncio.Event()

        async def slow() -> None:
            await answered.wait()
            finished.append(True)

        async with serving(cloud, Handlers(slow=lambda event: slow())) as (client, _):
            assert await status_and_body(await client.get("/")) == (503, {"message": "Service Unavailable"})
            answered.set()
            await eventually(lambda: bool(finished))

    run(scenario())


def test_deployed_routes_are_followed(cloud: Cloud) -> None:
    """A route that a deployment adds answers the next request."""
    api = Deployment(cloud)
    api.route("GET /one", "one")

    async def scenario() -> None:
        async with serving(cloud, Handlers(one=lambda event: 1, two=lambda event: 2)) as (client, _):
            assert (await client.get("/two")).status == 404
            api.route("GET /two", "two")
            assert await status_and_body(await client.get("/two")) == (200, 2)

    run(scenario())


def test_closing_turns_new_requests_away(cloud: Cloud) -> None:
    """While the stack drains, requests in progress finish and new ones get 503."""
    Deployment(cloud).route("$default", "f")

    async def scenario() -> None:
        release = asyncio.Event()
        functions = Handlers(f=lambda event: release.wait())
        async with serving(cloud, functions) as (client, gateway):
            under_way = asyncio.create_task(client.get("/"))
            await eventually(lambda: bool(functions.events["f"]))
            gateway.closing = True
            assert await status_and_body(await client.get("/")) == (503, {"message": "Service Unavailable"})
            assert gateway.inflight == 1
            release.set()
            assert await status_and_body(await under_way) == (200, True)
            await eventually(lambda: gateway.inflight == 0)

    run(scenario())


def test_cors_as_deployed(cloud: Cloud) -> None:
    """Preflights need no route. Responses get the API's headers in place of the function's."""
    rules = {"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET"], "AllowHeaders": ["x-key"], "MaxAge": 60}
    Deployment(cloud, CorsConfiguration=rules).route("GET /", "f")
    answer = {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}}

    async def scenario() -> None:
        async with serving(cloud, Handlers(f=lambda event: answer)) as (client, _):
            preflight_headers = {"origin": "https://a.example", "access-control-request-method": "GET"}
            preflight = await client.options("/", headers=preflight_headers)
            assert preflight.status == 204
            assert preflight.headers["access-control-allow-origin"] == "https://a.example"
            assert preflight.headers["access-control-allow-methods"] == "GET"
            assert preflight.headers["access-control-max-age"] == "60"
            stranger = await client.get("/", headers={"origin": "https://b.example"})
            assert "access-control-allow-origin" not in stranger.headers
            friend = await client.get("/", headers={"origin": "https://a.example"})
            assert friend.headers.getall("access-control-allow-origin") == ["https://a.example"]

    run(scenario())


def test_form_upload_arrives_whole(cloud: Cloud) -> None:
    """A multipart body is passed as bytes."""
    Deployment(cloud).route("$default", "f")
    functions = Handlers(f=lambda event: None)
    form = FormData()
    form.add_field("file", b"\x00\x01\xff" * 1000, filename="a.bin")

    async def scenario() -> None:
        async with serving(cloud, functions) as (client, _):
            await client.post("/", data=form)

    run(scenario())
    assert b"\x00\x01\xff" * 1000 in base64.b64decode(functions.events["f"][0]["body"])


def test_the_api_must_be_unambiguous(cloud: Cloud) -> None:
    """No API, or several without an id, is an error that lists them. An id selects one."""

    async def scenario() -> None:
        with pytest.raises(UnsupportedApi, match="deployed are: none"):
            await Gateway(cloud, Handlers()).refresh()  # type: ignore[arg-type]  # a fake
        first, second = Deployment(cloud), cloud.client("apigatewayv2").create_api(Name="other", ProtocolType="HTTP")
        with pytest.raises(UnsupportedApi, match="exactly one HTTP API"):
            await Gateway(cloud, Handlers()).refresh()  # type: ignore[arg-type]  # a fake
        assert (await Gateway(cloud, Handlers(), second["ApiId"]).refresh()).id == second["ApiId"] != first.id  # type: ignore[arg-type]  # a fake

    run(scenario())


def test_an_unsupported_api_is_an_error(cloud: Cloud) -> None:
    """An unsupported integration or authorization is refused by name."""
    api = Deployment(cloud)
    api.route("GET /", "f", PayloadFormatVersion="1.0")

    async def scenario() -> None:
        gateway = Gateway(cloud, Handlers())  # type: ignore[arg-type]  # a fake
        with pytest.raises(UnsupportedApi, match=r"AWS_PROXY 1\.0 is not supported, only AWS_PROXY 2\.0"):
            await gateway.refresh()
        async with serving(cloud, Handlers()) as (client, _):
            assert await status_and_body(await client.get("/")) == (500, {"message": "Internal Server Error"})

    run(scenario())
