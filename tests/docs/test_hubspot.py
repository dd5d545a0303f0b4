"""The table of HubSpot's operations is generated, and the service answers what it promises."""

from __future__ import annotations

import pytest

from functions.routes.table import ROUTES
from infra.reference import hubspot
from tests.support.aws.cloud import worker
from tests.support.http.api import call

# Ours, under HubSpot's paths: HubSpot cannot cancel a send.
EXTENSIONS = {"DELETE /marketing/v3/email/send-statuses/{}"}


def test_the_table_of_hubspots_operations_is_generated() -> None:
    assert hubspot.PAGE.read_text("utf-8") == hubspot.page(), "run: python -m infra.reference.hubspot"


def test_every_route_under_hubspots_paths_is_in_the_table() -> None:
    theirs = {hubspot.anonymous(key) for _, _, _, key in hubspot.operations()}
    prefixes = ("/marketing/", "/communication-preferences/", "/email/")
    ours = {f"{route.method} {path}" for route in ROUTES if route.path.startswith(prefixes) for path in route.paths()}
    assert {hubspot.anonymous(key) for key in ours} - theirs == EXTENSIONS


@pytest.fixture(scope="module", autouse=True)
def _cloud() -> object:
    with worker() as container:
        yield container


@pytest.mark.parametrize("key", [key for api, op, _, key in hubspot.operations() if op not in api.absent])
def test_the_service_answers_each_operation_of_the_table(key: str) -> None:
    """Without a key: a path that no route has is a 404, and any other is a 401."""
    method, path = hubspot.anonymous(key).replace("{}", "7").split(" ")
    assert call(method, path, scopes=None)[0] == 401
    assert call(method, path + "/more/than/that", scopes=None)[0] == 404
