"""Lambda: every HTTP resource. API Gateway sends the hot path's own routes to single_send; whatever else, and every other spelling of
a path (HubSpot's clients double a slash), comes here.
"""

from __future__ import annotations

from typing import Any

from functions.adapters.deadline import DEADLINE
from functions.routes import (
    api_keys,
    audit,
    contacts,
    elsewhere,
    email_checks,
    email_events,
    email_previews,
    emails,
    messages,
    openapi,
    partials,
    preferences,
    sending,
    single_send,
    statistics,
    unsubscribe,
    uploads,
    webhooks,
)
from functions.routes.http import Dispatcher, Response
from functions.routes.table import ROUTES
from functions.telemetry import logger

_dispatch = Dispatcher(
    ROUTES,
    {
        **single_send.OPERATIONS,
        **statistics.OPERATIONS,
        **emails.OPERATIONS,
        **email_checks.OPERATIONS,
        **email_previews.OPERATIONS,
        **partials.OPERATIONS,
        **api_keys.OPERATIONS,
        **contacts.OPERATIONS,
        **audit.OPERATIONS,
        **elsewhere.OPERATIONS,
        **preferences.OPERATIONS,
        **unsubscribe.OPERATIONS,
        **messages.OPERATIONS,
        **email_events.OPERATIONS,
        **webhooks.OPERATIONS,
        **sending.OPERATIONS,
        **uploads.OPERATIONS,
        **openapi.OPERATIONS,
    },
)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> Response:
    DEADLINE.begin(context.get_remaining_time_in_millis())
    return _dispatch(event)
