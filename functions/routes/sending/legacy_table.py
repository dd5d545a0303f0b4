"""The route of HubSpot's single send v1."""

from __future__ import annotations

from functions.core.access.scopes import TRANSACTIONAL_EMAIL
from functions.http.route import Route

LEGACY_SEND = Route(
    "POST",
    "/email/public/v1/singleEmail/send",
    "send_single_email",
    "single_send",
    (TRANSACTIONAL_EMAIL,),
    rate_limited=False,
)
