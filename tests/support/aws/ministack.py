"""MiniStack: a second implementation of AWS, independent of moto. It runs from a virtual environment of its own, because it pins botocore."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3

from functions.adapters.aws.client import DYNAMODB, SQS, AwsClient, Service
from functions.settings import Account

PATIENCE_S = 60
REGION = "eu-west-1"


@dataclass(frozen=True)
class Ministack:
    """A running server. It holds one account."""

    url: str

    def reset(self) -> None:
        self._call("POST", "reset")

    def create_table(self, request: Mapping[str, Any]) -> None:
        """`request` is that of CreateTable."""
        self._small_client(DYNAMODB).create_table(**request)

    def create_queue(self, name: str) -> None:
        self._small_client(SQS).create_queue(QueueName=name)

    def create_bucket(self, name: str) -> None:
        self._client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})

    def create_identity(self, domain: str) -> None:
        self._client("sesv2").create_email_identity(EmailIdentity=domain)

    def is_ready(self) -> bool:
        try:
            self._call("GET", "ready")
        except (urllib.error.URLError, ConnectionError):
            return False
        return True

    @cache  # noqa: B019 - one server for the whole run
    def _small_client(self, service: Service) -> AwsClient:
        """Each test makes twenty of these calls, and the SDK's take longer."""
        return AwsClient(service, Account.from_env(dict(os.environ) | {"AWS_ENDPOINT_URL": self.url}))

    @cache  # noqa: B019 - one server for the whole run
    def _client(self, service: str) -> Any:
        client: Any = boto3.client(service, endpoint_url=self.url)  # type: ignore[call-overload]  # the name is data here
        return client

    def _call(self, method: str, path: str) -> None:
        request = urllib.request.Request(f"{self.url}/_ministack/{path}", method=method)  # noqa: S310  (our own URL)
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:  # noqa: S310  (our own URL)
            response.read()


@contextmanager
def running(program: Path, log: Path, account: str, credentials: Mapping[str, str]) -> Iterator[Ministack]:
    """Starts MiniStack on a free port of the loopback and stops it at the end. `credentials` are those of its root user.

    Raises RuntimeError if it does not start.
    """
    port = _free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(log.parent),
        "TMPDIR": str(log.parent),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_ACCOUNT_ID": account,
        "MINISTACK_REGION": REGION,
        **credentials,
        "SERVICES": "cognito-idp,dynamodb,events,iam,monitoring,s3,ses,sqs,ssm,sts",
    }
    server = Ministack(f"http://127.0.0.1:{port}")
    with log.open("wb") as output:
        process = subprocess.Popen([program], env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_until_ready(server, process, log)
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _wait_until_ready(server: Ministack, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while not server.is_ready():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"MiniStack did not start:\n{log.read_text()}")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
