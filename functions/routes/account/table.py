"""The routes of sending status, pause, resume, cost and IP addresses."""

from __future__ import annotations

from functions.core.access.scopes import ACCOUNT
from functions.http.route import Route

SENDING = tuple(
    Route(method, f"/staffetta/v1/sending{path}", operation, "api", (ACCOUNT,))
    for method, path, operation in (
        ("GET", "", "get_sending_status"),
        ("POST", "/pause", "pause_sending"),
        ("POST", "/resume", "resume_sending"),
    )
)

DEDICATED_IPS = (Route("GET", "/staffetta/v1/dedicated-ips", "get_dedicated_ips", "api", (ACCOUNT,)),)
COST = (Route("GET", "/staffetta/v1/cost", "get_cost", "api", (ACCOUNT,)),)
