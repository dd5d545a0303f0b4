"""`staffetta uninstall` and other commands on a stage without a Service stack that runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from infra import deployed_stage
from tests.support.aws.cloud import cloud
from tests.support.cli.staffetta_command import failing, staffetta

STATE = {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "state-queue"}}}


@pytest.fixture
def state() -> Iterator[Any]:
    """CloudFormation of an account that has the State stack of a stage."""
    with cloud():
        cloudformation = boto3.client("cloudformation", "eu-west-1")
        template = json.dumps({"Resources": STATE})
        cloudformation.create_stack(StackName="Staffetta-test-State", TemplateBody=template)
        yield cloudformation


@pytest.fixture
def rolled_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first deployment of Service that CloudFormation rolled back. moto rolls no stack back."""
    find = deployed_stage.find_stack

    def find_stack(name: str, *args: Any) -> Any:
        return {"StackStatus": "ROLLBACK_COMPLETE"} if name.endswith("-Service") else find(name, *args)

    monkeypatch.setattr(deployed_stage, "find_stack", find_stack)


def test_a_stage_without_service_lists_what_remains(state: Any) -> None:
    iam = boto3.client("iam")
    iam.create_user(UserName="till", Path="/staffetta/smtp/eu-west-1/test/")
    iam.create_user(UserName="other", Path="/staffetta/smtp/eu-west-1/prod/")
    listed = staffetta("uninstall", "--stage", "test", "--yes")
    assert "till" in listed
    assert "other" not in listed
    assert "its messages expire within 14 days" in listed
    assert "staffetta protect --off --stage test" in listed


def test_a_service_that_was_rolled_back_is_no_service(state: Any, rolled_back: None) -> None:
    assert "What remains" in staffetta("uninstall", "--stage", "test", "--yes")


def test_a_service_that_was_rolled_back_does_not_run(state: Any, rolled_back: None) -> None:
    message = failing("tokens", "list", "--stage", "test", exit_code=3)
    assert "stack Staffetta-test-Service does not run (ROLLBACK_COMPLETE): deploy it again" in message


def test_a_stage_without_stacks_cannot_be_read(state: Any) -> None:
    message = failing("uninstall", "--stage", "other", "--yes", exit_code=3)
    assert "stack Staffetta-other-Service cannot be read" in message
