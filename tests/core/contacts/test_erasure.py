"""An anonymised message has the same counts, and no personal data."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core import ids
from functions.core.contacts.contact import EVERYTHING, Contact, ContactBounce, Decision, Property, SubscriptionStatus
from functions.core.contacts.erasure import anonymous
from functions.core.contacts.event_erasure import without
from functions.core.events import delivery_status
from functions.core.events.ses_events import parse
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.send import ERASED, Attempt, State
from functions.core.statistics import counters, links
from tests.support.examples import NOON_TEXT, a_message
from tests.support.strategies import JSON
from tests.support.user_agents import GMAIL, IPHONE, THUNDERBIRD

AGENTS = ["", "Mozilla/5.0", THUNDERBIRD, IPHONE, GMAIL, "Barracuda", "curl/8"]
LINKS = [
    "",
    "https://shop.example/a?who=1",
    "https://shop.example/a?who=2",
    "http://[",
    "https://[::1]:8/x",
    "mailto:a@b",
]
FACTS = st.builds(
    TimelineEvent,
    type=st.sampled_from(TimelineEventType),
    at=st.sampled_from([f"2026-11-23T12:00:0{second}.000Z" for second in range(6)]),
    dedup_key=st.text(max_size=3),
    details=st.fixed_dictionaries(
        {},
        optional={
            "machine": st.booleans(),
            "agent": st.sampled_from(AGENTS) | st.text(),
            "ip": st.just("192.0.2.9"),
            "link": st.sampled_from(LINKS) | st.text(),
            "type": st.sampled_from(["Permanent", "Transient", "not-spam"]),
            "subtype": st.sampled_from(["Suppressed", "General"]),
            "response": st.just("550 ada@example.net is unknown"),
            "shared": st.just(True),
        },
    ),
)
MESSAGES = st.builds(
    lambda state, facts: a_message(state=state, attempts=1, timeline={one.key: one.to_item() for one in facts}),
    st.sampled_from(State),
    st.lists(FACTS, max_size=8),
)


@given(MESSAGES)
def test_an_erased_message_counts_what_it_counted(message: Any) -> None:
    """An erasure changes no counter, and a second one changes nothing."""
    erased = anonymous(message)
    assert counters.change(message, erased) == {}
    assert counters.link_change(message, erased) == {}
    assert delivery_status.delivery(erased.timeline) == delivery_status.delivery(message.timeline)
    assert anonymous(erased) == erased


def test_no_personal_data_is_left_in_a_message() -> None:
    facts = [
        TimelineEvent(
            type=TimelineEventType.OPENED,
            at=NOON_TEXT,
            dedup_key="192.0.2.9",
            details={"ip": "192.0.2.9", "agent": THUNDERBIRD},
        ),
        TimelineEvent(
            type=TimelineEventType.CLICKED,
            at=NOON_TEXT,
            dedup_key="x",
            details={"link": "https://shop.example/a?who=ada", "ip": "192.0.2.9"},
        ),
        TimelineEvent(
            type=TimelineEventType.BOUNCED,
            at=NOON_TEXT,
            details={"type": "Permanent", "response": "550 ada@example.net"},
        ),
    ]
    message = a_message(
        state=State.REFUSED,
        result=SendResult.PREVIOUSLY_BOUNCED,
        reason="ada@example.net bounced",
        failed_attempts=(Attempt(1, NOON_TEXT, "ada@example.net"),),
        unsubscribe_id="secret",
        ses_message_id="0102",
        timeline={one.key: one.to_item() for one in facts},
    )
    erased = anonymous(message)
    left = msgspec.json.encode(erased).decode()
    for personal in ("ada", "192.0.2.9", "Mozilla", "secret", *(one.key for one in facts)):
        assert personal not in left
    assert erased.erased
    assert (erased.key, erased.ses_message_id, erased.result) == (message.key, "0102", message.result)
    assert links.of(erased)["click https://shop.example/a"] == 1


def test_a_mails_headers_are_erased() -> None:
    details = {"subject": "Dear Ada", "from": "Acme <shop@example.com>", "replyTo": "ada-help@example.com"}
    sent = TimelineEvent(type=TimelineEventType.SENT, at=NOON_TEXT, details=details)
    (fact,) = anonymous(a_message(state=State.SENT, timeline={sent.key: sent.to_item()})).timeline.values()
    assert fact == {"kind": "SENT", "at": NOON_TEXT}


def test_an_erased_contact_retains_only_its_opt_outs() -> None:
    no, yes = (
        Decision(status=status, at=NOON_TEXT, source="it@acme.example")
        for status in (SubscriptionStatus.NOT_SUBSCRIBED, SubscriptionStatus.SUBSCRIBED)
    )
    contact = Contact(
        email="ada@example.net",
        created_at=NOON_TEXT,
        properties={"firstname": Property("Ada", NOON_TEXT)},
        decisions={EVERYTHING: no, "news": yes},
        bounce=ContactBounce(NOON_TEXT, "550 ada@example.net"),
        complained_at=NOON_TEXT,
        version=3,
    )
    erased = contact.erased("2026-11-24T12:00:00.000Z", ids.address_hash("Ada@example.net"))
    assert "ada" not in msgspec.json.encode(erased).decode().lower()
    assert erased.email == ids.address_hash("ada@example.net")
    assert (list(erased.decisions), erased.has_complained, bool(erased.quarantine)) == ([EVERYTHING], True, True)


def event(destination: list[str], **more: Any) -> dict[str, Any]:
    mail = {
        "timestamp": NOON_TEXT,
        "messageId": "0102",
        "destination": destination,
        "tags": {"ses:caller-identity": ["staffetta-smtp-9"]},
        "commonHeaders": {
            "to": ["Ada Lovelace <Ada@Example.net>", "bob@example.net"],
            "subject": "for ada@example.net!",
        },
    }
    return {"eventType": "Send", "mail": mail, "send": {}, **more}


def test_an_event_of_a_mail_to_one_is_deleted() -> None:
    assert without(event(["Ada@example.net"]), "ada@example.net") is None
    assert without(event([f"0.{ERASED}", "ada@example.net"]), "ada@example.net") is None


def test_other_recipients_of_a_mail_keep_their_events() -> None:
    bounce = {
        "timestamp": NOON_TEXT,
        "bounceType": "Permanent",
        "bouncedRecipients": [{"emailAddress": "ADA@example.net", "diagnosticCode": "550 <ada@example.net> unknown"}],
    }
    before = event(["ada@example.net", "bob@example.net", "Ada@example.net"], eventType="Bounce", bounce=bounce)
    after = without(before, "ada@example.net")
    assert "ada" not in json.dumps(after).lower()
    rest = parse(after)
    assert rest.facts.keys() == parse(before).facts.keys()
    assert rest.smtp
    assert [address for _, address in rest.smtp.recipients] == [f"0.{ERASED}", "bob@example.net"]
    assert without(after, "ada@example.net") == after
    assert without(after, "bob@example.net") is None


@pytest.mark.parametrize("other", ["eve@example.net", "a@example.net"])
def test_events_of_other_people_stay(other: str) -> None:
    assert without(event(["ada@example.net"]), other) == event(["ada@example.net"])


@given(JSON)
def test_json_that_is_not_an_event_stays(value: Any) -> None:
    assert without(value, "ada@example.net") == value


@given(st.text())
def test_no_text_of_an_event_has_the_erased_address(text: str) -> None:
    before = event(["ada@example.net", "bob@example.net"], told=[text + "Ada@example.net" + text])
    assert "ada@example.net" not in json.dumps(without(before, "ada@example.net"), ensure_ascii=False).lower()
