"""The account: every call, from a socket or from this process, passes one entry point and one lock.

moto loses acknowledged writes under concurrency (a cancelled transaction restores a copy of the whole table), so it
handles one call at a time. Only SQS long polls wait outside the lock, and the SES simulator has a lock of its own.
"""

import json
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from threading import Event, RLock
from typing import Any, Final

from moto.moto_api._internal.models import moto_api_backend
from moto.sns.models import sns_backends

from infra.local.cloud import direct_calls, moto_fixes, presigned, resources, sources
from infra.local.cloud.client import Clients, get_request, json_request
from infra.local.cloud.error_responses import access_denied, error_response
from infra.local.cloud.iam.access import AccessEvaluator, role_documents
from infra.local.cloud.iam.policy_evaluation import Grant, allows
from infra.local.cloud.iam.users import Users
from infra.local.cloud.long_poll import LongPolls
from infra.local.cloud.moto_app import MotoApp
from infra.local.cloud.request import ApiCall, Environ, read
from infra.local.cloud.sockets import LoopbackServer
from infra.local.cloud.sources import QueueState
from infra.local.cloud.wsgi import WSGIApplication, WsgiResponse, call_app, read_body, with_body

ACCOUNT_ID: Final = "123456789012"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Credentials:
    access_key_id: str
    secret_access_key: str
    session_token: str


@dataclass(frozen=True)
class CallRecord:
    """A finished call. `principal` is a function's role name, or None for the administrator, which is every other caller.
    `grants` are the pairs of IAM action and resource ARN that the call needed (empty for the administrator).
    """

    principal: str | None
    service: str
    operation: str
    grants: tuple[Grant, ...]
    status: int


class Cloud:
    """An empty AWS account. moto stores its state in the process, so there is one account at a time: a new Cloud is empty
    and replaces an earlier one.
    """

    account_id = ACCOUNT_ID

    def __init__(
        self,
        *,
        region: str = "us-east-1",
        ses: WSGIApplication | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.region = region
        self.concurrent_executions = 1000  # of Lambda; a new account has ten
        self._calls: list[CallRecord] = []
        self._ses = ses
        self.invoke: Callable[[str, bytes], WsgiResponse] | None = None  # runs a deployed function
        self._lock = RLock()
        self.users = Users(self.account_id, self._lock)
        self._stopping = Event()
        self._listeners: list[Callable[[CallRecord], None]] = []
        self._role_of_key: dict[str, str] = {}
        self._secret_of_key: dict[str, str] = {}
        self._polls = LongPolls(self._stopping)
        self._clients = Clients(self.serve, region)
        self._authority = AccessEvaluator(self.account_id, region, partial(_read_ses, ses) if ses else None)
        self._server: LoopbackServer | None = None
        moto_fixes.install(clock)
        moto_api_backend.reset()
        self._moto = MotoApp()
        resources.install(self.client)

    def start(self, port: int = 0) -> None:
        """Listens on localhost (0: a free port). Raises OSError if the port is in use."""
        self._stopping.clear()
        self._server = LoopbackServer(self.wsgi, port)

    def stop(self) -> None:
        """Stops listening and ends the long polls. In-process clients continue to work."""
        self._stopping.set()
        self._polls.notify()
        if self._server:
            self._server.close()
            self._server = None

    @property
    def url(self) -> str:
        """The endpoint for AWS_ENDPOINT_URL. Its host is "localhost" because moto recognises a path-style S3 address by that
        word only, and the real CDK CLI fetches templates from S3.
        """
        if self._server is None:
            raise RuntimeError("the local cloud has no URL before start()")
        return f"http://localhost:{self._server.port}"

    @property
    def calls(self) -> Sequence[CallRecord]:
        """Every call with a function's credentials so far, refused ones too, in the order in which they ended."""
        return tuple(self._calls)

    def client(self, service: str) -> Any:
        """Returns the boto3 client of a service, in this process and with an administrator's permissions. Cached, thread-safe."""
        return self._clients.get(service)

    def received_later(self) -> list[float]:
        """Returns when each message of a queue that is delayed or in flight can be received, in seconds since the epoch."""
        with self._lock:
            return list(moto_fixes.sqs.received_later(self.account_id, self.region))

    def queue_state(self, queue_arn: str) -> QueueState:
        """Raises KeyError if the queue does not exist."""
        with self._lock:
            return sources.queue_state(self.account_id, self.region, queue_arn.rpartition(":")[2])

    def shard(self, stream_arn: str) -> tuple[str, int]:
        """Returns the id of a stream's one shard, and how many records it has. Raises KeyError if there is no stream."""
        with self._lock:
            shard = sources.stream_shard(self.account_id, self.region, stream_arn.split("/")[1])
            return shard.id, len(shard.items)

    def stream_records(self, stream_arn: str, position: int, limit: int) -> list[dict[str, Any]]:
        """Returns records from a position on, as DynamoDB Streams has them, not to be changed. Raises KeyError if there is no stream."""
        with self._lock:
            items = sources.stream_shard(self.account_id, self.region, stream_arn.split("/")[1]).items
            return [record.to_json() for record in items[position : position + limit]]

    def call(self, service: str, operation: str, **params: Any) -> dict[str, Any]:
        """Calls an operation of a JSON service as an administrator, without a client of boto3. Raises RuntimeError with the error."""
        answer = self.serve(json_request(self.region, service, operation, params))
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"{service}:{operation}: {answer.body.decode(errors='replace')}")
        result: dict[str, Any] = json.loads(answer.body or b"{}")
        return result

    def publish(self, topic_arn: str, message: str) -> None:
        """Publishes to an SNS topic, as an administrator's call does. Raises what moto raises."""
        with self._lock:
            sns_backends[self.account_id][self.region].publish(message, arn=topic_arn)
        self._emit(CallRecord(None, "sns", "Publish", (), HTTPStatus.OK))

    def subscribe(self, listener: Callable[[CallRecord], None]) -> None:
        """Calls `listener` with every finished call, in the caller's thread: it must be quick."""
        self._listeners.append(listener)

    def allows(self, role_arn: str, action: str, resource: str) -> bool:
        """Returns whether the role's policies allow an action of a service that assumes the role."""
        with self._lock:
            return allows(role_documents(self.account_id, role_arn, action), (action, resource), {})

    def credentials_for(self, role_arn: str) -> Credentials:
        """Returns new credentials. Each call with them is checked against the policies that the role has at that time."""
        key = "AKIALOCAL" + secrets.token_hex(6).upper()
        secret = secrets.token_urlsafe(30)
        self._role_of_key[key], self._secret_of_key[key] = role_arn, secret
        return Credentials(key, secret, secrets.token_urlsafe(60))

    def wsgi(self, environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        """The account as a WSGI application."""
        answer = self.serve(environ)
        start_response(f"{answer.status} -", list(answer.headers))
        return [answer.body]

    def serve(self, environ: Environ) -> WsgiResponse:
        """Answers one call: reads it, checks it against the caller's role, lets moto or SES do it, and notifies the listeners."""
        body = read_body(environ)
        call = read(environ, body)
        if environ.get("REQUEST_METHOD") == "OPTIONS":  # a browser's preflight has no signature and no role
            return self._perform(call, environ, body)
        role_arn = self._role_of_key.get(call.access_key or "")
        with self._lock if role_arn else nullcontext():
            decision = self._authority.evaluate(role_arn, call) if role_arn else None
        if refused := self._presigned_refusal(call, environ):
            answer = error_response(call, *refused)
        elif decision and decision.refusal:
            answer = access_denied(call, decision.refusal)
        else:
            answer = self._perform(call, environ | {"staffetta.principal": _name(role_arn)}, body)
        self._emit(
            CallRecord(
                _name(role_arn), call.service, call.operation, decision.grants if decision else (), answer.status
            )
        )
        return answer

    def _presigned_refusal(self, call: ApiCall, environ: Environ) -> tuple[int, str, str] | None:
        """Only functions have a secret here, so only their URLs can be checked."""
        secret = self._secret_of_key.get(call.access_key or "")
        return presigned.refusal(environ, secret, datetime.now(UTC)) if secret and call.service == "s3" else None

    def _perform(self, call: ApiCall, environ: Environ, body: bytes) -> WsgiResponse:
        if (call.service, call.operation) == ("lambda", "GetAccountSettings"):  # not in moto
            limit = {"AccountLimit": {"ConcurrentExecutions": self.concurrent_executions}}
            return WsgiResponse(200, (("Content-Type", "application/json"),), json.dumps(limit).encode())
        if (call.service, call.operation) == ("lambda", "Invoke") and self.invoke:
            return self.invoke(str(call.params["FunctionName"]), body)
        if call.service in {"ses", "sesv2"} and self._ses:
            return _respond(call, partial(call_app, self._ses), environ, body, nullcontext())
        if call.operation == "ReceiveMessage":
            return self._polls.receive(call, body, lambda short, text: self._call_moto(short, environ, text))
        return self._call_moto(call, environ, body)

    def _call_moto(self, call: ApiCall, environ: Environ, body: bytes) -> WsgiResponse:
        if direct_calls.serves(call, environ, body, self.region):
            return _guarded(call, partial(direct_calls.answer, call, self.region), self._lock)
        if call.service == "s3" and environ.get("REQUEST_METHOD") == "PUT":
            environ = environ | {"CONTENT_TYPE": _octets_of(environ)}
        return _respond(call, partial(self._moto, call.service), environ, body, self._lock)

    def _emit(self, call: CallRecord) -> None:
        if call.principal:
            self._calls.append(call)
        self._polls.on_call(call.service, call.operation)
        for listener in self._listeners:
            listener(call)


def _read_ses(ses: WSGIApplication, path: str, **query: str) -> Any:
    """Without a client of boto3, whose calls take ten times as long: every mail needs four."""
    answer = call_app(ses, get_request(path, query))
    return json.loads(answer.body) if answer.status == HTTPStatus.OK else None


def _octets_of(environ: Environ) -> str:
    """Moto reads a body with the type of a form as one, and stores an empty object. `curl --data-binary` sends this type with any file."""
    kind: str = environ.get("CONTENT_TYPE", "")
    return "binary/octet-stream" if kind.startswith("application/x-www-form-urlencoded") else kind


def _name(role_arn: str | None) -> str | None:
    return role_arn.rpartition("/")[2] if role_arn else None


def _respond(
    call: ApiCall,
    app: Callable[[Environ], WsgiResponse],
    environ: Environ,
    body: bytes,
    turn: AbstractContextManager[Any],
) -> WsgiResponse:
    return _guarded(call, lambda: app(with_body(environ, body)), turn)


def _guarded(call: ApiCall, answer: Callable[[], WsgiResponse], turn: AbstractContextManager[Any]) -> WsgiResponse:
    """Returns the answer, or an InternalFailure response if it raises."""
    try:
        with turn:
            return answer()
    except Exception as error:  # noqa: BLE001  (the request's boundary)
        _log.exception("%s:%s failed in the local cloud", call.service, call.operation)
        return error_response(call, 500, "InternalFailure", f"{type(error).__name__}: {error}")
