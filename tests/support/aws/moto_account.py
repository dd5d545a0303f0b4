"""One account in moto for all tests of this process: the local cloud's, on a socket, because our own client connects to sockets only.

Each test finds it empty but for our resources. They are made without calls: thousands of tests need them, and the calls take longer
than most of these tests.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.moto_api._internal.models import moto_api_backend
from moto.s3.models import s3_backends
from moto.sesv2.models import sesv2_backends
from moto.sqs.models import sqs_backends

from infra.local.cloud import moto_fixes, presigned
from infra.local.cloud.server import ACCOUNT_ID, Cloud
from infra.local.cloud.sockets import LoopbackServer


class MotoAccount:
    """`url` stays the same from one test to the next."""

    def __init__(self, region: str) -> None:
        self._cloud = Cloud(region=region)
        self._region = region
        self.url = f"http://127.0.0.1:{LoopbackServer(self._wsgi, 0).port}"

    def reset(self) -> None:
        """Another test of this process may have had a local cloud of its own, with a clock of its own."""
        moto_fixes.install()
        moto_api_backend.reset()

    def create_table(self, request: Mapping[str, Any]) -> None:
        """`request` is that of CreateTable."""
        dynamodb_backends[ACCOUNT_ID][self._region].create_table(
            request["TableName"],
            schema=request["KeySchema"],
            throughput=None,
            attr=request["AttributeDefinitions"],
            global_indexes=request.get("GlobalSecondaryIndexes", []),
            indexes=[],
            streams=None,
            billing_mode=request["BillingMode"],
            sse_specification=None,
            tags=[],
            deletion_protection_enabled=False,
            warm_throughput=None,
        )

    def create_queue(self, name: str) -> None:
        sqs_backends[ACCOUNT_ID][self._region].create_queue(name)

    def create_bucket(self, name: str) -> None:
        s3_backends[ACCOUNT_ID]["aws"].create_bucket(name, self._region)

    def create_identity(self, domain: str) -> None:
        sesv2_backends[ACCOUNT_ID][self._region].create_email_identity(domain, None, None, None)

    def _wsgi(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        refused = presigned.refusal(environ, os.environ["AWS_SECRET_ACCESS_KEY"], datetime.now(UTC))
        if refused is None:
            return self._cloud.wsgi(environ, start_response)
        start_response(f"{refused[0]} -", [])
        return [refused[1].encode()]


@cache
def moto_account(region: str) -> MotoAccount:
    """The account of this process. It ends with the process."""
    return MotoAccount(region)
