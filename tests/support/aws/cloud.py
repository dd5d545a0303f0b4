"""The deployed resources as the functions' settings name them: in moto, or in MiniStack for `make second-cloud`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from functions import wiring
from functions.adapters.aws.deadline import DEADLINE
from functions.adapters.schema import TABLES, Table
from functions.settings import Settings
from functions.wiring import Container
from tests.support.aws.ministack import Ministack
from tests.support.aws.moto_account import moto_account

ACCOUNT = "123456789012"
SETTINGS = Settings(
    stage="test",
    partition="aws",
    region="eu-west-1",
    account_id=ACCOUNT,
    domain="example.com",
    sends_table="sends",
    content_table="content",
    emails_table="emails",
    tokens_table="tokens",
    metrics_table="metrics",
    contacts_table="contacts",
    audience_table="audience",
    automations_table="automations",
    webhooks_table="webhooks",
    audit_table="audit",
    access_table="access",
    user_pool="eu-west-1_pool",
    user_pool_client="client",
    public_url="https://api.example.com",
    payload_bucket="payloads",
    events_bucket="events",
    images_url="https://images.example.com",
    send_queue="send",
    dead_letter_queue="dead",
    broadcast_queue="broadcasts",
    broadcast_dead_letter_queue="dead-broadcasts",
    events_queue="events",
    events_dead_letter_queue="dead-events",
    webhook_queue="webhooks",
    automation_queue="automations",
    unnotified_queue="unnotified",
    webhooks_to_localhost=1,
    event_bridge=0,
    smtp_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/boundary",
    tracking_host="none",
    smtp_server="email-smtp.eu-west-1.amazonaws.com:587:465",
    mailbox_url="none",
    dns_server="none",
    ip_pool="managed",
    retention_days=90,
    content_days=7,
    lease_seconds=60,
    grace_seconds=300,
    max_receives=5,
)
QUEUES = (
    SETTINGS.send_queue,
    SETTINGS.dead_letter_queue,
    SETTINGS.events_queue,
    SETTINGS.events_dead_letter_queue,
    SETTINGS.webhook_queue,
    SETTINGS.unnotified_queue,
    SETTINGS.broadcast_queue,
    SETTINGS.broadcast_dead_letter_queue,
    SETTINGS.automation_queue,
)


@contextmanager
def cloud() -> Iterator[Container]:
    """An empty account with our resources, as the environment's for as long as it lasts."""
    account = SecondCloud.server or moto_account(SETTINGS.region)
    account.reset()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", account.url)
        patch.setenv("AWS_REGION", "eu-west-1")
        patch.setattr(DEADLINE, "_at", math.inf)  # an invocation of another test in this process has left its own
        for table in TABLES:
            account.create_table(_request(table))
        for queue in QUEUES:
            account.create_queue(queue)
        for bucket in (SETTINGS.payload_bucket, SETTINGS.events_bucket, SETTINGS.images_bucket):
            account.create_bucket(bucket)
        account.create_identity("example.com")
        yield Container(SETTINGS)


def aws_of(request: pytest.FixtureRequest) -> Container:
    """The container of the `aws` fixture, started only for the tests that need it."""
    container: Container = request.getfixturevalue("aws")
    return container


@contextmanager
def worker() -> Iterator[Container]:
    """The same, and this process is a function's worker in it that has just begun."""
    with cloud() as created, pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.to_env().items():
            patch.setenv(name, value)
        wiring.container.cache_clear()
        yield created
    wiring.container.cache_clear()


class SecondCloud:
    """The server that takes moto's place for the whole run, if one does."""

    server: Ministack | None = None


def _request(table: Table) -> dict[str, Any]:
    """Returns the request of CreateTable."""
    keyed = [table.partition, *([table.sort] if table.sort else [])]
    indexed = [attribute for index in table.indexes for attribute in (index.partition, index.sort)]
    kinds = {attribute.name: attribute.kind for attribute in (*keyed, *indexed)}
    request: dict[str, Any] = {
        "TableName": table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind} for name, kind in kinds.items()],
        "KeySchema": _schema([attribute.name for attribute in keyed]),
    }
    if table.indexes:
        request["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index.name,
                "KeySchema": _schema([index.partition.name, index.sort.name]),
                "Projection": {"ProjectionType": "ALL" if index.whole else "KEYS_ONLY"},
            }
            for index in table.indexes
        ]
    return request


def _schema(names: list[str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=False)]
