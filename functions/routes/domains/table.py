"""The routes of sending domains."""

from __future__ import annotations

from functions.core.access.scopes import ACCOUNT
from functions.http.route import Route

DOMAINS = tuple(
    Route(method, f"/staffetta/v1/domains{path}", operation, "api", (ACCOUNT,), success)
    for method, path, operation, success in (
        ("GET", "", "list_domains", 200),
        ("POST", "", "add_domain", 201),
        ("GET", "/{domain}", "check_domain", 200),
        ("POST", "/{domain}/adopt", "adopt_domain", 201),
        ("DELETE", "/{domain}", "remove_domain", 204),
    )
)
