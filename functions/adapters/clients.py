"""AWS clients, made on first use and kept: importing a Lambda file makes none, and a function makes only those that it uses."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

NewClient = Callable[..., Any]  # as boto3.client


class Clients:
    def __init__(self, new: NewClient | None = None) -> None:
        """`new` makes a client in place of boto3.client: for another account than the environment's."""
        self._new = new or _boto3_client

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        client: DynamoDBClient = self._new("dynamodb")
        return client

    @cached_property
    def sqs(self) -> SQSClient:
        client: SQSClient = self._new("sqs")
        return client

    @cached_property
    def s3(self) -> S3Client:
        client: S3Client = self._new("s3")
        return client

    @cached_property
    def sesv2(self) -> SESV2Client:
        """SES without the SDK's retries: sending is not idempotent, so a try whose answer is lost must not be repeated blindly."""
        from botocore.config import Config

        client: SESV2Client = self._new(
            "sesv2", config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)
        )
        return client


def _boto3_client(*args: Any, **kwargs: Any) -> Any:
    import boto3

    return boto3.client(*args, **kwargs)
