"""The routes of single send and uploads. A send has no rate limit per key, as HubSpot exempts single sends from its own."""

from __future__ import annotations

from functions.core.access.scopes import MARKETING_EMAIL, TRANSACTIONAL_EMAIL
from functions.http.route import DATED_VERSIONS, Base, Route, routes_of

_SEND = (("POST", "", "single_send", 200),)
_TRANSACTIONAL = (
    Base("/marketing/v3/transactional/single-email/send"),
    Base("/marketing/transactional/{version}/single-email/send", DATED_VERSIONS),
)
_MARKETING = (
    Base("/marketing/v4/email/single-send"),
    # HubSpot has it from its second dated version on.
    Base("/marketing/email-campaigns/{version}/single-send", DATED_VERSIONS[1:]),
)
SINGLE_SEND = (
    *routes_of(_TRANSACTIONAL, _SEND, "single_send", (TRANSACTIONAL_EMAIL,), rate_limited=False),
    *routes_of(_MARKETING, _SEND, "single_send", (TRANSACTIONAL_EMAIL, MARKETING_EMAIL), rate_limited=False),
)
SEND_STATUS = Route(
    "GET",
    "/marketing/v3/email/send-statuses/{statusId}",
    "get_send_status",
    "single_send",
    (TRANSACTIONAL_EMAIL, MARKETING_EMAIL),
)
CANCEL_SEND = Route("DELETE", SEND_STATUS.path, "cancel_send", "single_send", (TRANSACTIONAL_EMAIL, MARKETING_EMAIL))
SINGLE_SEND_ROUTES = (*SINGLE_SEND, SEND_STATUS, CANCEL_SEND)
UPLOAD = Route(
    "POST", "/staffetta/v1/uploads", "create_upload", "api", (TRANSACTIONAL_EMAIL, MARKETING_EMAIL), success=201
)
