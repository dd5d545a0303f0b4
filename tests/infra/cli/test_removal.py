"""What ends before a stage is removed. The whole command is tested on the local stack."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from msgspec import Struct, field

from functions.core.automations.automation import AutomationStatus
from functions.routes.automations.automations import stop_automation_runs
from infra.cli.removal import Removal


class MemoryStage(Struct):
    """A stage with automations."""

    automations: dict[int, AutomationStatus]
    stopped: set[int] = field(default_factory=set)

    def call(self, operation: Any, path: Any = None) -> Any:
        if operation is stop_automation_runs:
            self.stopped.add(path["automationId"])
            return None
        return SimpleNamespace(results=[SimpleNamespace(id=id_, status=one) for id_, one in self.automations.items()])


def test_the_runs_of_a_paused_automation_end_too() -> None:
    """A pause lets the contacts inside go on, so their mails would follow for as long as the stage exists."""
    stage: Any = MemoryStage({1: AutomationStatus.ACTIVE, 2: AutomationStatus.PAUSED, 3: AutomationStatus.DRAFT})
    assert Removal(stage).end_automations() == 2
    assert stage.stopped == {1, 2}
