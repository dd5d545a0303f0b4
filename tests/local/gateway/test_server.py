"""The gateway over a real socket: its errors, permissions, timeouts and CORS."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from yarl import URL

from infra.local.cloud import Cloud
from infra.local.gateway import Gateway, UnsupportedApi
from infra.local.lambdas import FunctionThrottled
from tests.support.local.deployed import Handlers, eventually, run
from tests.support.local.http_api import Deployment, serving, status_and_body


def a_gateway(cloud: Cloud, *api_id: str) -> Gateway:
    functions: Any = Handlers()
    return Gateway(cloud, functions, *api_id)


def test_errors_of_the_gateway(cloud: Cloud) -> None:
    """Each failure has API Gateway's status and text, and a request id."""
    api = Deployment(cloud)
    for name in ("fails", "malformed", "throttled", "missing"):
        api.route(f"POST /{name}", name)

    def throttled(event: Any) -> None:
        raise FunctionThrottled

    functions = Handlers(fails=lambda event: 1 / 0, malformed=lambda event: {"statusCode": "x"}, throttled=throttled)

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


def test_the_api_must_be_unambiguous(cloud: Cloud) -> None:
    """No API, or several without an id, is an error that lists them. An id selects one."""

    async def scenario() -> None:
        with pytest.raises(UnsupportedApi, match="deployed are: none"):
            await a_gateway(cloud).refresh()
        first, second = Deployment(cloud), cloud.client("apigatewayv2").create_api(Name="other", ProtocolType="HTTP")
        with pytest.raises(UnsupportedApi, match="exactly one HTTP API"):
            await a_gateway(cloud).refresh()
        assert (await a_gateway(cloud, second["ApiId"]).refresh()).id == second["ApiId"] != first.id

    run(scenario())


def test_an_unsupported_api_is_an_error(cloud: Cloud) -> None:
    """An unsupported integration or authorization is refused by name."""
    api = Deployment(cloud)
    api.route("GET /", "f", PayloadFormatVersion="1.0")

    async def scenario() -> None:
        gateway = a_gateway(cloud)
        with pytest.raises(UnsupportedApi, match=r"AWS_PROXY 1\.0 is not supported, only AWS_PROXY 2\.0"):
            await gateway.refresh()
        async with serving(cloud, Handlers()) as (client, _):
            assert await status_and_body(await client.get("/")) == (500, {"message": "Internal Server Error"})

    run(scenario())
