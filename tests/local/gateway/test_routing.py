"""The route that API Gateway selects for a request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.gateway.routing import DeployedRoute, select

ROUTES = [
    DeployedRoute(key, key)
    for key in (
        "GET /mail",
        "ANY /mail",
        "GET /mail/{id}",
        "GET /mail/latest",
        "ANY /mail/{id}/{part}",
        "GET /mail/{rest+}",
        "POST /{proxy+}",
        "GET /",
    )
]


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/mail", "GET /mail", {}),
        ("PUT", "/mail", "ANY /mail", {}),
        ("GET", "/mail/latest", "GET /mail/latest", {}),
        ("GET", "/mail/7", "GET /mail/{id}", {"id": "7"}),
        ("GET", "/mail/a%20b%2Fc", "GET /mail/{id}", {"id": "a b/c"}),
        ("GET", "/mail/7/html", "ANY /mail/{id}/{part}", {"id": "7", "part": "html"}),
        ("GET", "/mail/7/html/x", "GET /mail/{rest+}", {"rest": "7/html/x"}),
        ("POST", "/mail", "ANY /mail", {}),
        ("POST", "/mail/7", "POST /{proxy+}", {"proxy": "mail/7"}),
        ("POST", "/a//b", "POST /{proxy+}", {"proxy": "a//b"}),
        ("GET", "/", "GET /", {}),
        ("GET", "//", None, {}),
        ("GET", "/mail/", None, {}),
        ("PUT", "/else", None, {}),
    ],
)
def test_route_selection(method: str, path: str, key: str | None, parameters: dict[str, str]) -> None:
    """The most specific route answers. A named method comes before ANY, a greedy variable last."""
    match = select(ROUTES, method, path)
    assert (match and match.route.key) == key
    assert match is None or match.parameters == parameters


def test_the_default_route_takes_the_rest() -> None:
    """`$default` answers if no other route matches, and only then."""
    routes = [*ROUTES, DeployedRoute("$default", "d")]
    left, taken = select(routes, "PUT", "/else"), select(routes, "GET", "/mail")
    assert left is not None
    assert taken is not None
    assert (left.route.key, taken.route.key) == ("$default", "GET /mail")


@given(st.permutations(ROUTES), st.sampled_from(["/mail", "/mail/7", "/mail/latest", "/mail/7/8", "/mail/7/8/9"]))
def test_route_selection_does_not_depend_on_order(routes: list[DeployedRoute], path: str) -> None:
    """The order of deployment has no effect."""
    assert select(routes, "GET", path) == select(ROUTES, "GET", path)
