"""Every HTTP route, joined from the rooms' parts: infra deploys this table, and the functions dispatch by it."""

from __future__ import annotations

from functions.routes.access.table import ACCESS
from functions.routes.account.table import COST, DEDICATED_IPS, SENDING
from functions.routes.automations.table import AUTOMATIONS, CUSTOM_EVENTS, RUNS
from functions.routes.broadcasts.table import BROADCASTS
from functions.routes.contacts.subscriptions.legacy_table import LEGACY_SUBSCRIPTIONS
from functions.routes.contacts.table import CONTACTS, IMPORTS, LISTS, PREFERENCES, PROPERTIES, RECORDS, UNSUBSCRIBE
from functions.routes.domains.table import DOMAINS
from functions.routes.emails.table import EMAIL_CHECKS, EMAIL_PREVIEWS, EMAILS, IMAGES
from functions.routes.events.table import EMAIL_EVENTS, MESSAGES, SENT_MAIL, WEB_VERSION
from functions.routes.http.table import OPENAPI
from functions.routes.sending.legacy_table import LEGACY_SEND
from functions.routes.sending.table import SINGLE_SEND_ROUTES, UPLOAD
from functions.routes.statistics.table import STATISTICS
from functions.routes.templates.table import PARTIALS, SITE_SETTINGS
from functions.routes.tokens.legacy_table import LEGACY_SMTP_TOKENS
from functions.routes.tokens.table import SMTP_TOKENS
from functions.routes.webhooks.table import WEBHOOKS

ROUTES = (
    *SINGLE_SEND_ROUTES,
    LEGACY_SEND,
    UPLOAD,
    *STATISTICS,
    *EMAILS,
    *EMAIL_CHECKS,
    *EMAIL_PREVIEWS,
    *IMAGES,
    *PARTIALS,
    *SITE_SETTINGS,
    *ACCESS,
    *PREFERENCES,
    *LEGACY_SUBSCRIPTIONS,
    *UNSUBSCRIBE,
    *SMTP_TOKENS,
    *LEGACY_SMTP_TOKENS,
    *CONTACTS,
    *RECORDS,
    *PROPERTIES,
    *LISTS,
    *BROADCASTS,
    *IMPORTS,
    *MESSAGES,
    *SENT_MAIL,
    *WEB_VERSION,
    *EMAIL_EVENTS,
    *CUSTOM_EVENTS,
    *AUTOMATIONS,
    *RUNS,
    *WEBHOOKS,
    *DOMAINS,
    *SENDING,
    *COST,
    *DEDICATED_IPS,
    OPENAPI,
)

# The function with every route serves a path that no route key matches: another spelling of a route's path, or no route's path.
DEFAULT_FUNCTION = "api"
