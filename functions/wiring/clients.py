"""AWS clients. Importing a Lambda file makes no client, and a function makes only the clients that it uses.

A function uses our own small client (adapters.aws.client) for every send: the SDK is most of a cold start, and five times as expensive
per call. S3, which few sends need, uses the SDK, except for the archive of events. Both have the same methods, so the adapters work with either.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from functions.adapters.aws.client import DYNAMODB, EVENTS, SESV2, SQS, SSM, AwsClient, Service
from functions.settings import Account

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

    from functions.wiring.container import Container, NewClient


def dynamodb(c: Container) -> DynamoDBClient:
    client: DynamoDBClient = _small_client(c, "dynamodb", DYNAMODB)
    return client


def sqs(c: Container) -> SQSClient:
    client: SQSClient = _small_client(c, "sqs", SQS)
    return client


def sesv2(c: Container) -> SESV2Client:
    """A client without retries: sending is not idempotent, so an attempt whose answer is lost must not be repeated."""
    client: SESV2Client = _small_client(c, "sesv2", SESV2, **_once() if c.new_client else {})
    return client


def ssm(c: Container) -> Any:
    return _small_client(c, "ssm", SSM)


def events(c: Container) -> Any:
    return _small_client(c, "events", EVENTS)


def s3(c: Container) -> S3Client:
    """Two attempts end within the time of a function that a caller waits for. Callers of a presigned URL send only a file, so it has no
    checksum of the SDK's. Its host is that of the bucket in its own region: the SDK's first choice would redirect, and a redirect
    breaks the signature.
    """
    from botocore.config import Config

    config = Config(
        signature_version="s3v4",
        request_checksum_calculation="when_required",
        connect_timeout=2,
        read_timeout=5,
        retries={"total_max_attempts": 2},
        s3={"addressing_style": "virtual" if c.new_client is None and not c.get(account).endpoint_url else "auto"},
    )
    client: S3Client = _sdk_client(c, "s3", config=config)
    return client


def put_event_object(c: Container) -> Callable[..., Any] | None:
    """Returns PutObject of our own client into the bucket of events, or None if the SDK's clients are in use."""
    if c.new_client:
        return None
    from functions.adapters.aws.s3_writer import S3Writer

    return S3Writer(c.get(account), c.settings.events_bucket).put_object


def sesv2_account(c: Container) -> SESV2Client:
    """The SDK's client, for all calls but sending: few requests need them."""
    client: SESV2Client = _sdk_client(c, "sesv2")
    return client


def iam(c: Container) -> IAMClient:
    client: IAMClient = _sdk_client(c, "iam")
    return client


def edge_cloudformation(c: Container) -> Any:
    """The SDK's client in CloudFront's region: only a check of a domain with a tracking host needs it."""
    return _sdk_client(c, "cloudformation", region_name="us-east-1")


def lambda_(c: Container) -> Any:
    """The SDK's client: only the console's changes of SMTP tokens invoke a function."""
    return _sdk_client(c, "lambda")


def cognito(c: Container) -> Any:
    """The SDK's client: only a few requests a day sign a person in."""
    return _sdk_client(c, "cognito-idp")


def cloudwatch(c: Container) -> Any:
    """The SDK's client: only the console's first page uses it."""
    return _sdk_client(c, "cloudwatch")


def account(c: Container) -> Account:
    return Account.from_env()


def _small_client(c: Container, name: str, service: Service, **options: Any) -> Any:
    return _sdk_client(c, name, **options) if c.new_client else AwsClient(service, c.get(account))


def _sdk_client(c: Container, name: str, **options: Any) -> Any:
    import boto3

    from functions.adapters.aws.boto3_client import SdkClient

    new_client: NewClient = c.new_client or boto3.client
    return SdkClient(new_client(name, **options))


def _once() -> dict[str, Any]:
    from botocore.config import Config

    return {"config": Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)}
