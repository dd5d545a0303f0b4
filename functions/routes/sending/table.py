"""The routes of single send and uploads."""

from __future__ import annotations

from functions.routes.http.route import DATED_VERSIONS, MARKETING_EMAIL, TRANSACTIONAL_EMAIL, Route

SINGLE_SEND = tuple(
    Route("POST", path, "single_send", "single_send", scopes)
    for path, scopes in (
        ("/marketing/v3/transactional/single-email/send", (TRANSACTIONAL_EMAIL,)),
        ("/marketing/v4/email/single-send", (TRANSACTIONAL_EMAIL, MARKETING_EMAIL)),
        *((f"/marketing/transactional/{v}/single-email/send", (TRANSACTIONAL_EMAIL,)) for v in DATED_VERSIONS),
        ("/marketing/email-campaigns/2026-03/single-send", (TRANSACTIONAL_EMAIL, MARKETING_EMAIL)),
    )
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
