"""The deployed resources as the functions' settings name them: in moto, or in MiniStack for `make second-cloud`.

moto serves from a socket in this process, because our own client connects to sockets only.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import boto3
import pytest
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from functions import wiring
from functions.adapters.aws.deadline import DEADLINE
from functions.adapters.schema import TABLES, Table
from functions.settings import Settings
from functions.wiring import Container
from infra.local.cloud import moto_fixes, presigned
from tests.support.aws.ministack import Ministack

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


@contextmanager
def cloud() -> Iterator[Container]:
    """An empty account with our resources, as the environment's for as long as it lasts."""
    with _account() as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", url)
        patch.setenv("AWS_REGION", "eu-west-1")
        patch.setattr(DEADLINE, "_at", math.inf)  # an invocation of another test in this process has left its own
        created = Container(SETTINGS)
        for table in TABLES:
            _create(created, table)
        for name in (
            "send",
            "dead",
            "events",
            "dead-events",
            "webhooks",
            "unnotified",
            "broadcasts",
            "dead-broadcasts",
            "automations",
        ):
            created.get(wiring.clients.sqs).create_queue(QueueName=name)
        for bucket in (SETTINGS.payload_bucket, SETTINGS.events_bucket, SETTINGS.images_bucket):
            created.get(wiring.clients.s3).create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            )
        boto3.client("sesv2").create_email_identity(EmailIdentity="example.com")
        yield created


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


@contextmanager
def _account() -> Iterator[str]:
    """The URL of a new and empty account."""
    if SecondCloud.server is None:
        with moto() as url:
            yield url
    else:
        SecondCloud.server.reset()
        yield SecondCloud.server.url


@contextmanager
def moto() -> Iterator[str]:
    """The URL of a new and empty account in moto, which is as strict as the local cloud.

    moto's own ThreadedMotoServer takes half a second to end.
    """
    moto_fixes.install()
    app = _with_presigned_urls_checked(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
    serving = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    serving.start()
    moto_api_backend.reset()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        serving.join()


def _with_presigned_urls_checked(app: Any) -> Any:
    def wsgi(environ: dict[str, Any], start_response: Any) -> Any:
        refused = presigned.refusal(environ, os.environ["AWS_SECRET_ACCESS_KEY"], datetime.now(UTC))
        if refused is None:
            return app(environ, start_response)
        start_response(f"{refused[0]} -", [])
        return [refused[1].encode()]

    return wsgi


def _create(container: Container, table: Table) -> None:
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
    container.get(wiring.clients.dynamodb).create_table(**request)


def _schema(names: list[str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=False)]
