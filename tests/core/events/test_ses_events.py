from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.sending import message_items
from functions.core.events import ses_events
from functions.core.events.ses_events import SesEvent, UnparseableError
from functions.core.events.smtp_mail import SmtpMail
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import MessageKey, RecipientRole
from tests.support.strategies import JSON

CASES = sorted((Path(__file__).parent / "ses_events").glob("*.json"))
EVENTS = [json.loads(case.read_text())["event"] for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.stem))
def test_reads_each_shape_that_ses_documents(case: Path) -> None:
    case_data = json.loads(case.read_text())
    expected = case_data["expected"]
    assert ses_events.parse(case_data["event"]) == SesEvent(
        message=MessageKey(*expected["message"]) if expected["message"] else None,
        ses_message_id=expected["ses_message_id"],
        sent_at=expected["sent_at"],
        fact=_fact(expected, expected),
        smtp=_smtp(expected) if "smtp" in expected else None,
        per_recipient={int(number): _fact(expected, own) for number, own in expected.get("per_recipient", {}).items()},
        spellings=tuple(expected.get("spellings", ())),
    )


def _fact(expected: Any, own: Any) -> TimelineEvent:
    """`own`: what differs between the recipients of one event."""
    return TimelineEvent(
        type=TimelineEventType(expected["kind"]), at=expected["at"], dedup_key=own["identity"], details=own["detail"]
    )


def _smtp(expected: Any) -> SmtpMail:
    smtp = expected["smtp"]
    recipients = tuple((RecipientRole(role), address) for role, address in smtp["recipients"])
    mail = {"ses_message_id": expected["ses_message_id"], "sent_at": expected["sent_at"]}
    return SmtpMail(**{**smtp, **mail, "recipients": recipients})


@pytest.mark.parametrize(
    "addresses", [[], ["a@example.net"] * 2, [f"{n}@example.net" for n in range(50)], 51, [""], "?"]
)
def test_smtp_mail_has_one_to_fifty_recipients(addresses: Any) -> None:
    """SES accepts that many. A repeated address is one recipient."""
    event = json.loads((CASES[0].parent / "send_of_smtp.json").read_text())["event"]
    event["mail"]["destination"] = [f"{n}@example.net" for n in range(51)] if addresses == 51 else addresses
    if addresses in ([], 51, [""], "?"):
        with pytest.raises(UnparseableError):
            ses_events.parse(event)
    else:
        assert list(ses_events.parse(event).per_recipient) == list(range(len(set(addresses))))


def test_mails_of_external_senders_take_their_share() -> None:
    """They count by recipient, as in SES's quota. The mails of our workers count at their send."""
    shares = {case.stem: ses_events.parse(json.loads(case.read_text())["event"]).external_sends for case in CASES}
    assert {name: share for name, share in shares.items() if share} == {
        "send_of_smtp": 1,
        "send_of_smtp_to_several_with_forged_tags": 3,
    }
    foreign = copy.deepcopy(next(event for event in EVENTS if event.get("eventType") == "Send"))
    foreign["mail"]["tags"] = {"ses:caller-identity": ["root"]}
    assert (ses_events.parse(foreign).is_external, ses_events.parse(foreign).external_sends) == (True, 1)


def test_every_event_type_we_read_has_a_case() -> None:
    assert {event.get("eventType") or event["notificationType"] for event in EVENTS} == set(ses_events.names())


@pytest.mark.parametrize(
    "event", [None, 1, "Send", [], {}, {"eventType": "Send"}, {"eventType": "Subscription", "mail": {}}]
)
def test_json_that_is_not_an_event_is_reported(event: Any) -> None:
    with pytest.raises(UnparseableError, match=r"\w+: "):
        ses_events.parse(event)


def _places(value: Any) -> list[list[Any]]:
    """The path of every part of an event."""
    marshalling = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [[], *([key, *rest] for key, inner in marshalling for rest in _places(inner))]


def read_or_unparseable(event: Any) -> None:
    try:
        read = ses_events.parse(event)
    except UnparseableError as error:
        assert str(error)  # noqa: PT017 - either end is fine, as long as it speaks
    else:
        for fact in (read.fact, *read.facts.values()):
            assert all(isinstance(value, str | bool) for value in fact.to_item().values())
        for message in read.smtp.messages() if read.smtp else ():
            assert message_items.message_from(message_items.message_item(message, 90)) == message


@given(JSON)
def test_any_json_is_an_event_or_unparseable(event: Any) -> None:
    read_or_unparseable(event)


@given(
    st.sampled_from(EVENTS),
    st.data(),
    JSON | st.just(float("inf")) | st.just("9" * 5000) | st.just("0001-01-01T00:00:00+14:00"),
)
def test_a_changed_event_is_an_event_or_unparseable(event: Any, data: st.DataObject, part: Any) -> None:
    broken = {"event": copy.deepcopy(event)}
    *way, last = data.draw(st.sampled_from(_places(broken)[1:]))
    inner: Any = broken
    for key in way:
        inner = inner[key]
    inner[last] = part
    read_or_unparseable(broken["event"])


def test_a_fact_stays_small_with_any_user_agent() -> None:
    """A visitor chooses the user agent: two hundred long ones must still fit into a message's item."""
    event = copy.deepcopy(next(event for event in EVENTS if event.get("eventType") == "Click"))
    event["click"] |= {"userAgent": "x" * 100_000, "link": "https://example.com/" + "y" * 100_000}
    fact = ses_events.parse(event).fact
    assert len(json.dumps(fact.to_item())) < 2_000


def test_two_links_with_one_beginning_are_two_facts() -> None:
    event = copy.deepcopy(next(event for event in EVENTS if event.get("eventType") == "Click"))
    keys = set()
    for end in "ab":
        event["click"]["link"] = "https://example.com/" + "y" * 5_000 + end
        keys.add(ses_events.parse(event).fact.key)
    assert len(keys) == 2
