"""Lambda: every HTTP resource. API Gateway sends the hot path's own routes to single_send, and all other requests here. Other spellings of
a path come here too: HubSpot's clients double a slash.
"""

from __future__ import annotations

from typing import Any

from functions.http.responses import Response
from functions.routes import openapi
from functions.routes.access import api_keys, audit
from functions.routes.access.audited import audited
from functions.routes.account import cost, dedicated_ips, sending
from functions.routes.automations import automations, custom_events, runs
from functions.routes.broadcasts import broadcasts
from functions.routes.contacts import contacts, imports, lists, properties, record_batches, records
from functions.routes.contacts.subscriptions import (
    legacy_subscriptions,
    preferences,
    statuses,
    subscription_types,
    unsubscribe,
)
from functions.routes.domains import domains
from functions.routes.emails import checks, emails, images, previews
from functions.routes.events import campaigns, email_events, messages, sent_mail, web_version
from functions.routes.http.gate import api_dispatcher
from functions.routes.own_routes import closed
from functions.routes.sending import legacy_send, single_send, uploads
from functions.routes.statistics import statistics
from functions.routes.table import ROUTES
from functions.routes.templates import partials, site_settings
from functions.routes.tokens import redirect
from functions.routes.webhooks import webhooks
from functions.telemetry import entrypoint

_OPERATIONS = audited(
    closed(
        {
            **single_send.OPERATIONS,
            **legacy_send.OPERATIONS,
            **statistics.OPERATIONS,
            **emails.OPERATIONS,
            **checks.OPERATIONS,
            **previews.OPERATIONS,
            **images.OPERATIONS,
            **partials.OPERATIONS,
            **site_settings.OPERATIONS,
            **api_keys.OPERATIONS,
            **contacts.OPERATIONS,
            **records.OPERATIONS,
            **record_batches.OPERATIONS,
            **properties.OPERATIONS,
            **lists.OPERATIONS,
            **broadcasts.OPERATIONS,
            **imports.OPERATIONS,
            **audit.OPERATIONS,
            **redirect.OPERATIONS,
            **preferences.OPERATIONS,
            **legacy_subscriptions.OPERATIONS,
            **statuses.OPERATIONS,
            **subscription_types.OPERATIONS,
            **unsubscribe.OPERATIONS,
            **messages.OPERATIONS,
            **sent_mail.OPERATIONS,
            **web_version.OPERATIONS,
            **email_events.OPERATIONS,
            **campaigns.OPERATIONS,
            **custom_events.OPERATIONS,
            **automations.OPERATIONS,
            **runs.OPERATIONS,
            **webhooks.OPERATIONS,
            **domains.OPERATIONS,
            **sending.OPERATIONS,
            **cost.OPERATIONS,
            **dedicated_ips.OPERATIONS,
            **uploads.OPERATIONS,
            **openapi.OPERATIONS,
        }
    )
)
_dispatch = api_dispatcher(ROUTES, _OPERATIONS)


@entrypoint
def handler(event: dict[str, Any], context: Any) -> Response:
    return _dispatch(event)
