"""The routes of automations, of their runs, and of HubSpot's custom events."""

from __future__ import annotations

from functions.core.access.scopes import CONTACT_DATA, MARKETING_EMAIL, TRANSACTIONAL_EMAIL
from functions.http.route import DATED_VERSIONS, Base, Route, routes_of

# HubSpot's scope is only about events. Ours are those of who may send: an event makes automations send.
EVENT_SCOPES = (TRANSACTIONAL_EMAIL, MARKETING_EMAIL)

CUSTOM_EVENTS = routes_of(
    (Base("/events/v3/send"), Base("/events/custom/{version}/send", DATED_VERSIONS)),
    (("POST", "", "send_event", 204), ("POST", "/batch", "send_events", 204)),
    "api",
    EVENT_SCOPES,
)

AUTOMATIONS = tuple(
    Route(method, f"/staffetta/v1/automations{path}", operation, "api", (MARKETING_EMAIL,), success)
    for method, path, operation, success in (
        ("POST", "", "create_automation", 201),
        ("GET", "", "list_automations", 200),
        ("POST", "/check", "check_automation", 200),
        ("GET", "/schema", "get_automation_schema", 200),
        ("GET", "/starters", "list_automation_starters", 200),
        ("POST", "/starters/{name}", "create_automation_from_starter", 201),
        ("GET", "/{automationId}", "get_automation", 200),
        ("PUT", "/{automationId}", "update_automation", 200),
        ("DELETE", "/{automationId}", "delete_automation", 204),
        ("POST", "/{automationId}/publish", "publish_automation", 200),
        ("POST", "/{automationId}/pause", "pause_automation", 200),
        ("POST", "/{automationId}/resume", "resume_automation", 200),
        ("POST", "/{automationId}/stop-runs", "stop_automation_runs", 202),
        ("GET", "/{automationId}/versions", "list_automation_versions", 200),
        ("GET", "/{automationId}/versions/{number}", "get_automation_version", 200),
        ("GET", "/{automationId}/diagram", "get_automation_diagram", 200),
        ("GET", "/{automationId}/runs", "list_automation_runs", 200),
    )
)

RUNS = tuple(
    Route(method, f"/staffetta/v1/contacts/{{email}}/runs{path}", operation, "api", (CONTACT_DATA, MARKETING_EMAIL))
    for method, path, operation in (
        ("GET", "", "list_contact_runs"),
        ("POST", "/stop", "stop_contact_runs"),
        ("POST", "/{runId}/stop", "stop_run"),
    )
)
