"""What a command says when AWS does not do what it is asked: a sentence, and no traceback."""

from __future__ import annotations

import json
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from functions import wiring
from functions.adapters.aws.errors import AwsError
from functions.core.tokens.smtp_token import TokenState
from functions.wiring import Container
from infra.cli.stage import Stage
from tests.support.cloud import SETTINGS
from tests.support.staffetta_command import failing as failing_command

CREATE = ("tokens", "create", "--owner", "ada@example.com", "--name", "till")
COMMANDS = [
    (("keys", "list"), "Scan"),
    (("keys", "create", "--name", "shop", "--owner", "ada@example.com"), "PutItem"),
    (("tokens", "list"), "Scan"),
    (CREATE, "CreateUser"),
    (("tokens", "delete", "AKIAX", "--yes"), "GetItem"),
    (("redrive",), "ReceiveMessage"),
    (("starters", "publish", "receipt", "--from", "shop@example.com"), "GetItem"),
]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> dict[str, Exception]:
    """Errors by operation: put one in, and the SDK's calls of that operation fail."""
    errors: dict[str, Exception] = {}
    sdk: Any = botocore.client.BaseClient
    call = sdk._make_api_call

    def failed(self: Any, operation: str, request: Any) -> Any:
        if operation in errors:
            raise errors[operation]
        return call(self, operation, request)

    monkeypatch.setattr(sdk, "_make_api_call", failed)
    return errors


def refusal(operation: str, code: str = "AccessDenied") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": f"not authorized to perform: {operation}"}}, operation)


def said(*words: str) -> str:
    return failing_command(*words, exit_code=3)


@pytest.mark.parametrize(("words", "operation"), COMMANDS)
def test_a_refusal_is_told(
    stage: Container, failing: dict[str, Exception], words: tuple[str, ...], operation: str
) -> None:
    failing[operation] = refusal(operation)
    told = said(*words)
    assert told.startswith("staffetta: AWS refused. ")
    assert "AccessDenied" in told
    assert f"not authorized to perform: {operation}" in told


def test_of_a_refused_create_the_first_refusal_is_told_and_no_token_is_left(
    stage: Container, failing: dict[str, Exception]
) -> None:
    """Undoing it is refused as well."""
    failing |= {operation: refusal(operation) for operation in ("CreateUser", "ListAccessKeys")}
    assert "CreateUser" in said(*CREATE[:-1], "refused")
    (state,) = (token.state for token in stage.get(wiring.adapters.smtp_tokens).all() if token.name == "refused")
    assert state is TokenState.DELETED


def test_where_iam_is_full_create_says_so(stage: Container, failing: dict[str, Exception]) -> None:
    failing["CreateUser"] = refusal("CreateUser", "LimitExceeded")
    assert "as many IAM users as it may have (5,000 unless AWS raised it)" in failing_command(*CREATE)


def test_an_answer_that_never_came_is_told(stage: Container, failing: dict[str, Exception]) -> None:
    failing["CreateAccessKey"] = ReadTimeoutError(endpoint_url="https://iam.amazonaws.com")
    assert said(*CREATE).startswith("staffetta: AWS did not answer, so it is unknown whether it was done: ")


def test_a_page_that_is_refused_is_told(stage: Container, failing: dict[str, Exception]) -> None:
    """Lists come in pages, each of them a call."""
    failing["ListUsers"] = refusal("ListUsers")
    with pytest.raises(AwsError, match="not authorized to perform: ListUsers"):
        Stage("prod").get(wiring.adapters.smtp_users).all()


def test_where_aws_cannot_be_reached_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stage, "outputs", lambda _stage: {"Settings": json.dumps(SETTINGS.to_env())})
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert said("tokens", "list").startswith("staffetta: AWS cannot be reached: Could not connect")


@pytest.mark.parametrize("outputs", [{}, {"Settings": "{}"}])
def test_a_stage_of_another_version_is_told(monkeypatch: pytest.MonkeyPatch, outputs: dict[str, str]) -> None:
    monkeypatch.setattr(Stage, "outputs", lambda _stage: outputs)
    assert "stage prod runs another version than this command: deploy it again" in said("tokens", "list")
