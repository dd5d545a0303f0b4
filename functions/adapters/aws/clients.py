"""AWS clients, made on first use and kept: importing a Lambda file makes none, and a function makes only those that it uses.

A function has our own small client (aws_client) for what every send needs: the SDK is most of a cold start, and five times dearer per call.
What few sends need, S3, is the SDK's. Both speak alike, so the adapters do not know which one they have.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from functions.adapters.aws.client import DYNAMODB, EVENTS, SESV2, SQS, SSM, AwsClient, Service
from functions.settings import Account

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

NewClient = Callable[..., Any]  # as boto3.client


class Clients:
    def __init__(self, new: NewClient | None = None) -> None:
        """`new` makes every client, as boto3.client does: for who is no Lambda function, and has credentials of another kind."""
        self._new = new

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        client: DynamoDBClient = self._made("dynamodb", DYNAMODB)
        return client

    @cached_property
    def sqs(self) -> SQSClient:
        client: SQSClient = self._made("sqs", SQS)
        return client

    @cached_property
    def sesv2(self) -> SESV2Client:
        """Without retries: sending is not idempotent, so a try whose answer is lost must not be repeated blindly."""
        client: SESV2Client = self._made("sesv2", SESV2, **_once() if self._new else {})
        return client

    @cached_property
    def ssm(self) -> Any:
        return self._made("ssm", SSM)

    @cached_property
    def events(self) -> Any:
        return self._made("events", EVENTS)

    @cached_property
    def s3(self) -> S3Client:
        """Two tries end within the time of a function that somebody waits for. Presigned URLs are for callers that send a file and
        nothing else: no checksum of the SDK's. Their host is the bucket's in its own region: the SDK's first choice would redirect,
        which a signature does not survive.
        """
        import boto3
        from botocore.config import Config

        from functions.adapters.aws.boto3_client import SdkClient

        config = Config(
            signature_version="s3v4",
            request_checksum_calculation="when_required",
            connect_timeout=2,
            read_timeout=5,
            retries={"total_max_attempts": 2},
            s3={"addressing_style": "virtual" if self._new is None and not self._account.endpoint_url else "auto"},
        )
        client: Any = SdkClient((self._new or boto3.client)("s3", config=config))
        made: S3Client = client
        return made

    @cached_property
    def ses_lists(self) -> SESV2Client:
        """For what few requests need of SES."""
        import boto3

        from functions.adapters.aws.boto3_client import SdkClient

        client: Any = SdkClient((self._new or boto3.client)("sesv2"))
        made: SESV2Client = client
        return made

    @cached_property
    def iam(self) -> IAMClient:
        import boto3

        from functions.adapters.aws.boto3_client import SdkClient

        client: Any = SdkClient((self._new or boto3.client)("iam"))
        made: IAMClient = client
        return made

    @cached_property
    def _account(self) -> Account:
        return Account.from_env()

    def _made(self, name: str, service: Service, **options: Any) -> Any:
        if self._new is None:
            return AwsClient(service, self._account)
        from functions.adapters.aws.boto3_client import SdkClient

        return SdkClient(self._new(name, **options))


def _once() -> dict[str, Any]:
    from botocore.config import Config

    return {"config": Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)}
