"""The routes of partials and site settings."""

from __future__ import annotations

from functions.core.access.scopes import CONTENT
from functions.http.route import Route

PARTIALS = tuple(
    Route(method, f"/staffetta/v1/partials{path}", operation, "api", (CONTENT,), success, in_folders=bool(path))
    for method, path, operation, success in (
        ("GET", "", "list_partials", 200),
        ("GET", "/{name}", "get_partial", 200),
        ("PUT", "/{name}", "put_partial", 200),
        ("DELETE", "/{name}", "delete_partial", 204),
    )
)

SITE_SETTINGS = (
    Route("GET", "/staffetta/v1/site-settings", "get_site_settings", "api", (CONTENT,)),
    Route("PATCH", "/staffetta/v1/site-settings", "update_site_settings", "api", (CONTENT,)),
)
