"""AWS's JSON services, called as the SDK's low-level clients are (`client.put_item(TableName=...)`) at a fifth of their cost.

A failed call is retried with backoff, since every write of ours may come twice: it is conditional, or a duplicate is harmless (a queue
message). SendEmail is the exception, so it is attempted once.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from functions.adapters.aws import waiting
from functions.adapters.aws.connections import ConnectionPool
from functions.adapters.aws.deadline import DEADLINE
from functions.adapters.aws.errors import AwsError, ConnectError, Exceptions, ReadTimeout, error_class, is_transient
from functions.adapters.aws.http_response import Response
from functions.adapters.aws.signing import Signer
from functions.settings import Account

ANSWER_SECONDS = 8  # an answer usually takes milliseconds; after 8 seconds a retry is the better chance
CALL_SECONDS = 12  # for all attempts together: a silent service holds no call for longer
SES_ANSWER_SECONDS = 20  # without an answer it is unknown whether a mail was sent
ATTEMPTS = 4
BACKOFF_SECONDS = 0.05  # before the second attempt, twice as much before each further one; up to halved at random
_OK = 200
_XML_CODE = re.compile(rb"<Code>(\w+)</Code>", re.ASCII)


class Call(Struct, frozen=True):
    """The HTTP form of an operation."""

    operation: str
    method: str
    path: str
    headers: Mapping[str, str]
    attempts: int = ATTEMPTS


class Service(Struct, frozen=True):
    name: str  # as its requests are signed
    host: str  # the first word of it
    call: Callable[[str], Call]  # by the operation's name
    answer_seconds: float


def _json_rpc(prefix: str, version: str) -> Callable[[str], Call]:
    def call(operation: str) -> Call:
        headers = {"content-type": f"application/x-amz-json-{version}", "x-amz-target": f"{prefix}.{operation}"}
        return Call(operation, "POST", "/", headers)

    return call


_REST = {"content-type": "application/json"}
_SES = {
    "SendEmail": Call("SendEmail", "POST", "/v2/email/outbound-emails", _REST, attempts=1),
    "GetAccount": Call("GetAccount", "GET", "/v2/email/account", {}),
}


def _ses_call(operation: str) -> Call:
    if operation not in _SES:
        raise AttributeError(f"SES's {operation} is not in use here: {', '.join(_SES)}")
    return _SES[operation]


DYNAMODB = Service("dynamodb", "dynamodb", _json_rpc("DynamoDB_20120810", "1.0"), ANSWER_SECONDS)
SQS = Service("sqs", "sqs", _json_rpc("AmazonSQS", "1.0"), ANSWER_SECONDS)
SESV2 = Service("ses", "email", _ses_call, SES_ANSWER_SECONDS)
SSM = Service("ssm", "ssm", _json_rpc("AmazonSSM", "1.1"), ANSWER_SECONDS)
EVENTS = Service("events", "events", _json_rpc("AWSEvents", "1.1"), ANSWER_SECONDS)


class AwsClient:
    """A client of one service; safe to share between threads."""

    def __init__(self, service: Service, account: Account) -> None:
        self.exceptions = Exceptions()
        self._service = service
        self._account = account
        self._connections = ConnectionPool(account.endpoint(service.host))

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        """Returns the method for an operation: `put_item` calls PutItem. Methods are cached."""
        if name.startswith("_"):
            raise AttributeError(name)
        call = self._service.call("".join(word.capitalize() for word in name.split("_")))
        headers = {"host": self._connections.host, **call.headers}
        signer = Signer(self._account, self._service.name, call.method, call.path, headers)

        def method(**request: Any) -> dict[str, Any]:
            return self._call(call, signer, request)

        setattr(self, name, method)
        return method

    def close(self) -> None:
        """Closes the kept-alive connections that lie idle."""
        self._connections.close()

    def get_paginator(self, name: str) -> Pages:
        return Pages(getattr(self, name))

    def _call(self, call: Call, signer: Signer, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._repeated(call, signer, b"" if call.method == "GET" else msgspec.json.encode(request))

    def _repeated(self, call: Call, signer: Signer, body: bytes) -> dict[str, Any]:
        """Raises the AwsError, ConnectError or ReadTimeout of the last attempt."""
        until = time.monotonic() + max(CALL_SECONDS, self._service.answer_seconds)
        for number in range(call.attempts - 1):
            try:
                return self._attempt(call, signer, body, until)
            except (AwsError, ConnectError, ReadTimeout) as error:
                if DEADLINE.passed() or time.monotonic() >= until or not is_transient(error):
                    raise
            waiting.sleep(BACKOFF_SECONDS * 2**number * random.uniform(0.5, 1))  # noqa: S311 - spreads load, hides nothing
        return self._attempt(call, signer, body, until)

    def _attempt(self, call: Call, signer: Signer, body: bytes, until: float) -> dict[str, Any]:
        seconds = DEADLINE.at_most(min(self._service.answer_seconds, until - time.monotonic()))
        answer = self._connections.request(signer.head(body, time.time()) + body, seconds)
        content = _read(answer)
        if answer.status != _OK:
            raise _error(call.operation, answer, content)
        return content


class Pages(Struct, frozen=True):
    """`client.get_paginator("query").paginate(...)`, of DynamoDB."""

    method: Callable[..., dict[str, Any]]

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        page = self.method(**request)
        yield page
        while "LastEvaluatedKey" in page:
            page = self.method(**request, ExclusiveStartKey=page["LastEvaluatedKey"])
            yield page


def _read(answer: Response) -> dict[str, Any]:
    """Returns {} for an error answer that is no JSON object, as a proxy may send: its status is then all there is."""
    try:
        content = msgspec.json.decode(answer.body) if answer.body else {}
    except (msgspec.DecodeError, UnicodeDecodeError):
        content = None
    if isinstance(content, dict):
        return content
    if answer.status == _OK:
        raise ReadTimeout("the answer cannot be read")
    return {}


def _xml_code(body: bytes) -> str:
    """Returns the code of an error of S3, which answers in XML."""
    match = _XML_CODE.search(body)
    return match[1].decode() if match else ""


def _error(operation: str, answer: Response, content: Mapping[str, Any]) -> AwsError:
    """Finds the code in the place that each of AWS's protocols uses, without its namespace. Without a code, it is the HTTP status, as in the SDK."""
    query_error = answer.headers.get("x-amzn-query-error", "")  # SQS: the code from before it used JSON
    name = (
        query_error.partition(";")[0]
        or answer.headers.get("x-amzn-errortype")
        or content.get("__type")
        or _xml_code(answer.body)
        or str(answer.status)
    )
    code = name.rpartition("#")[2].partition(":")[0]
    error = {"Code": code, "Message": content.get("message") or content.get("Message") or ""}
    return error_class(code)(
        {**content, "Error": error, "ResponseMetadata": {"HTTPStatusCode": answer.status}}, operation
    )
