"""One account per test module. A new Cloud empties moto, so the tests of a module use different names."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from infra.local.cloud import Cloud, Credentials
from infra.local.mailbox.store import Mailbox
from infra.local.ses import SesSimulator


class Stacks:
    """Deploys small templates through the CloudFormation API and reads the results."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloudformation = cloud.client("cloudformation")

    def put(self, name: str, resources: dict[str, Any], outputs: dict[str, Any] | None = None, **template: Any) -> str:
        """Creates or updates a stack and returns its status. Raises if the stack failed."""
        body = json.dumps({"Resources": resources, "Outputs": outputs or {}, **template})
        existing = {stack["StackName"] for stack in self._cloudformation.describe_stacks()["Stacks"]}
        operation = self._cloudformation.update_stack if name in existing else self._cloudformation.create_stack
        operation(StackName=name, TemplateBody=body)
        status = self.status(name)
        assert status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}, (status, self.reasons(name))
        return status

    def status(self, name: str) -> str:
        return str(self.describe(name)["StackStatus"])

    def describe(self, name: str) -> dict[str, Any]:
        stack: dict[str, Any] = self._cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        return stack

    def outputs(self, name: str) -> dict[str, str]:
        return {output["OutputKey"]: output["OutputValue"] for output in self.describe(name).get("Outputs", [])}

    def id_of(self, name: str, logical_id: str) -> str:
        detail = self._cloudformation.describe_stack_resource(StackName=name, LogicalResourceId=logical_id)
        return str(detail["StackResourceDetail"]["PhysicalResourceId"])

    def reasons(self, name: str) -> list[str]:
        events = self._cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        return [event["ResourceStatusReason"] for event in events if event.get("ResourceStatusReason")]

    def delete(self, name: str) -> None:
        self._cloudformation.delete_stack(StackName=name)


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    ses = SesSimulator(
        region="us-east-1", account_id=Cloud.account_id, mailbox=Mailbox(), publish=lambda _topic, _message: None
    )
    account = Cloud(ses=ses.wsgi)
    account.start()
    yield account
    account.stop()


@pytest.fixture(scope="module")
def stacks(cloud: Cloud) -> Stacks:
    return Stacks(cloud)


@pytest.fixture(scope="module")
def connect(cloud: Cloud) -> Callable[..., Any]:
    """Returns clients as a function or the CLI has them: over the socket, with a function's credentials or any others."""

    def client(
        service: str, account: Cloud = cloud, credentials: Credentials | None = None, region: str | None = None
    ) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]  # the name is data here
            endpoint_url=account.url,
            region_name=region or account.region,
            aws_access_key_id=credentials.access_key_id if credentials else "anyone",
            aws_secret_access_key=credentials.secret_access_key if credentials else "anything",
            aws_session_token=credentials.session_token if credentials else None,
            config=Config(retries={"total_max_attempts": 1}, max_pool_connections=20),
        )

    return client
