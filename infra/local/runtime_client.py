"""The module `runtime_client` of awslambdaric, in Python: it speaks to the Lambda Runtime API.

awslambdaric has it as a native module, which is built on Linux only (awslambdaric 4.2.2, setup.py). On a Mac it puts None in its place,
and its first poll fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection
from types import ModuleType
from typing import Any

_INVOCATION = "/2018-06-01/runtime/invocation"
_DEADLINE = "Lambda-Runtime-Deadline-Ms"


class RuntimeClient(ModuleType):
    """`address`: the value of AWS_LAMBDA_RUNTIME_API. Each function raises OSError if nothing answers there, and RuntimeError if
    the answer is a refusal. A connection serves one request: an invocation may take longer than an idle one lives.
    """

    def __init__(self, address: str) -> None:
        super().__init__("runtime_client")
        self._address = address
        self._user_agent = ""

    def initialize_client(self, user_agent: str) -> None:
        self._user_agent = user_agent

    def next(self) -> tuple[bytes, Mapping[str, Any]]:
        """Waits for the next invocation. Returns its payload, and the headers that describe it."""
        body, headers = self._request("GET", "next")
        return body, {**headers, _DEADLINE: int(headers[_DEADLINE])}

    def post_invocation_result(
        self, invocation: str, result: bytes, content_type: str, invocation_id: str | None = None
    ) -> None:
        self._post(f"{invocation}/response", result, invocation_id, {"Content-Type": content_type})

    def post_error(self, invocation: str, error: str, _xray_cause: str, invocation_id: str | None = None) -> None:
        """X-Ray's cause is a header with any characters, of any length. The local cloud has no X-Ray, so it is left out."""
        self._post(f"{invocation}/error", error.encode(), invocation_id, {"Content-Type": "application/json"})

    def _post(self, path: str, body: bytes, invocation_id: str | None, headers: Mapping[str, str]) -> None:
        own = {"Lambda-Runtime-Invocation-Id": invocation_id} if invocation_id else {}
        self._request("POST", path, body, {**headers, **own})

    def _request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[bytes, Mapping[str, str]]:
        connection = HTTPConnection(self._address)
        try:
            sent = {"User-Agent": self._user_agent, **(headers or {})}
            connection.request(method, f"{_INVOCATION}/{path}", body, sent)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise RuntimeError(f"{method} {path} was refused with {answer.status}")
        return content, dict(answer.getheaders())
