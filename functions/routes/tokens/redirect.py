"""Redirects another spelling of a token's path to the right one: only the function smtp_tokens may change IAM, and `api` may not."""

from __future__ import annotations

from typing import NoReturn
from urllib.parse import quote, urlencode

from functions.routes.http.gate import ApiOperation, ApiRequest
from functions.routes.http.problems import MovedPermanentlyError
from functions.routes.tokens.legacy_table import LEGACY_SMTP_TOKENS
from functions.routes.tokens.table import SMTP_TOKENS


def moved_permanently(request: ApiRequest) -> NoReturn:
    """A client that follows a 308 repeats the request unchanged."""
    query = f"?{urlencode(request.query)}" if request.query else ""
    raise MovedPermanentlyError(quote(request.path) + query)


OPERATIONS: dict[str, ApiOperation] = {
    route.operation: moved_permanently for route in (*SMTP_TOKENS, *LEGACY_SMTP_TOKENS)
}
