"""The body of an error response."""

from __future__ import annotations

from typing import Any

from msgspec import field

from functions.routes.http.models import ApiModel


class ProblemDetail(ApiModel):
    message: str
    code: str
    where: str = field(name="in", default="")  # the field's path in the request
    context: dict[str, Any] = {}


class Problem(ApiModel):
    """The body of every error response."""

    status: str
    message: str
    correlation_id: str
    category: str
    context: dict[str, list[str]]
    links: dict[str, str]
    errors: list[ProblemDetail]
    policy_name: str | None = None
