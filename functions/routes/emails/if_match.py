"""Reads the If-Match header: the version of the email that a change is based on. A change to a newer version is a conflict."""

from __future__ import annotations

from functions.core.models.field_errors import FieldErrors
from functions.core.models.format import whole_number
from functions.routes.http.gate import ApiRequest


def header_version(request: ApiRequest, errors: FieldErrors) -> int | None:
    """Returns the version in the If-Match header, if it has one."""
    header = request.headers.get("if-match", "").strip().removeprefix("W/").strip('"')
    if header in {"", "*"}:
        return None
    try:
        return whole_number(header)
    except ValueError:
        errors.add(
            "If-Match", f"must be the `version` of the email that was read, a whole number, not {header[:100]!r}"
        )
        return None


def base_version(request: ApiRequest) -> int | None:
    """Returns the version that a change without a body is based on. Raises Rejected."""
    errors = FieldErrors()
    version = header_version(request, errors)
    errors.check()
    return version
