from __future__ import annotations

import pytest

from functions.core.contacts.contact import EVERYTHING
from functions.core.emails.pause import Pause
from functions.core.outcomes import SendResult
from functions.core.sending.send import State
from tests.support.delivering import (
    THREE,
    DeliverScenario,
    marketing_scenario,
    read,
    unsubscribe,
)
from tests.support.examples import (
    NOON_TEXT,
    a_revision,
    a_send,
    an_email,
    messages_of,
)


def test_a_contacts_properties_fill_the_template() -> None:
    """Only the To becomes a contact. The request's own properties override stored ones."""
    scenario = DeliverScenario(a_send(recipients=THREE))
    scenario.worker()(scenario.send, 1)
    assert set(scenario.contacts.stored) == {"ada@example.net"}
    assert scenario.contacts.stored["ada@example.net"].values == {"firstname": "Ada"}
    for properties, greeting in (({}, b"Dear Ada"), ({"firstname": "Augusta"}, b"Dear Augusta")):
        again = a_send(id=f"s-{len(properties) + 2}", contact=properties, accepted_at="2026-11-23T13:00:00.000Z")
        scenario.sends.create(messages_of(again))
        scenario.worker()(again, 1)
        assert greeting in read(scenario.mailer.taken[-1]).get_body(("plain",)).get_payload(decode=True)  # type: ignore[union-attr]  # it has one
    assert scenario.contacts.stored["ada@example.net"].values == {"firstname": "Augusta"}


def test_an_unsubscribed_cc_is_refused_by_itself() -> None:
    """That is an outcome, and no dead letter."""
    scenario = marketing_scenario()
    unsubscribe(scenario, "bob@example.net")
    unsubscribe(scenario, "eve@example.net", "other news")
    scenario.worker()(scenario.send, 1)
    assert scenario.recipients() == ["ada@example.net", "eve@example.net"]
    assert scenario.outcomes()[1][:2] == (State.REFUSED, SendResult.PREVIOUSLY_UNSUBSCRIBED_MESSAGE)
    assert scenario.queue.dead_letters == []


def test_an_unsubscribed_to_refuses_every_recipient() -> None:
    scenario = marketing_scenario()
    unsubscribe(scenario, "ada@example.net", EVERYTHING)
    scenario.worker()(scenario.send, 1)
    assert [outcome[:2] for outcome in scenario.outcomes()] == [
        (State.REFUSED, SendResult.PREVIOUSLY_UNSUBSCRIBED_PORTAL)
    ] * 3
    assert (scenario.recipients(), scenario.queue.dead_letters) == ([], [])


def test_transactional_mail_ignores_unsubscribes_and_bounces() -> None:
    scenario = DeliverScenario()
    unsubscribe(scenario, "ada@example.net", EVERYTHING)
    scenario.contacts.quarantine("ada@example.net", NOON_TEXT, "550")
    scenario.contacts.mark_complained("ada@example.net", NOON_TEXT)
    scenario.worker()(scenario.send, 1)
    assert scenario.recipients() == ["ada@example.net"]


@pytest.mark.parametrize("all_mail", [True, False])
def test_a_pause_dead_letters_accepted_marketing_mail(all_mail: bool) -> None:
    scenario = DeliverScenario(revision=a_revision(subscription="news"))
    pause = Pause(NOON_TEXT, "ada@example.com", "wrong prices")
    scenario.account.stored = pause if all_mail else None
    scenario.emails.live[7] = an_email(subscription="news", pause=None if all_mail else pause)
    scenario.worker()(scenario.send, 1)
    ((state, result, reason),) = scenario.outcomes()
    expected = SendResult.PORTAL_SUSPENDED if all_mail else SendResult.EMAIL_DISABLED
    assert (state, result) == (State.REFUSED, expected)
    assert "wrong prices" in reason
    assert scenario.queue.dead_letters == [(scenario.send, reason)]
    assert scenario.recipients() == []


def test_transactional_mail_ignores_a_pause() -> None:
    scenario = DeliverScenario()
    pause = Pause(NOON_TEXT, "ada@example.com", "wrong prices")
    scenario.account.stored = pause
    scenario.emails.live[7] = an_email(pause=pause)
    scenario.worker()(scenario.send, 1)
    assert scenario.recipients() == ["ada@example.net"]
