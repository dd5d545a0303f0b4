"""AWS's JSON services, called as the SDK's low-level clients are (`client.put_item(TableName=...)`) at a fifth of their cost.

A call that failed is made again after a while, for every write of ours may come twice: it is conditional, or one time too many does no
harm (a queue message). SendEmail is the exception, so it is made once.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from functions.adapters.aws.connections import ConnectionPool
from functions.adapters.aws.deadline import DEADLINE
from functions.adapters.aws.errors import AwsError, ConnectError, Exceptions, ReadTimeout, error_class
from functions.adapters.aws.http_response import Response
from functions.adapters.aws.signing import Signer
from functions.settings import Account

ANSWER_SECONDS = 8  # usually it is milliseconds; after that, another try is the better chance within a function's time
CALL_SECONDS = 12  # of all tries together: a silent service holds no call for longer
SES_ANSWER_SECONDS = 20  # an answer given up leaves it unknown whether a mail was sent
TRIES = 4
BACKOFF_SECONDS = 0.05  # before the second try, and twice as much before each further one; halved at random
_OK, _SERVER_ERROR = 200, 500
_THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)


class Call(Struct, frozen=True):
    """How an operation goes over the wire."""

    operation: str
    method: str
    path: str
    headers: Mapping[str, str]
    tries: int = TRIES


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
    "SendEmail": Call("SendEmail", "POST", "/v2/email/outbound-emails", _REST, tries=1),
    "GetAccount": Call("GetAccount", "GET", "/v2/email/account", {}),
}


def _ses_call(operation: str) -> Call:
    if operation not in _SES:
        raise AttributeError(f"SES's {operation} is none of ours: {', '.join(_SES)}")
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
        self._signer = Signer(account, service.name)
        self._connections = ConnectionPool(account.endpoint(service.host))

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        """`put_item` is PutItem. Made on first use and kept."""
        if name.startswith("_"):
            raise AttributeError(name)
        call = self._service.call("".join(word.capitalize() for word in name.split("_")))

        def method(**request: Any) -> dict[str, Any]:
            return self._call(call, request)

        setattr(self, name, method)
        return method

    def close(self) -> None:
        """Closes the kept-alive connections that lie idle."""
        self._connections.close()

    def get_paginator(self, name: str) -> Pages:
        return Pages(getattr(self, name))

    def _call(self, call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
        """Raises AwsError, Unreachable or Unanswered: that of the last try."""
        body = b"" if call.method == "GET" else msgspec.json.encode(request)
        until = time.monotonic() + max(CALL_SECONDS, self._service.answer_seconds)
        for tried in range(call.tries - 1):
            try:
                return self._attempt(call, body, until)
            except (AwsError, ConnectError, ReadTimeout) as error:
                if DEADLINE.passed() or time.monotonic() >= until or not _is_transient(error):
                    raise
            time.sleep(BACKOFF_SECONDS * 2**tried * random.uniform(0.5, 1))  # noqa: S311 - spreads load, hides nothing
        return self._attempt(call, body, until)

    def _attempt(self, call: Call, body: bytes, until: float) -> dict[str, Any]:
        headers = {"host": self._connections.host, **call.headers}
        signed = self._signer.signed(call.method, call.path, headers, body, time.time())
        seconds = DEADLINE.at_most(min(self._service.answer_seconds, until - time.monotonic()))
        answer = self._connections.request(call.method, call.path, signed, body, seconds)
        told = _read(answer)
        if answer.status != _OK:
            raise _error(call.operation, answer, told)
        return told


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
    """An answer that is no JSON object, as what stands between us and AWS may give, says nothing more than its status."""
    try:
        told = msgspec.json.decode(answer.body) if answer.body else {}
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = None
    if isinstance(told, dict):
        return told
    if answer.status == _OK:
        raise ReadTimeout("the answer cannot be read")
    return {}


def _error(operation: str, answer: Response, told: Mapping[str, Any]) -> AwsError:
    """The code is where each of AWS's protocols puts it, without its namespace; else it is the HTTP status, as in the SDK."""
    queried = answer.headers.get("x-amzn-query-error", "")  # SQS: the code that it had before it spoke JSON
    named = (
        queried.partition(";")[0] or answer.headers.get("x-amzn-errortype") or told.get("__type") or str(answer.status)
    )
    code = named.rpartition("#")[2].partition(":")[0]
    error = {"Code": code, "Message": told.get("message") or told.get("Message") or ""}
    return error_class(code)({**told, "Error": error, "ResponseMetadata": {"HTTPStatusCode": answer.status}}, operation)


def _is_transient(error: Exception) -> bool:
    """Whether another try may go better."""
    if not isinstance(error, AwsError):
        return True
    return error.code in _THROTTLES or error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR
