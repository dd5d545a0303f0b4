"""The account: every call, from a socket or from this process, passes one front and one lock.

moto loses acknowledged writes when its threads meet (a cancelled transaction puts back a copy of the whole table), so
nothing runs in it side by side. Only SQS long polls wait outside the lock, and the SES simulator has a lock of its own.
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, RLock
from typing import Any, Final

from moto.moto_api._internal.models import moto_api_backend
from moto.server import DomainDispatcherApplication, create_backend_app

from infra.local.cloud import moto_fixes, presigned, resources
from infra.local.cloud.asked import Asked, Environ, read
from infra.local.cloud.authority import Authority
from infra.local.cloud.client import Clients
from infra.local.cloud.denial import denial, fault
from infra.local.cloud.listening import Listening
from infra.local.cloud.long_poll import LongPolls
from infra.local.cloud.permissions import Grant
from infra.local.cloud.users import Users
from infra.local.cloud.wsgi import Answer, WSGIApplication, ask, read_body, with_body

ACCOUNT_ID: Final = "123456789012"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Credentials:
    access_key_id: str
    secret_access_key: str
    session_token: str


@dataclass(frozen=True)
class Call:
    """A finished call. `principal` is a function's role name, or None for the administrator that everyone else is;
    `grants` are the pairs of IAM action and resource ARN that the call needed (empty for the administrator).
    """

    principal: str | None
    service: str
    operation: str
    grants: tuple[Grant, ...]
    status: int


class Cloud:
    """An empty AWS account. moto keeps its state in the process, so there is one account at a time: a new Cloud starts
    afresh and takes the place of an earlier one.
    """

    account_id = ACCOUNT_ID

    def __init__(self, *, region: str = "us-east-1", ses: WSGIApplication | None = None) -> None:
        self.region = region
        self._calls: list[Call] = []
        self._ses = ses
        self._lock = RLock()
        self.users = Users(self.account_id, self._lock)
        self._stopping = Event()
        self._listeners: list[Callable[[Call], None]] = []
        self._role_of_key: dict[str, str] = {}
        self._secret_of_key: dict[str, str] = {}
        self._polls = LongPolls(self._stopping)
        self._clients = Clients(self.serve, region)
        self._authority = Authority(self.account_id, region, self.client if ses else None)
        self._listening: Listening | None = None
        moto_fixes.install()
        moto_api_backend.reset()
        self._moto: WSGIApplication = DomainDispatcherApplication(create_backend_app)
        resources.install(self.client)

    def start(self, port: int = 0) -> None:
        """Listen on localhost (0: a free port). Raises OSError when the port is taken."""
        self._stopping.clear()
        self._listening = Listening(self.wsgi, port)

    def stop(self) -> None:
        """Stop listening and end the long polls; in-process clients go on working."""
        self._stopping.set()
        self._polls.wake()
        if self._listening:
            self._listening.close()
            self._listening = None

    @property
    def url(self) -> str:
        """The endpoint for AWS_ENDPOINT_URL. It says "localhost" because moto, asked by the real CDK CLI to fetch a
        template from S3, knows a path-style address by that word only.
        """
        if self._listening is None:
            raise RuntimeError("the local cloud has no URL before start()")
        return f"http://localhost:{self._listening.port}"

    @property
    def calls(self) -> Sequence[Call]:
        """Every call made with a function's credentials so far, refused ones too, in the order they ended."""
        return tuple(self._calls)

    def client(self, service: str) -> Any:
        """The boto3 client of a service, in this process and with an administrator's rights; cached, thread-safe."""
        return self._clients.get(service)

    def subscribe(self, listener: Callable[[Call], None]) -> None:
        """Have `listener` told of every finished call, in the caller's thread: it must be quick."""
        self._listeners.append(listener)

    def credentials_for(self, role_arn: str) -> Credentials:
        """Fresh credentials whose calls are held against the policies that the role has at the time of each call."""
        key = "AKIALOCAL" + secrets.token_hex(6).upper()
        secret = secrets.token_urlsafe(30)
        self._role_of_key[key], self._secret_of_key[key] = role_arn, secret
        return Credentials(key, secret, secrets.token_urlsafe(60))

    def wsgi(self, environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        """The account as a WSGI application."""
        answer = self.serve(environ)
        start_response(f"{answer.status} -", list(answer.headers))
        return [answer.body]

    def serve(self, environ: Environ) -> Answer:
        """Answer one call: understand it, hold it against the caller's role, let moto or SES do it, tell of it."""
        body = read_body(environ)
        asked = read(environ, body)
        role_arn = self._role_of_key.get(asked.access_key or "")
        with self._lock if role_arn else nullcontext():
            verdict = self._authority.judge(role_arn, asked) if role_arn else None
        if refused := self._presigned_refusal(asked, environ):
            answer = fault(asked, *refused)
        elif verdict and verdict.refusal:
            answer = denial(asked, verdict.refusal)
        else:
            answer = self._perform(asked, environ | {"staffetta.principal": _name(role_arn)}, body)
        self._tell(
            Call(_name(role_arn), asked.service, asked.operation, verdict.grants if verdict else (), answer.status)
        )
        return answer

    def _presigned_refusal(self, asked: Asked, environ: Environ) -> tuple[int, str, str] | None:
        """Nobody but a function has a secret here, so only its URLs can be checked."""
        secret = self._secret_of_key.get(asked.access_key or "")
        return presigned.refusal(environ, secret, datetime.now(UTC)) if secret and asked.service == "s3" else None

    def _perform(self, asked: Asked, environ: Environ, body: bytes) -> Answer:
        if asked.service in {"ses", "sesv2"} and self._ses:
            return _answered(asked, self._ses, environ, body, nullcontext())
        if asked.operation == "ReceiveMessage":
            return self._polls.receive(
                asked, body, lambda text: _answered(asked, self._moto, environ, text, self._lock)
            )
        return _answered(asked, self._moto, environ, body, self._lock)

    def _tell(self, call: Call) -> None:
        if call.principal:
            self._calls.append(call)
        self._polls.hear(call.service, call.operation)
        for listener in self._listeners:
            listener(call)


def _name(role_arn: str | None) -> str | None:
    return role_arn.rpartition("/")[2] if role_arn else None


def _answered(
    asked: Asked, app: WSGIApplication, environ: Environ, body: bytes, turn: AbstractContextManager[Any]
) -> Answer:
    """The answer of `app`, whose every surprise is an answer too: the request's boundary."""
    try:
        with turn:
            return ask(app, with_body(environ, body))
    except Exception as error:  # noqa: BLE001  (the request's boundary)
        _log.exception("%s:%s failed in the local cloud", asked.service, asked.operation)
        return fault(asked, 500, "InternalFailure", f"{type(error).__name__}: {error}")
