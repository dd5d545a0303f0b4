from __future__ import annotations

from collections.abc import Iterator

import pytest

from functions.pages import error_words
from tests.support.automation_scenario import AutomationScenario


@pytest.fixture
def scenario() -> Iterator[AutomationScenario]:
    """Whatever a run notes, the console has it in Italian."""
    scenario = AutomationScenario()
    yield scenario
    notes = {record.note for run in scenario.runs.stored.values() for record in run.history}
    assert {note for note in notes if error_words.message_of(note, "it", "UTC") == note} == set()
