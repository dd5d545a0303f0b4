"""A command's message when a call to AWS fails: a sentence, and no traceback."""

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
from infra.health.target import target_of
from tests.support.aws.cloud import SETTINGS
from tests.support.cli.staffetta_command import failing as failing_command

CREATE = ("tokens", "create", "--owner", "ada@example.com", "--name", "till")
COMMANDS = [
    (("keys", "list"), "Scan"),
    (("keys", "create", "--name", "shop", "--owner", "ada@example.com"), "PutItem"),
    (("tokens", "list"), "Query"),
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


def message_of(*words: str) -> str:
    return failing_command(*words, exit_code=3)


@pytest.mark.parametrize(("words", "operation"), COMMANDS)
def test_a_refusal_is_reported(
    stage: Container, failing: dict[str, Exception], words: tuple[str, ...], operation: str
) -> None:
    failing[operation] = refusal(operation)
    message = message_of(*words)
    assert message.startswith("staffetta: AWS refused. ")
    assert "AccessDenied" in message
    assert f"not authorized to perform: {operation}" in message


def test_a_refused_create_reports_the_refusal_and_leaves_no_token(
    stage: Container, failing: dict[str, Exception]
) -> None:
    """Undoing it is refused as well."""
    failing |= {operation: refusal(operation) for operation in ("CreateUser", "ListAccessKeys")}
    assert "CreateUser" in message_of(*CREATE[:-1], "refused")
    (state,) = (token.state for token in stage.get(wiring.adapters.tokens.smtp_tokens).all() if token.name == "refused")
    assert state is TokenState.DELETED


def test_create_reports_a_full_iam_account(stage: Container, failing: dict[str, Exception]) -> None:
    failing["CreateUser"] = refusal("CreateUser", "LimitExceeded")
    assert "as many IAM users as it may have (5,000 unless AWS raised it)" in failing_command(*CREATE)


def test_a_missing_answer_is_reported(stage: Container, failing: dict[str, Exception]) -> None:
    failing["CreateAccessKey"] = ReadTimeoutError(endpoint_url="https://iam.amazonaws.com")
    assert message_of(*CREATE).startswith("staffetta: AWS did not answer, so it is unknown whether it was done: ")


def test_a_refused_page_is_reported(stage: Container, failing: dict[str, Exception]) -> None:
    """Lists come in pages, each of them a call."""
    failing["ListUsers"] = refusal("ListUsers")
    with pytest.raises(AwsError, match="not authorized to perform: ListUsers"):
        Stage("prod").get(wiring.adapters.tokens.smtp_users).all()


def test_an_unreachable_aws_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stage, "outputs", lambda _stage: {"Settings": json.dumps(SETTINGS.to_env())})
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert message_of("tokens", "list").startswith("staffetta: AWS cannot be reached: Could not connect")


@pytest.mark.parametrize("outputs", [{}, {"Settings": "{}"}])
def test_a_stage_of_another_version_is_refused(monkeypatch: pytest.MonkeyPatch, outputs: dict[str, str]) -> None:
    monkeypatch.setattr(Stage, "outputs", lambda _stage: outputs)
    assert "stage prod runs another version than this command: deploy it again" in message_of("tokens", "list")


@pytest.mark.parametrize(("region", "used"), [("eu-central-1", "eu-central-1"), ("", "us-east-1"), (None, "us-east-1")])
def test_a_command_reads_the_region_as_the_deployment_did(
    monkeypatch: pytest.MonkeyPatch, region: str | None, used: str
) -> None:
    """Preflight's advice is to export AWS_REGION, which boto3 does not read."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_REGION", raising=False)
    if region is not None:
        monkeypatch.setenv("AWS_REGION", region)
    assert Stage("prod").client("sesv2").meta.region_name == used
    assert target_of(()).region == used


@pytest.mark.parametrize("words", [("--region", "eu-north-1"), ("--region=eu-north-1",)])
def test_a_deployment_is_checked_in_the_region_that_it_names(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str]
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    target = target_of(words)
    assert (target.region, target.client("sesv2").meta.region_name) == ("eu-north-1", "eu-north-1")
