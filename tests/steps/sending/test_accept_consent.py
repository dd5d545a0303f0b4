from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from functions.core.contacts.contact import EVERYTHING, Decision, SubscriptionStatus
from functions.core.contacts.subscriptions.subscription import SubscriptionType
from functions.core.emails.email import Subcategory
from functions.core.outcomes import SendResult
from functions.core.sending.send import State
from tests.fakes.contacts import MemoryContacts, MemorySubscriptionTypes
from tests.support.accepting import AcceptScenario
from tests.support.examples import (
    NOON_TEXT,
    a_request,
    a_subscription_type,
    an_email,
    recipients,
)

LEFT = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="test")
STATUSES: dict[SendResult, Callable[[MemoryContacts], object]] = {
    SendResult.PREVIOUSLY_BOUNCED: lambda contacts: contacts.quarantine("ada@example.net", NOON_TEXT, "550"),
    SendResult.PREVIOUS_SPAM: lambda contacts: contacts.mark_complained("ada@example.net", NOON_TEXT),
    SendResult.PREVIOUSLY_UNSUBSCRIBED_MESSAGE: lambda contacts: contacts.set_subscription(
        "ada@example.net", "news", LEFT
    ),
    SendResult.PREVIOUSLY_UNSUBSCRIBED_PORTAL: lambda contacts: contacts.set_subscription(
        "ada@example.net", EVERYTHING, LEFT
    ),
}


@pytest.mark.parametrize("result", STATUSES)
@pytest.mark.parametrize("subcategory", [Subcategory.SINGLE_SEND_API, Subcategory.MARKETING_SINGLE_SEND_API])
def test_marketing_mail_is_refused_by_the_contacts_status(result: SendResult, subcategory: Subcategory) -> None:
    """The endpoint makes no difference. Transactional mail is sent."""
    scenario = AcceptScenario()
    STATUSES[result](scenario.contacts)
    assert scenario.accept(a_request()).message.state is State.QUEUED
    scenario.emails.live[7] = an_email(subscription="news", subcategory=subcategory)
    accepted = scenario.accept(a_request(recipients=recipients("Ada@Example.net")))
    assert (accepted.message.state, accepted.message.result) == (State.REFUSED, result)
    assert len(scenario.queued()) == 1
    assert scenario.accept(a_request(recipients=recipients("bob@example.net"))).message.state is State.QUEUED


@pytest.mark.parametrize("types", [{}, {"news": a_subscription_type(active=False)}])
def test_an_email_without_an_active_subscription_type_is_not_sent(types: dict[str, SubscriptionType]) -> None:
    scenario = AcceptScenario(types=MemorySubscriptionTypes(types))
    scenario.emails.live[7] = an_email(subscription="news")
    message = scenario.accept(a_request()).message
    assert (message.state, message.result) == (State.REFUSED, SendResult.EMAIL_DISABLED)
    assert "'news'" in message.reason


def test_a_message_stores_its_subscription_type() -> None:
    scenario = AcceptScenario()
    scenario.emails.live[7] = an_email(subscription="news")
    assert scenario.accept(a_request()).message.subscription == "news"


class UncalledPort:
    """A port that no step may call."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was called")


def test_transactional_mail_reads_no_contact() -> None:
    uncalled: Any = UncalledPort()
    scenario = AcceptScenario(contacts=uncalled, types=uncalled)
    assert scenario.accept(a_request()).message.state is State.QUEUED
