"""Messages as HubSpot's email events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core import ids, timestamps
from functions.core.events import email_events
from functions.core.events.email_events import EmailEvent, EmailEventType
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.send import Message, State
from tests.support.examples import NOON, NOON_TEXT, a_message
from tests.support.timeline_events import FACTS, LATER, fact

MS = int(NOON * 1000)


def sent(*facts: TimelineEvent, **changed: Any) -> Message:
    fields: dict[str, Any] = {"state": State.SENT, "ses_message_id": "0102", **changed}
    return a_message(**fields, timeline={one.key: one.to_item() for one in facts})


def of_timeline(*facts: TimelineEvent) -> list[EmailEvent]:
    return [event for event in email_events.of(sent(*facts)) if event.id != email_events.own_id(sent())]


@pytest.mark.parametrize(
    ("message", "type_"),
    [
        (sent(), EmailEventType.SENT),
        (a_message(state=State.REFUSED), EmailEventType.DROPPED),
        (a_message(state=State.FAILED), EmailEventType.DROPPED),
        (a_message(state=State.CANCELED), EmailEventType.DROPPED),
    ],
)
def test_a_send_is_an_event_itself(message: Message, type_: EmailEventType) -> None:
    (own,) = email_events.of(message)
    assert (own.id, own.created, own.type) == (email_events.own_id(message), MS, type_)


@pytest.mark.parametrize("state", [State.SCHEDULED, State.QUEUED, State.SENDING])
def test_a_waiting_send_is_not_an_event_yet(state: State) -> None:
    assert email_events.of(a_message(state=state)) == []


def test_a_dropped_event_has_its_reason() -> None:
    refused = a_message(state=State.REFUSED, result=SendResult.PREVIOUS_SPAM, reason="reported as spam")
    (own,) = email_events.of(refused)
    assert own.details == {"dropReason": "PREVIOUS_SPAM", "dropMessage": "reported as spam"}


@pytest.mark.parametrize(
    ("one", "types", "details"),
    [
        (fact(TimelineEventType.SENT), ["PROCESSED"], {}),
        (fact(TimelineEventType.DELIVERED, response="250 ok"), ["DELIVERED"], {"response": "250 ok"}),
        (fact(TimelineEventType.DELAYED, type="MailboxFull"), ["DEFERRED"], {"response": "MailboxFull"}),
        (
            fact(TimelineEventType.DELAYED, type="IPFailure", status="4.7.1", response="smtp; 451 4.7.1 Too many"),
            ["DEFERRED"],
            {"response": "smtp; 451 4.7.1 Too many", "status": "4.7.1"},
        ),
        (
            fact(TimelineEventType.BOUNCED, type="Permanent", subtype="General", status="5.1.1", response="550"),
            ["BOUNCE"],
            {"category": "UNKNOWN_USER", "status": "5.1.1", "response": "550"},
        ),
        (
            fact(TimelineEventType.BOUNCED, type="Transient", subtype="MailboxFull"),
            ["BOUNCE"],
            {"category": "MAILBOX_FULL"},
        ),
        (
            fact(TimelineEventType.BOUNCED, type="Transient", subtype="MailboxFull", status="5.1.1"),
            ["BOUNCE"],
            {"category": "MAILBOX_FULL"},
        ),
        (fact(TimelineEventType.BOUNCED), ["BOUNCE"], {"category": "GENERAL"}),
        (fact(TimelineEventType.BOUNCED, subtype="Suppressed"), ["SUPPRESSED"], {"reason": "Suppressed"}),
        (fact(TimelineEventType.COMPLAINED, type="not-spam"), [], {}),
        (
            fact(TimelineEventType.COMPLAINED, subtype="OnAccountSuppressionList"),
            ["SUPPRESSED"],
            {"reason": "OnAccountSuppressionList"},
        ),
        (
            fact(TimelineEventType.REJECTED, reason="virus"),
            ["DROPPED"],
            {"dropReason": "REJECTED_BY_SES", "dropMessage": "virus"},
        ),
        (
            fact(TimelineEventType.UNSUBSCRIBED, subscription="news"),
            ["STATUSCHANGE"],
            {"subscriptions": [{"id": "news", "status": "UNSUBSCRIBED"}]},
        ),
        (
            fact(TimelineEventType.UNSUBSCRIBED, subscription="*"),
            ["STATUSCHANGE"],
            {"portalSubscriptionStatus": "UNSUBSCRIBED"},
        ),
        (fact(TimelineEventType.SUBSCRIBED), ["STATUSCHANGE"], {"portalSubscriptionStatus": "SUBSCRIBED"}),
        (
            fact(TimelineEventType.CLICKED, link="https://shop.example/", agent="Thunderbird", ip="192.0.2.1"),
            ["CLICK"],
            {"url": "https://shop.example/", "ipAddress": "192.0.2.1", "filteredEvent": False},
        ),
    ],
)
def test_each_fact_has_its_events(one: TimelineEvent, types: list[str], details: dict[str, Any]) -> None:
    events = of_timeline(one)
    assert [event.type for event in events] == types
    for event in events:
        assert details.items() <= event.details.items()
        assert event.details["smtpId"] == "0102"


def test_a_spam_report_is_an_unsubscription_too() -> None:
    report, change = sorted(of_timeline(fact(TimelineEventType.COMPLAINED, type="abuse")), key=lambda event: event.type)
    assert (report.type, change.type) == (EmailEventType.SPAMREPORT, EmailEventType.STATUSCHANGE)
    assert change.details["portalSubscriptionStatus"] == "UNSUBSCRIBED"


def test_what_a_machine_opened_is_filtered() -> None:
    person, machine = (
        fact(TimelineEventType.OPENED, LATER, agent="Thunderbird"),
        fact(TimelineEventType.OPENED, agent="Mozilla/5.0"),
    )
    assert {event.created: event.filtered for event in of_timeline(person, machine)} == {MS: True, MS + 5000: False}


@given(st.lists(FACTS, max_size=8, unique_by=lambda one: one.key), st.randoms())
def test_events_and_their_ids_do_not_depend_on_order(facts: list[TimelineEvent], chance: Any) -> None:
    events = email_events.of(sent(*facts))
    shuffled = list(facts)
    chance.shuffle(shuffled)
    assert [event.id for event in email_events.of(sent(*shuffled))] == [event.id for event in events]
    assert len({event.id for event in events}) == len(events)
    assert [event.created for event in events] == sorted((event.created for event in events), reverse=True)
    for event in events:
        assert str(UUID(event.id)) == event.id
        assert ids.event_accepted(event.id) == timestamps.milliseconds(NOON_TEXT)


def test_each_recipient_of_a_send_has_separate_events() -> None:
    assert email_events.own_id(a_message(recipient=0)) != email_events.own_id(a_message(recipient=1))


def test_an_automatic_reply_after_a_delivery_is_no_bounce() -> None:
    delivered = fact(TimelineEventType.DELIVERED)
    reply = fact(TimelineEventType.BOUNCED, LATER, type="Transient", subtype="General")
    full = fact(TimelineEventType.BOUNCED, LATER, type="Transient", subtype="MailboxFull")
    assert [event.type for event in of_timeline(delivered, reply)] == [EmailEventType.DELIVERED]
    assert [event.type for event in of_timeline(delivered, full)] == [EmailEventType.BOUNCE, EmailEventType.DELIVERED]
