"""What every answer that is not a success says."""

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
    """Every answer that is not a success."""

    status: str
    message: str
    correlation_id: str
    category: str
    context: dict[str, list[str]]
    links: dict[str, str]
    errors: list[ProblemDetail]
    policy_name: str | None = None
