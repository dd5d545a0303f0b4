"""Single-send requests and what is read of them."""

from __future__ import annotations

from typing import Any

from functions.core.models.field_errors import FieldErrors
from functions.core.sending.send import SendRequest
from functions.routes.sending.send_request import read_send_request
from tests.support.examples import NOON
from tests.support.http.api import errors_of, request

SMALLEST: dict[str, Any] = {"emailId": 7, "message": {"to": "ada@example.net"}}


def with_message(**fields: Any) -> dict[str, Any]:
    return {"emailId": 7, "message": {"to": "ada@example.net", **fields}}


def read(body: Any, **headers: str) -> SendRequest:
    return read_send_request(request(body, headers=headers), FieldErrors(), NOON)


def errors(body: Any, **headers: str) -> dict[str, str]:
    return errors_of(lambda: read(body, **headers))
