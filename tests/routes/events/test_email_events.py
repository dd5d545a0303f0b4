"""What HubSpot's email events are filtered by."""

from __future__ import annotations

from typing import Any

import pytest

from functions import wiring
from functions.core.events.delivery_status import SUPPRESSED_SUBTYPES
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import MessageKey, RecipientRole, State
from functions.wiring import Container
from tests.support.examples import NOON_TEXT, a_message
from tests.support.http.api import call

EVENTS = "/email/public/v1/events"
# HubSpot's documentation names these types. Its campaigns count by them, too.
HUBSPOTS = (
    *("SENT", "DROPPED", "PROCESSED", "DELIVERED", "DEFERRED", "BOUNCE", "OPEN", "CLICK", "PRINT", "FORWARD", "REPLY"),
    *("STATUSCHANGE", "SPAMREPORT", "SUPPRESSED", "SUPPRESSION", "UNBOUNCE", "MTA_DROPPED", "UNSUBSCRIBED"),
    *("SELECTED", "PENDING", "NOTSENT", "CONTACTSLOST", "HARDBOUNCED", "SOFTBOUNCED"),
)


@pytest.fixture
def suppressed(aws: Container) -> Container:
    """A mail that SES did not send, since its own list has the address."""
    sends, message = aws.get(wiring.adapters.sending.sends), a_message(state=State.SENT, address="ada@example.net")
    assert sends.create([message])
    bounce = {"type": "Permanent", "subtype": min(SUPPRESSED_SUBTYPES)}
    facts = [
        TimelineEvent(type=TimelineEventType.SENT, at=NOON_TEXT),
        TimelineEvent(type=TimelineEventType.BOUNCED, at=NOON_TEXT, details=bounce),
    ]
    assert sends.record(message.key, *facts)
    return aws


def types(**query: str) -> list[str]:
    query = {"recipient": "ada@example.net", **query}
    status, page = call("GET", EVENTS, queryStringParameters=query)
    assert (status, page["hasMore"], page["offset"]) == (200, False, "")
    return [event["type"] for event in page["events"]]


@pytest.mark.parametrize("name", HUBSPOTS)
def test_each_type_of_hubspots_is_a_filter(suppressed: Container, name: str) -> None:
    expected = {"SUPPRESSION": ["SUPPRESSED"]} | {one: [one] for one in ("SENT", "PROCESSED", "SUPPRESSED")}
    assert types(eventType=name) == types(eventType=name.lower()) == expected.get(name, [])


def test_several_types_are_filtered_together(suppressed: Container) -> None:
    assert types(eventType="PRINT,SENT,PROCESSED") == ["PROCESSED", "SENT"]


@pytest.mark.parametrize("name", ["READ", "OPENED", "SENT,READ", "sent processed"])
def test_an_unknown_type_is_refused(suppressed: Container, name: str) -> None:
    status, problem = call("GET", EVENTS, queryStringParameters={"eventType": name})
    assert (status, [error["in"] for error in problem["errors"]]) == (400, ["eventType"])
    assert "SENT" in problem["errors"][0]["message"]


def test_another_app_has_no_events(suppressed: Container) -> None:
    assert types(appId="0") == types() == ["SUPPRESSED", "PROCESSED", "SENT"]
    assert types(appId="113") == []
    assert call("GET", EVENTS, queryStringParameters={"appId": "mine"})[0] == 400


ENVELOPE = {
    "subject": "Order 42",
    "from": "Acme <shop@example.com>",
    "replyTo": "help@example.com\nTill <till@example.com>",
}


def own_events(aws: Container, *, facts: dict[str, str], roles: str) -> list[dict[str, Any]]:
    """The SENT events of one send to so many roles, through HTTP."""
    messages = [
        a_message(
            key=MessageKey("send-1", number),
            role=RecipientRole(role),
            address=f"{role}{number}@example.net",
            recipients=len(roles.split()),
            state=State.SENT,
        )
        for number, role in enumerate(roles.split())
    ]
    sends = aws.get(wiring.adapters.sending.sends)
    assert sends.create(messages)
    for message in messages:
        assert sends.record(message.key, TimelineEvent(type=TimelineEventType.SENT, at=NOON_TEXT, details=facts))
    return [
        event
        for message in messages
        for event in call("GET", EVENTS, queryStringParameters={"recipient": message.address, "eventType": "SENT"})[1][
            "events"
        ]
    ]


def test_a_sent_event_has_the_mails_headers(aws: Container) -> None:
    (event,) = own_events(aws, facts=ENVELOPE, roles="to")
    assert (event["subject"], event["from"]) == (ENVELOPE["subject"], ENVELOPE["from"])
    assert event["replyTo"] == ["help@example.com", "Till <till@example.com>"]
    assert (event["cc"], event["bcc"]) == ([], [])
    assert event["hmid"] == event["statusId"] == "send-1"


def test_a_sent_event_has_the_copies_of_its_send(aws: Container) -> None:
    events = own_events(aws, facts={}, roles="to cc bcc cc")
    assert [event["hmid"] for event in events] == ["send-1", "send-1/1", "send-1/2", "send-1/3"]
    for event in events:
        assert (event["cc"], event["bcc"]) == (["cc1@example.net", "cc3@example.net"], ["bcc2@example.net"])
        assert (event["replyTo"], "subject" in event, "from" in event) == ([], False, False)
