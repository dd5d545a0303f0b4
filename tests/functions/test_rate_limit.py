"""The rate limit of a key: sends are exempt, and every answer reports the limit."""

from __future__ import annotations

from typing import Any

import pytest

from functions import api, single_send, wiring
from functions.core.access.actor import unrestricted
from functions.routes.sending.table import SINGLE_SEND
from functions.wiring import Container
from tests.fakes.access import ClaimedKeys
from tests.support.aws.lambdas import call
from tests.support.events import SEND, STATISTICS, STATUS, http

RUN = 2000  # sends of a nightly run, all at one instant
LEGACY = "/email/public/v1/singleEmail/send"
RATE_HEADERS = {"x-hubspot-ratelimit-max": "1000", "x-hubspot-ratelimit-interval-milliseconds": "10000"}


@pytest.fixture
def key(aws: Container) -> str:
    """One key, at an instant that lasts."""
    now = aws.clock()
    wiring.container().clock = lambda: now
    scopes = ("transactional-email", "content")
    secret, _ = aws.get(wiring.access.create_api_key)(
        "nightly", "ada@example.com", scopes, unrestricted("ada@example.com")
    )
    return secret


def authorized(secret: str, event: dict[str, Any]) -> dict[str, Any]:
    """The event with a stored key."""
    event["headers"]["authorization"] = f"Bearer {secret}"
    return event


def test_a_key_sends_2000_mails_at_once(aws: Container, key: str) -> None:
    statuses = set()
    for number in range(RUN):
        body = {"emailId": 7, "message": {"to": f"{number}@example.net"}, "customProperties": {"order": number}}
        answer = call(single_send.handler, authorized(key, http("POST", SEND, body)))
        statuses.add((answer["statusCode"], answer["headers"]["x-hubspot-ratelimit-remaining"]))
    assert statuses == {(200, "1000")}
    assert call(api.handler, authorized(key, http("GET", STATISTICS)))["statusCode"] == 200


def test_other_requests_of_a_key_are_limited(aws: Container, key: str) -> None:
    answers = [call(api.handler, authorized(key, http("GET", STATUS + "x"))) for _ in range(1015)]
    assert {answer["statusCode"] for answer in answers[:1000]} == {404}
    refused = answers[-1]
    assert (refused["statusCode"], refused["headers"]["x-hubspot-ratelimit-remaining"]) == (429, "0")
    assert int(refused["headers"]["retry-after"]) > 0
    assert refused["headers"].items() >= RATE_HEADERS.items()
    send = {"emailId": 7, "message": {"to": "ada@example.net"}, "customProperties": {"order": 1}}
    assert call(single_send.handler, authorized(key, http("POST", SEND, send)))["statusCode"] == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", STATISTICS, 200),
        ("GET", STATUS + "x", 404),
        ("GET", "/nowhere", 404),
        ("POST", SEND, 400),
        ("GET", "/staffetta/v1/api-keys", 403),
        ("GET", "/marketing/v3/transactional/smtp-tokens/", 308),
    ],
)
def test_every_authenticated_answer_reports_the_limit(
    aws: Container, key: str, method: str, path: str, status: int
) -> None:
    answer = call(api.handler, authorized(key, http(method, path, {})))
    assert answer["statusCode"] == status
    assert answer["headers"].items() >= RATE_HEADERS.items()
    assert 0 <= int(answer["headers"]["x-hubspot-ratelimit-remaining"]) <= 1000


@pytest.mark.parametrize(("path", "status"), [(STATISTICS, 401), ("/openapi.json", 200), ("/nowhere", 404)])
def test_an_answer_without_a_key_reports_none(aws: Container, path: str, status: int) -> None:
    answer = call(api.handler, authorized("wrong", http("GET", path)))
    assert answer["statusCode"] == status
    assert not any(name.startswith("x-hubspot-ratelimit") for name in answer["headers"])


@pytest.mark.parametrize("path", [*(route.path for route in SINGLE_SEND), LEGACY])
def test_sends_are_exempt_in_every_spelling(aws: Container, path: str) -> None:
    sent = path.replace("{version}", "2026-03")
    assert all(is_exempt("POST", spelling) for spelling in (sent, f"/{sent}/", sent.replace("/", "//")))
    assert not any(is_exempt(*other) for other in (("GET", sent), ("POST", sent + "/x"), ("POST", "/x" + sent)))


def test_nothing_else_is_exempt(aws: Container) -> None:
    for method, path in (
        ("GET", STATUS + "x"),
        ("DELETE", STATUS + "x"),
        ("POST", "/staffetta/v1/uploads"),
        ("POST", ""),
    ):
        assert not is_exempt(method, path)


def is_exempt(method: str, path: str) -> bool:
    checked: list[bool] = []

    def check(_header: str | None, exempt: bool) -> None:
        checked.append(exempt)

    keys: Any = ClaimedKeys(check)
    wiring.container().override(wiring.access.check_key, keys)
    call(api.handler, http(method, path, {}, scopes=None))
    return checked == [True]
