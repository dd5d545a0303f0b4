"""What is stored of a sensitive send: its addresses and its outcome, and nothing of its content."""

from __future__ import annotations

from typing import Any

import pytest

from functions.core.errors import PermanentFailure, Throttled
from functions.core.outcomes import SendResult
from functions.core.sending.send import Send, State
from functions.core.sending.tags import SENSITIVE_TAG
from tests.support.delivering import ATTEMPTS, DeliverScenario, read
from tests.support.examples import A_PDF, a_revision, a_send

CODE = "482913"


def a_code(**changed: Any) -> Send:
    fields = {"sensitive": True, "contact": {"firstname": "Ada", "pin": CODE}, "custom": {"code": CODE}, **changed}
    return a_send(**fields)


def scenario_of(send: Send, text: str = "{{ custom.code }} {{ contact.pin }}") -> DeliverScenario:
    revision = a_revision(subject="{{ custom.code }}", text=text, sensitive=True, track_opens=False, track_clicks=False)
    return DeliverScenario(send, revision)


def stored_text(scenario: DeliverScenario) -> str:
    return str((scenario.sends, scenario.contacts, scenario.queue))


def test_the_mail_has_its_content_and_is_marked() -> None:
    scenario = scenario_of(a_code())
    scenario.worker()(scenario.send, 1)
    (mail,) = scenario.mailer.taken
    assert read(mail)["subject"] == CODE
    assert (mail.tags[SENSITIVE_TAG], mail.track_opens, mail.track_clicks) == ("true", False, False)


def test_a_contact_stores_no_property_of_a_sensitive_send() -> None:
    scenario = scenario_of(a_code())
    scenario.worker()(scenario.send, 1)
    assert scenario.contacts.stored["ada@example.net"].values == {}
    assert CODE not in stored_text(scenario)


@pytest.mark.parametrize("text", ["{{ custom.code|format_date }}", "{{ 0|format_date('short', custom.code) }}"])
def test_a_failure_that_may_quote_the_content_is_withheld(text: str) -> None:
    scenario = scenario_of(a_code(), text)
    scenario.worker()(scenario.send, 1)
    ((state, result, reason),) = scenario.outcomes()
    assert (state, result is SendResult.SENT) == (State.REFUSED, False)
    assert "sensitive" in reason
    assert CODE not in stored_text(scenario)


@pytest.mark.parametrize("receives", [1, ATTEMPTS + 1])
def test_a_failed_sensitive_send_leaves_no_dead_letter(receives: int) -> None:
    scenario = scenario_of(a_code())
    scenario.mailer.answers = [PermanentFailure(SendResult.UNDELIVERABLE, "no")]
    scenario.worker()(scenario.send, receives)
    assert scenario.states()[0] in {State.REFUSED, State.FAILED}
    assert scenario.queue.dead_letters == []


def test_a_stored_payload_is_emptied_after_the_outcome() -> None:
    """A late copy in the queue still finds it, and sends nothing."""
    scenario = scenario_of(a_code(attachments=(A_PDF,), stored=True))
    scenario.queue.save_scheduled(scenario.send)
    scenario.worker()(scenario.send, 1)
    assert CODE not in stored_text(scenario)
    assert scenario.queue.saved["s-1"].attachments == ()
    scenario.worker()(scenario.queue.saved["s-1"], 2)
    assert len(scenario.mailer.taken) == 1
    assert scenario.states() == [State.SENT]


def test_a_stored_payload_stays_until_the_outcome() -> None:
    scenario = scenario_of(a_code(stored=True))
    scenario.queue.save_scheduled(scenario.send)
    scenario.mailer.answers = [Throttled("slow down")]
    scenario.worker()(scenario.send, 1)
    assert scenario.queue.saved["s-1"].custom == {"code": CODE}
