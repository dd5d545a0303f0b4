"""The route of the OpenAPI document."""

from __future__ import annotations

from functions.http.route import Route

OPENAPI = Route("GET", "/openapi.json", "get_openapi", "api", ())
