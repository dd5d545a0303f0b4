"""The routes of broadcasts."""

from __future__ import annotations

from functions.core.access.scopes import MARKETING_EMAIL, TRANSACTIONAL_EMAIL
from functions.http.route import Base, routes_of

BROADCASTS = routes_of(
    (Base("/staffetta/v1/broadcasts"),),
    (
        ("GET", "", "list_broadcasts", 200),
        ("POST", "", "create_broadcast", 201),
        ("GET", "/{broadcastId}", "get_broadcast", 200),
        ("PATCH", "/{broadcastId}", "update_broadcast", 200),
        ("POST", "/{broadcastId}/check", "check_broadcast", 202),
        ("GET", "/{broadcastId}/check", "get_broadcast_check", 200),
        ("GET", "/{broadcastId}/previews", "preview_broadcast", 200),
        ("POST", "/{broadcastId}/test", "test_broadcast", 200),
        ("POST", "/{broadcastId}/send", "send_broadcast", 202),
        ("POST", "/{broadcastId}/pause", "pause_broadcast", 200),
        ("POST", "/{broadcastId}/resume", "resume_broadcast", 200),
        ("POST", "/{broadcastId}/cancel", "cancel_broadcast", 200),
        ("GET", "/{broadcastId}/recipients", "list_broadcast_recipients", 200),
    ),
    "api",
    (MARKETING_EMAIL, TRANSACTIONAL_EMAIL),
)
