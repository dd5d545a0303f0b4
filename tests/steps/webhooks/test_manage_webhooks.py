from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.access.actor import Actor, unrestricted
from functions.core.access.scopes import CONTENT
from functions.core.errors import Conflict, Forbidden, NotFound, Rejected
from functions.core.webhooks.webhook import (
    ENDPOINTS_MAX,
    WebhookEndpoint,
)
from functions.steps.webhooks.manage_webhooks import WebhookManager
from tests.support.examples import NOON, NOON_TEXT
from tests.support.webhook_scenario import HOUR, URL, WebhookScenario
from tests.support.webhooks import (
    MemoryEndpoints,
    an_endpoint,
)

ADA = unrestricted("ada@example.com")
CHANGES: dict[str, Callable[[WebhookManager, Actor], object]] = {
    "create": lambda manager, by: manager.create(URL, ("*",), "orders", by, active=True),
    "update": lambda manager, by: manager.update("w-1", {"description": "orders"}, by),
    "rotate": lambda manager, by: manager.rotate("w-1", by),
    "delete": lambda manager, by: manager.delete("w-1", by),
    "test": lambda manager, by: manager.test("w-1", by),
    "replay": lambda manager, by: manager.replay("w-1", NOON_TEXT, timestamps.iso(NOON + HOUR), by, again=False),
}


def test_a_secret_is_created_and_rotated() -> None:
    scenario = WebhookScenario()
    manager = scenario.manager()
    endpoint, secret = manager.create(URL, ("*",), "orders", ADA, active=True)
    assert scenario.endpoints.get(endpoint.id) == endpoint
    assert scenario.secrets.stored[endpoint.id] == [secret]
    rotated, fresh = manager.rotate(endpoint.id, ADA)
    assert scenario.secrets.stored[endpoint.id] == [secret, fresh]
    assert rotated.secret_versions(NOON_TEXT) == (2, 1)
    assert rotated.secret_versions(timestamps.iso(NOON + 24 * HOUR)) == (2,)
    manager.delete(endpoint.id, ADA)
    assert endpoint.id not in scenario.secrets.stored
    with pytest.raises(NotFound):
        manager.get(endpoint.id)
    for ended in (manager.delete, manager.rotate, manager.test):
        with pytest.raises(NotFound):
            ended(endpoint.id, ADA)


def test_every_error_of_a_webhook_is_reported() -> None:
    scenario = WebhookScenario()
    scenario.receivers.refused["https://intranet.example/"] = "names a host that is not on the public Internet"
    with pytest.raises(Rejected) as refused:
        scenario.manager().create("https://intranet.example/", ("email.sunk",), "x" * 300, ADA, active=True)
    assert {error.field for error in refused.value.errors} == {"url", "eventTypes", "description"}
    for types in ((), ("webhook.test",)):
        with pytest.raises(Rejected, match="must be a list of at least one of"):
            scenario.manager().update("w-1", {"event_types": types}, ADA)
    assert scenario.endpoint == replace(an_endpoint(), version=1)


def test_the_number_of_webhooks_is_limited() -> None:
    scenario = WebhookScenario()
    for _ in range(ENDPOINTS_MAX - 1):
        scenario.manager().create(URL, ("*",), "", ADA, active=True)
    with pytest.raises(Conflict, match="delete one first"):
        scenario.manager().create(URL, ("*",), "", ADA, active=True)


def test_setting_an_endpoint_active_resumes_it() -> None:
    scenario = WebhookScenario(paused_at=NOON_TEXT, pause_reason="gone", failing_since=NOON_TEXT)
    manager = scenario.manager()
    with pytest.raises(Conflict, match="active"):
        manager.test("w-1", ADA)
    assert not manager.update("w-1", {"description": "orders"}, ADA).is_active
    assert manager.update("w-1", {"active": True}, ADA).is_active
    assert manager.test("w-1", ADA).startswith("20261123T120000000-evt_")


class Contested(MemoryEndpoints):
    def save(self, endpoint: WebhookEndpoint) -> WebhookEndpoint | None:
        return None


@dataclass
class Delivering(MemoryEndpoints):
    """A worker notes a failed delivery between the first read and its write."""

    notes: int = 1

    def save(self, endpoint: WebhookEndpoint) -> WebhookEndpoint | None:
        if self.notes:
            self.notes -= 1
            stored = self.stored[endpoint.id]
            self.stored[endpoint.id] = replace(stored, failing_since=NOON_TEXT, version=stored.version + 1)
        return super().save(endpoint)


def test_a_failed_delivery_does_not_stop_a_change() -> None:
    scenario = WebhookScenario()
    scenario.endpoints = Delivering(scenario.endpoints.stored)
    rotated, _ = scenario.manager().rotate("w-1", ADA)
    assert (rotated.failing_since, rotated.former[0].version) == (NOON_TEXT, scenario.endpoint.secret_version - 1)
    scenario.endpoints = Delivering(scenario.endpoints.stored)
    assert scenario.manager().update("w-1", {"description": "new"}, ADA).description == "new"


def test_a_change_does_not_overwrite_another() -> None:
    scenario = WebhookScenario()
    scenario.endpoints = Contested(scenario.endpoints.stored)
    with pytest.raises(Conflict, match="changed meanwhile"):
        scenario.manager().update("w-1", {"description": "orders"}, ADA)


@pytest.mark.parametrize("name", CHANGES)
def test_an_actor_without_the_scope_changes_no_webhook(name: str) -> None:
    scenario, before = WebhookScenario(), WebhookScenario()
    with pytest.raises(Forbidden):
        CHANGES[name](scenario.manager(), Actor("bob@example.com", (CONTENT,)))
    assert scenario.endpoints == before.endpoints
    assert scenario.secrets == before.secrets
    assert scenario.queue.jobs == []
