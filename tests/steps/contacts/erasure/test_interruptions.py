from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions.core.access.actor import unrestricted
from functions.core.automations.run import Run, current_part
from functions.core.errors import Retry
from functions.core.sending.send import ERASED, MessageKey
from functions.steps.contacts.erase import MESSAGE_BATCH
from tests.fakes import Killed, Life
from tests.support.erasing import ADA, EARLIER, EraseScenario, Slow, event
from tests.support.examples import NOON


def test_a_run_that_a_worker_stored_meanwhile_is_erased(
    scenario: EraseScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(id="late", automation=2, version=1, contact=ADA, entered_at=EARLIER)
    erase = scenario.contacts.erase

    def erase_late(address: str, at: str) -> None:
        scenario.runs.create(run, current_part(2))
        erase(address, at)

    monkeypatch.setattr(scenario.contacts, "erase", erase_late)
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    assert len(erasure(NOON + 60)) == 1
    assert scenario.runs.of_contact(ADA) == []


def test_a_long_erasure_is_done_in_parts(scenario: EraseScenario) -> None:
    for number in range(3 * MESSAGE_BATCH):
        scenario.put(f"many-{number}")
        scenario.archive.append([event(f"many-{number}", ADA)])
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    slow = replace(erasure, clock=Slow(scenario.clock))
    parts = 1
    while not slow(scenario.clock.now + 5):
        parts += 1
        assert parts < 100
    assert parts > 10
    assert ADA not in scenario.stored_text()


def test_an_erasure_killed_at_any_call_is_finished_later(scenario: EraseScenario) -> None:
    calls, deaths = 0, 0
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    while scenario.requests.stored:
        for after in (False, True):
            try:
                scenario.erasure(Life(calls, after=after))(NOON + 60)
            except Killed:
                deaths += 1
        calls += 1
    assert deaths > 5
    assert ADA not in scenario.stored_text()
    assert [scenario.sends.stored[MessageKey("s-3", 1)].address, len(scenario.sends.stored)] == [ERASED, 6]


def test_a_busy_contact_is_erased_later(scenario: EraseScenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(email: str, at: str) -> None:
        raise Retry("busy")

    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    with monkeypatch.context() as patch:
        patch.setattr(scenario.contacts, "erase", busy)
        assert erasure(NOON + 60) == []
    assert len(erasure(NOON + 60)) == 1
