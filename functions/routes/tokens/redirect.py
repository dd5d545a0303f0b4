"""What `api` may not do itself: only smtp_tokens may touch IAM. Another spelling of a token's path is sent to the right one."""

from __future__ import annotations

from typing import NoReturn
from urllib.parse import quote, urlencode

from functions.routes.http.dispatch import Operation, Request
from functions.routes.http.problems import MovedPermanentlyError
from functions.routes.tokens.table import SMTP_TOKENS


def moved_permanently(request: Request) -> NoReturn:
    """308: whoever follows it repeats the request as it is."""
    query = f"?{urlencode(request.query)}" if request.query else ""
    raise MovedPermanentlyError(quote(request.path) + query)


OPERATIONS: dict[str, Operation] = {route.operation: moved_permanently for route in SMTP_TOKENS}
