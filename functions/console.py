"""Lambda: the console, pages for people. API Gateway sends it every path below /console. It has sessions, where the API has keys."""

from __future__ import annotations

from typing import Any

from functions.http.responses import Response
from functions.pages.console import console_dispatcher
from functions.pages.table import PAGES
from functions.telemetry import entrypoint

_dispatch = console_dispatcher(PAGES)


@entrypoint
def handler(event: dict[str, Any], context: Any) -> Response:
    return _dispatch(event)
