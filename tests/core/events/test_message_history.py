"""A message's story in words: every fate, every kind of event and every try has one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.account import prices
from functions.core.events import message_history, status_codes
from functions.core.events.message_history import Fate, Outcome
from functions.core.events.timeline import Fact, Kind
from functions.core.outcomes import SendResult
from functions.core.sending.send import TRIES_MAX, Message, State, Try
from tests.support.examples import NOON_TEXT, a_message

LATER = "2026-11-23T12:00:05.000Z"


def fact(kind: Kind, at: str = NOON_TEXT, **detail: Any) -> Fact:
    return Fact(kind=kind, at=at, identity=str(detail), detail=detail)


def told(*facts: Fact, **changed: Any) -> Message:
    return a_message(state=State.SENT, **changed, timeline={one.key: one.to_item() for one in facts})


DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["Permanent", "Transient", "Undetermined", "not-spam", "abuse", "MailboxFull", "?"]),
        "subtype": st.sampled_from(
            ["General", "NoEmail", "MailboxFull", "Suppressed", "OnAccountSuppressionList", "?"]
        ),
        "status": st.sampled_from(["5.1.1", "4.2.2", "5.99.99", "x"]),
        "response": st.text(max_size=20),
        "reason": st.text(max_size=20),
        "until": st.sampled_from(["2026-11-24T12:00:00Z", "soon"]),
        "agent": st.sampled_from(["Mozilla/5.0", "Thunderbird"]),
        "machine": st.booleans(),
        "shared": st.booleans(),
    },
)
FACTS = st.builds(lambda kind, detail: fact(kind, **detail), st.sampled_from(Kind), DETAILS)


@given(st.lists(FACTS, max_size=6), st.sampled_from(State), st.integers(0, 3))
def test_every_message_can_be_told(facts: list[Fact], state: State, attempts: int) -> None:
    """Whatever SES reported, in whatever combination."""
    message = a_message(
        state=state, attempts=attempts, due_at=NOON_TEXT, timeline={one.key: one.to_item() for one in facts}
    )
    assert message_history.summary(message)
    assert len(message_history.tries(message)) == attempts
    for event in message_history.events(message):
        assert event.meaning
        assert (event.machine is None) is (event.fact["kind"] not in {"OPENED", "CLICKED"})


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (fact(Kind.SENT), "SES took the mail"),
        (fact(Kind.DELIVERED), "mail server took the mail"),
        (fact(Kind.BOUNCED, type="Permanent", subtype="General", status="5.1.1"), "for good: there is no such mailbox"),
        (fact(Kind.BOUNCED, type="Permanent", subtype="NoEmail"), "for good: there is no such mailbox"),
        (fact(Kind.BOUNCED, type="Transient", subtype="MailboxFull"), "for now: the mailbox is full"),
        (fact(Kind.BOUNCED, type="Transient", response="smtp; 452 4.2.2 over quota"), "for now: the mailbox is full"),
        (fact(Kind.BOUNCED, type="Permanent", subtype="OnAccountSuppressionList"), "SES did not try"),
        (fact(Kind.BOUNCED, type="Undetermined"), "did not say why"),
        (fact(Kind.COMPLAINED, type="abuse"), "as spam"),
        (fact(Kind.COMPLAINED, type="not-spam"), "out of the spam folder"),
        (fact(Kind.COMPLAINED, subtype="OnAccountSuppressionList"), "complained before"),
        (fact(Kind.REJECTED, reason="Bad content"), "Bad content"),
        (
            fact(Kind.DELAYED, type="MailboxFull", until="2026-11-24T12:00:00.000Z"),
            "the mailbox is full. SES goes on trying until 2026-11-24 12:00 UTC",
        ),
        (fact(Kind.DELAYED, type="new"), "does not take the mail yet. SES goes on trying."),
        (fact(Kind.OPENED), "was opened"),
        (fact(Kind.OPENED, shared=True), "does not tell by whom"),
        (fact(Kind.CLICKED, link="https://shop.example/"), "https://shop.example/"),
        (fact(Kind.UNSUBSCRIBED, subscription="news"), "unsubscribed from news"),
        (fact(Kind.UNSUBSCRIBED, subscription="*"), "The recipient unsubscribed."),
        (fact(Kind.SUBSCRIBED), "subscribed"),
    ],
)
def test_an_event_is_told_in_plain_words(one: Fact, words: str) -> None:
    assert words in message_history.meaning(one.to_item())


@pytest.mark.parametrize(
    ("message", "fate", "words"),
    [
        (a_message(state=State.SCHEDULED, due_at=LATER), Fate.SCHEDULED, "at 2026-11-23 12:00 UTC"),
        (a_message(), Fate.QUEUED, "It waits to be sent."),
        (a_message(reason="Throttling"), Fate.QUEUED, "after: Throttling."),
        (a_message(state=State.SENDING), Fate.SENDING, "handed to SES"),
        (
            a_message(state=State.REFUSED, result=SendResult.MISSING_CONTENT, reason="there is no email 7"),
            Fate.REFUSED,
            "It was not sent: there is no email 7.",
        ),
        (
            a_message(state=State.FAILED, result=SendResult.UNDELIVERABLE),
            Fate.FAILED,
            "could not be sent: UNDELIVERABLE.",
        ),
        (a_message(state=State.CANCELED), Fate.CANCELED, "canceled"),
        (told(), Fate.SENT, "tries to deliver"),
        (told(fact(Kind.SENT), fact(Kind.DELAYED, type="General")), Fate.DELAYED, "delayed"),
        (told(fact(Kind.BOUNCED, type="Transient", subtype="MailboxFull")), Fate.SOFT_BOUNCED, "mailbox is full"),
        (told(fact(Kind.DELIVERED)), Fate.DELIVERED, "The mail was delivered."),
        (
            told(fact(Kind.DELIVERED), fact(Kind.OPENED, LATER, agent="Thunderbird")),
            Fate.DELIVERED,
            "a person opened it",
        ),
        (told(fact(Kind.DELIVERED), fact(Kind.OPENED, LATER, machine=True)), Fate.DELIVERED, "The mail was delivered."),
        (told(fact(Kind.UNSUBSCRIBED)), Fate.DELIVERED, "by what was done with it"),
        (told(fact(Kind.REJECTED)), Fate.REJECTED, "threw it away"),
        (told(fact(Kind.BOUNCED, subtype="Suppressed")), Fate.SUPPRESSED, "did not try"),
        (
            told(
                fact(Kind.BOUNCED, type="Permanent"), fact(Kind.BOUNCED, LATER, type="Transient", subtype="MailboxFull")
            ),
            Fate.BOUNCED,
            "for good",
        ),
        (told(fact(Kind.COMPLAINED), fact(Kind.COMPLAINED, LATER, type="not-spam")), Fate.COMPLAINED, "as spam"),
    ],
)
def test_each_fate_has_a_sentence(message: Message, fate: Fate, words: str) -> None:
    assert message_history.fate(message) is fate
    assert words in message_history.summary(message)


def outcomes(message: Message) -> list[tuple[int, Outcome, str]]:
    return [(one.number, one.outcome, one.answer) for one in message_history.tries(message)]


def test_each_try_is_told_with_what_ses_answered() -> None:
    throttled = Try(1, NOON_TEXT, "Throttling: Maximum sending rate exceeded")
    taken = told(attempts=3, tries=(throttled,), settled_at=LATER, ses_message_id="0102")
    assert outcomes(taken) == [
        (1, Outcome.RELEASED, throttled.reason),
        (2, Outcome.UNKNOWN, ""),  # its worker died, or SES did not answer: nobody wrote that down
        (3, Outcome.TAKEN, "0102"),
    ]
    assert [one.at for one in message_history.tries(taken)] == [NOON_TEXT, None, LATER]


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (State.SENDING, Outcome.UNDER_WAY),
        (State.REFUSED, Outcome.REFUSED),
        (State.FAILED, Outcome.UNKNOWN),
        (State.QUEUED, Outcome.UNKNOWN),
    ],
)
def test_the_last_try_goes_by_the_message(state: State, outcome: Outcome) -> None:
    (last,) = message_history.tries(a_message(state=state, attempts=1, reason="MessageRejected"))
    assert (last.outcome, last.answer) == (outcome, "MessageRejected" if outcome is Outcome.REFUSED else "")


def test_a_refusal_after_a_failed_try_is_no_try() -> None:
    """Its recipient left while it waited."""
    message = a_message(state=State.REFUSED, attempts=1, tries=(Try(1, NOON_TEXT, "down"),), reason="left")
    assert outcomes(message) == [(1, Outcome.RELEASED, "down")]


def test_of_very_many_tries_the_first_and_the_last_are_told() -> None:
    kept = tuple(Try(number, NOON_TEXT, "Throttling") for number in range(1, TRIES_MAX + 1))
    numbers = [one.number for one in message_history.tries(told(attempts=500, tries=kept))]
    assert numbers == [*range(1, TRIES_MAX + 1), 500]


@pytest.mark.parametrize(
    ("texts", "meaning"),
    [
        (["5.1.1"], "there is no such mailbox"),
        (["", "smtp; 550 5.1.1 no such user"], "there is no such mailbox"),
        ([None, "550-5.7.26 unauthenticated"], "the mail failed the recipient's authentication checks (SPF, DKIM)"),
        (["5.7.999"], "the recipient's mail server refuses it by its rules"),
        (["4.99.1"], None),
        (["connected to 5.1.1.7"], None),
        (["15.1.1"], None),
        ([], None),
    ],
)
def test_enhanced_status_codes_have_a_meaning(texts: list[str | None], meaning: str | None) -> None:
    assert status_codes.meaning(*texts) == meaning


def test_a_mail_costs_by_pool_and_attachments_once_ses_took_it() -> None:
    sent = told(attached=2_000_000)
    assert prices.of(sent, "managed") == {"mail": 0.0001, "dedicatedIp": 0.00008, "attachments": 0.00024}
    assert prices.of(told(), "standard") == prices.of(told(), "shared") == {"mail": 0.0001}
    for state in set(State) - {State.SENT}:
        assert prices.of(a_message(state=state, attached=5), "managed") == {}
