from __future__ import annotations

from typing import Any

import pytest

from functions.core.automations.jobs import (
    PROPERTIES_OCTETS_MAX,
    BusEventHappened,
    octets,
)
from tests.support.automation_scenario import ADA, AutomationScenario
from tests.support.automation_texts import ORDER


def test_an_event_of_the_bus_starts_a_run(scenario: AutomationScenario) -> None:
    scenario.publish(
        ORDER.replace("type: event, event: order_placed", "type: event_bus, source: shop, detail_type: Order")
    )
    event: dict[str, Any] = {"id": "e1", "source": "shop", "detail-type": "Order", "detail": {"email": ADA, "total": 7}}
    for other in (event, event, event | {"source": "till"}, event | {"detail": {"email": "nobody"}}):
        scenario.do(BusEventHappened(event=other))
    assert [send.custom for send in scenario.accepting.queued()] == [{"email": ADA, "total": 7}]


def test_an_event_of_the_bus_may_name_its_person(scenario: AutomationScenario) -> None:
    """The person is the one of the address."""
    scenario.publish(
        ORDER.replace("type: event, event: order_placed", "type: event_bus, source: shop, detail_type: Order")
    )
    detail = {"email": f"Ada Lovelace <{ADA.upper()}> "}
    scenario.do(BusEventHappened(event={"id": "e1", "source": "shop", "detail-type": "Order", "detail": detail}))
    assert [message.address for message in scenario.sent()] == [ADA]
    assert scenario.run(ADA).contact == ADA


@pytest.mark.parametrize(("size", "counts"), [(0, {"entered": 1}), (1, {"refused": 1})])
def test_a_large_event_of_the_bus_is_refused_and_counted(
    scenario: AutomationScenario, size: int, counts: dict[str, int]
) -> None:
    """A custom event of the same size is refused by the API."""
    published = scenario.publish(
        ORDER.replace("type: event, event: order_placed", "type: event_bus, source: shop, detail_type: Order")
    )
    detail = {"email": ADA, "note": ""}
    detail["note"] = "x" * (PROPERTIES_OCTETS_MAX - octets(detail) + size)
    event = {"id": "e1", "source": "shop", "detail-type": "Order", "detail": detail}
    scenario.do(BusEventHappened(event=event))
    assert {name: scenario.counts.get(published)[name] for name in counts} == counts
