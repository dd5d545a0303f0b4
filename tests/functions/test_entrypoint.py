"""What every Lambda handler begins and ends with."""

from __future__ import annotations

import contextlib
import importlib
import json
import math
import socket
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from functions import api, single_send, smtp_tokens
from functions.adapters.aws import deadline
from functions.adapters.aws.deadline import DEADLINE, RESERVE_SECONDS
from functions.adapters.aws.errors import AwsError
from functions.telemetry import HTTP_MS, count, entrypoint, log_context, logger
from functions.wiring import Container
from tests.support.aws.lambdas import LAMBDAS, call
from tests.support.events import CONTEXT, SEND, http

LogLines = Callable[[], list[dict[str, Any]]]

HOUR = 3600
REQUEST = {"emailId": 7, "message": {"to": "ada@example.net"}}
TOKENS = "/marketing/v3/transactional/smtp-tokens"
HTTP_REQUESTS = [
    (single_send, http("POST", SEND, REQUEST)),
    (api, http("POST", SEND, REQUEST)),
    (smtp_tokens, http("GET", TOKENS)),
    (single_send, http("POST", SEND, REQUEST, scopes=None, headers={"authorization": "Bearer s"})),
]


def with_time(milliseconds: int) -> Any:
    return SimpleNamespace(**{**vars(CONTEXT), "get_remaining_time_in_millis": lambda: milliseconds})


def invoke_with_nothing(name: str, context: Any = CONTEXT) -> None:
    """A handler may refuse an empty event: what it begins with happens all the same."""
    with contextlib.suppress(LookupError, AwsError):
        importlib.import_module(f"functions.{name}").handler({}, context)


def test_there_are_thirteen_functions() -> None:
    assert len(LAMBDAS) == 13


@pytest.mark.parametrize("name", LAMBDAS)
def test_every_function_begins_its_deadline(aws: Container, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DEADLINE, "_at", math.inf)
    invoke_with_nothing(name, with_time(100_000))
    assert 80 < DEADLINE.at_most(HOUR) <= 100 - RESERVE_SECONDS


@pytest.mark.parametrize("name", LAMBDAS)
def test_every_function_begins_its_own_log_context(aws: Container, name: str) -> None:
    logger.append_keys(left="by an earlier invocation")
    invoke_with_nothing(name)
    keys = logger.get_current_keys()
    assert "left" not in keys
    assert keys["function_request_id"] == CONTEXT.aws_request_id


def test_the_log_context_has_the_keys_of_powertools() -> None:
    @logger.inject_lambda_context(clear_state=True)
    def theirs(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return dict(logger.get_current_keys())

    @entrypoint
    def ours(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return dict(logger.get_current_keys())

    assert {**ours({}, CONTEXT), "cold_start": False} == {**theirs({}, CONTEXT), "cold_start": False}


@pytest.mark.parametrize("name", LAMBDAS)
def test_every_function_publishes_its_metrics(aws: Container, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    count("Counted", 3)
    invoke_with_nothing(name)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "CloudWatchMetrics" in line]
    assert [line["Counted"] for line in lines if "Counted" in line] == [[3.0]]


@pytest.mark.parametrize(("function", "event"), HTTP_REQUESTS)
def test_a_caller_is_answered_in_time_if_aws_is_silent(
    aws: Container, monkeypatch: pytest.MonkeyPatch, function: Any, event: dict[str, Any]
) -> None:
    """In the contract's shape. Otherwise Lambda stops the function, and API Gateway answers in its own shape."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setattr(deadline, "LEAST_SECONDS", 0.05)
        begun = time.monotonic()
        answer = function.handler(event, with_time(1000))
        body = json.loads(answer["body"])
        assert (answer["statusCode"], body["category"]) == (500, "INTERNAL_ERROR")
        assert body["correlationId"] == answer["headers"]["x-hubspot-correlation-id"]
        assert time.monotonic() - begun < RESERVE_SECONDS / 2


def test_a_request_ends_before_api_gateway_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function of SMTP tokens may run for minutes, since it also reconciles them."""
    monkeypatch.setattr(DEADLINE, "_at", math.inf)
    call(entrypoint(lambda event, context: None), http("GET", TOKENS))
    assert DEADLINE.at_most(HOUR) <= HTTP_MS / 1000 - RESERVE_SECONDS


def test_metrics_are_published_if_the_handler_raises(capsys: pytest.CaptureFixture[str]) -> None:
    @entrypoint
    def failing(event: dict[str, Any], context: Any) -> None:
        count("Counted")
        raise ConnectionError

    with pytest.raises(ConnectionError):
        call(failing, {})
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["Counted"] == [1.0]


def test_nothing_is_published_if_nothing_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    call(entrypoint(lambda event, context: count("Counted", 0)), {})
    assert capsys.readouterr().out == ""


def test_log_keys_end_with_their_context(log_lines: LogLines) -> None:
    with log_context(send_id="s-1"):
        logger.warning("within")
    logger.warning("after")
    within, after = log_lines()
    assert (within["message"], within["send_id"]) == ("within", "s-1")
    assert (after["message"], "send_id" in after) == ("after", False)
