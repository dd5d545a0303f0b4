"""A tour of the console's pages of automations, by one signed-in person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.end_to_end.service import Service
from tests.end_to_end.support.automations import happened

if TYPE_CHECKING:
    from tests.end_to_end.support.console.session import Person

PAGES = "/console/automations"
GUEST = "guest@automations.example.net"
WAITS = "name: Console\ntrigger: {type: event, event: toured_console}\nsteps: [{id: day, type: wait, time: 1d}]\n"


def tour_automation_pages(service: Service, person: Person) -> None:
    page = person.submit(f"{PAGES}/starters", f"{PAGES}/create", starter="renewal-notice").text
    assert "cannot be published" not in page
    starter = _newest(person)
    assert "contacts enter it" in person.submit(f"{starter}/publish", starter).text
    person.submit(f"{starter}/stop")
    person.submit(f"{PAGES}/create", definition=WAITS)
    path = _newest(person)
    person.submit(f"{path}/draft", path, definition=WAITS.replace("1d", "2d"))
    assert "cannot be published" not in person.get(f"{path}/yaml").text
    entered = {"trigger": "event", "trigger-event-event": "toured_console", "enrollment": "once"}
    day = {"step": "s1 wait top", "s1-id": "day", "s1-lanes": "0", "s1-time-count": "2", "s1-time-unit": "d"}
    fields: dict[str, Any] = {"name": "Toured", "act": "publish", **entered, **day}
    assert "contacts enter it" in person.submit(f"{path}/edit", **fields).text
    happened(service, "toured_console", GUEST)
    service.settle()
    run = re.findall(rf'href="({path}/runs/[^"]+)"', person.get(f"{path}/runs").text)[0]
    stop = f"{run.partition('?')[0]}/stop"
    assert "is stopped" in person.submit(stop, run, contact=GUEST).text
    for act in ("pause", "resume"):
        person.submit(f"{path}/{act}", path)
    person.submit(f"{path}/stop")
    person.submit(f"{path}/delete")
    person.submit(f"{starter}/delete")


def _newest(person: Person) -> str:
    numbers = re.findall(rf'href="{PAGES}/(\d+)"', person.get(PAGES).text)
    return f"{PAGES}/{max(map(int, numbers))}"
