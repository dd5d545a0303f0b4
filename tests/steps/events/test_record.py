"""SMTP mail gets the sends that nobody accepted, contacts hear of bounces and complaints, tokens of their mails; in any order, any number
of times, and wherever a worker dies.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from functions.core import ids, timestamps
from functions.core.contacts.contact import Contact
from functions.core.events import message_history
from functions.core.events.message_history import MessageStatus
from functions.core.events.ses_events import SesEvent, parse
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import Message, MessageKey, RecipientRole, State
from functions.core.statistics import counters
from functions.core.tokens.smtp_token import SmtpToken
from functions.steps.events.record import DAY_SECONDS, RecordEvents, RecordResult
from tests.fakes import Clock, Killed, Life
from tests.fakes.contacts import MemoryContacts
from tests.fakes.sending import MemorySends
from tests.fakes.tokens import MemorySmtpTokens
from tests.support.examples import NOON, NOON_TEXT, a_message

TOKEN = SmtpToken(
    campaign_id=9, name="printers", create_contact=True, created_at=NOON_TEXT, created_by="it@example.com"
)
ADA, BOB, EVE = "ada@example.net", "bob@example.org", "eve@example.net"
SEND_ID = ids.for_ses_message("0102")


def event(name: str, detail: dict[str, Any], *recipients: str, at: float = NOON + 1, **tags: str) -> SesEvent:
    """As SES tells it of a mail of token 9, or with tags of its own of another."""
    told = {"ses:caller-identity": "staffetta-smtp-9", "ses:source-ip": "192.0.2.7", **tags}
    mail = {
        "timestamp": NOON_TEXT,
        "messageId": "0102",
        "destination": list(recipients),
        "commonHeaders": {"to": list(recipients[:1]), "cc": list(recipients[1:2])},
        "tags": {name: [value] for name, value in told.items()},
    }
    part = name[0].lower() + name[1:]
    return parse({"eventType": name, "mail": mail, part: {"timestamp": timestamps.iso(at), **detail}})


def bounce(kind: str, address: str, *recipients: str, subtype: str = "General") -> SesEvent:
    gone = [{"emailAddress": address, "diagnosticCode": f"smtp; 550 5.1.1 no {address}"}]
    told = {
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": gone,
        "feedbackId": f"f-{address}-{kind}",
    }
    return event("Bounce", told, *recipients)


def complaint(address: str, *recipients: str, kind: str = "abuse") -> SesEvent:
    told = {"complainedRecipients": [{"emailAddress": address}], "feedbackId": "f", "complaintFeedbackType": kind}
    return event("Complaint", told, *recipients)


def delivery(*addresses: str, of: tuple[str, ...]) -> SesEvent:
    return event("Delivery", {"recipients": list(addresses), "smtpResponse": "250 ok"}, *of)


EVERYONE = (ADA, BOB, EVE)
STORY = [
    event("Send", {}, *EVERYONE),
    delivery(ADA, EVE, of=EVERYONE),
    bounce("Permanent", BOB, *EVERYONE),
    complaint(EVE, *EVERYONE),
    event("Open", {"userAgent": "Mozilla", "ipAddress": "192.0.2.1"}, *EVERYONE),
]


@dataclass
class World:
    sends: MemorySends = field(default_factory=MemorySends)
    contacts: MemoryContacts = field(default_factory=MemoryContacts)
    tokens: MemorySmtpTokens = field(default_factory=lambda: MemorySmtpTokens({9: TOKEN}))
    clock: Clock = field(default_factory=Clock)

    def recording(self, life: Life | None = None) -> RecordEvents:
        guard = life.guard if life else lambda port: port
        return RecordEvents(
            sends=guard(self.sends),
            contacts=guard(self.contacts),
            tokens=guard(self.tokens),
            clock=self.clock,
            retention_days=90,
        )

    def after(self, *events: SesEvent) -> World:
        recording = self.recording()
        for one in events:
            recording(one)
        return self

    @property
    def messages(self) -> list[Message]:
        return self.sends.messages(SEND_ID)


def kinds(message: Message) -> set[TimelineEventType]:
    return {TimelineEventType(fact["kind"]) for fact in message.timeline.values()}


def test_smtp_mail_has_a_message_for_each_recipient_as_if_it_had_been_accepted() -> None:
    world = World().after(event("Send", {}, *EVERYONE, printer="hall", staffetta_send="s-1"))
    assert [(message.role, message.address) for message in world.messages] == [
        (RecipientRole.TO, ADA),
        (RecipientRole.CC, BOB),
        (RecipientRole.BCC, EVE),
    ]
    for message in world.messages:
        assert (message.state, message.email_id, message.accepted_by) == (State.SENT, 9, "staffetta-smtp-9")
        assert (message.accepted_at, message.settled_at, message.ses_message_id) == (NOON_TEXT, NOON_TEXT, "0102")
        assert (dict(message.tags), kinds(message)) == ({"printer": "hall"}, {TimelineEventType.SENT})


def test_each_event_reaches_the_recipients_that_it_names() -> None:
    ada, bob, eve = World().after(*STORY).messages
    assert kinds(ada) == {TimelineEventType.SENT, TimelineEventType.DELIVERED, TimelineEventType.OPENED}
    assert kinds(bob) == {TimelineEventType.SENT, TimelineEventType.BOUNCED}
    assert kinds(eve) == {TimelineEventType.SENT, TimelineEventType.DELIVERED, TimelineEventType.COMPLAINED}
    total = sum((counters.of(message) for message in (ada, bob, eve)), Counter[str]())
    assert (total["sent"], total["delivered"], total["hardbounced"], total["spamreport"], total["open"]) == (
        3,
        2,
        1,
        1,
        1,
    )


def test_a_complaint_that_lists_several_marks_nobody_and_counts_once() -> None:
    """Providers hide who complained, so SES lists everybody at the provider."""
    listed = {"complainedRecipients": [{"emailAddress": ADA}, {"emailAddress": EVE}], "feedbackId": "f"}
    world = World().after(
        event("Send", {}, *EVERYONE), event("Complaint", {**listed, "complaintFeedbackType": "abuse"}, *EVERYONE)
    )
    assert [message_history.status_of(message) for message in world.messages] == [MessageStatus.SENT] * 3
    assert [contact.complained_at for contact in world.contacts.stored.values()] == [None] * 3
    total = sum((counters.of(message) for message in world.messages), Counter[str]())
    assert (total["spamreport"], total["unsubscribed"], total["contactslost"]) == (1, 0, 0)


def test_a_complaint_that_lists_one_address_twice_is_certain() -> None:
    listed = {"complainedRecipients": [{"emailAddress": EVE}] * 2, "feedbackId": "f"}
    world = World().after(event("Send", {}, *EVERYONE), event("Complaint", listed, *EVERYONE))
    assert [name for name, contact in world.contacts.stored.items() if contact.complained_at] == [EVE]


def test_every_address_that_ses_suppressed_is_certain() -> None:
    listed = {"complainedRecipients": [{"emailAddress": ADA}, {"emailAddress": EVE}], "feedbackId": "f"}
    suppressed = event("Complaint", {**listed, "complaintSubType": "OnAccountSuppressionList"}, *EVERYONE)
    statuses = [
        message_history.status_of(message)
        for message in World().after(event("Send", {}, *EVERYONE), suppressed).messages
    ]
    assert statuses == [MessageStatus.SUPPRESSED, MessageStatus.SENT, MessageStatus.SUPPRESSED]


@given(st.permutations(STORY), st.lists(st.sampled_from(STORY)))
def test_any_order_and_number_of_events_end_alike(order: list[SesEvent], again: list[SesEvent]) -> None:
    told, shuffled = World().after(*STORY), World().after(*order, *again)
    assert shuffled.sends.stored == told.sends.stored
    assert {name: replace(one, version=0, created_at="") for name, one in shuffled.contacts.stored.items()} == {
        name: replace(one, version=0, created_at="") for name, one in told.contacts.stored.items()
    }


@given(st.lists(st.sampled_from(STORY), min_size=1), st.sets(st.integers(0, 9)))
def test_events_end_alike_however_they_are_batched(order: list[SesEvent], cuts: set[int]) -> None:
    alone, together = World().after(*order), World()
    recording = together.recording()
    for begun, ended in itertools.pairwise(sorted({0, *cuts, len(order)})):
        if batch := order[begun:ended]:
            assert recording(*batch) is RecordResult.RECORDED
    assert together.sends.stored == alone.sends.stored
    assert contacts(together) == contacts(alone)


def test_a_mails_sending_and_delivery_share_a_write() -> None:
    class Counting(MemorySends):
        writes = 0

        def record(self, key: MessageKey, *facts: TimelineEvent) -> Message | None:
            self.writes += 1
            return super().record(key, *facts)

    sends = Counting()
    sends.create([a_message(state=State.SENT)])
    sent, delivered = (
        SesEvent(
            message=MessageKey("s-1", 0),
            ses_message_id="1",
            sent_at=NOON_TEXT,
            fact=TimelineEvent(type=kind, at=NOON_TEXT),
        )
        for kind in (TimelineEventType.SENT, TimelineEventType.DELIVERED)
    )
    assert World(sends=sends).recording()(sent, delivered) is RecordResult.RECORDED
    assert (sends.writes, kinds(sends.stored[MessageKey("s-1", 0)])) == (
        1,
        {TimelineEventType.SENT, TimelineEventType.DELIVERED},
    )


@pytest.mark.parametrize("after", [False, True])
def test_a_worker_that_dies_at_any_call_loses_nothing(*, after: bool) -> None:
    """Its event comes again with the queue message."""
    told = World().after(*STORY)
    for calls in itertools.count():
        world, died = World(), False
        recording = world.recording(Life(calls, after=after))
        for one in STORY:
            try:
                recording(one)
            except Killed:
                died = True
                recording = world.recording()
                recording(one)
        assert world.sends.stored == told.sends.stored
        assert contacts(world) == contacts(told)
        if not died:
            assert calls > len(STORY)
            return


def contacts(world: World) -> dict[str, tuple[bool, bool]]:
    return {name: (bool(one.quarantine), bool(one.complained_at)) for name, one in world.contacts.stored.items()}


@pytest.mark.parametrize("before", range(8))
def test_events_that_overtake_the_making_by_another_worker_are_kept(before: int) -> None:
    """It makes the messages before any one call of ours: also amid those that look for them."""

    class Overtaken(MemorySends):
        calls = 0

        def record(self, key: MessageKey, *facts: TimelineEvent) -> Message | None:
            self._meanwhile()
            return super().record(key, *facts)

        def create(self, messages: Any) -> bool:
            self._meanwhile()
            return super().create(messages)

        def _meanwhile(self) -> None:
            made = event("Send", {}, *EVERYONE).smtp
            assert made
            if self.calls == before:
                super().create(made.messages())
            self.calls += 1

    world = World(sends=Overtaken())
    world.recording()(delivery(ADA, EVE, of=EVERYONE), delivery(BOB, of=EVERYONE))
    assert [kinds(message) for message in world.messages] == [{TimelineEventType.DELIVERED}] * 3


def test_what_expired_is_not_made_and_counted_anew() -> None:
    world = World()
    world.clock.now = NOON + 90 * DAY_SECONDS
    assert world.recording()(STORY[-1]) is RecordResult.UNKNOWN
    assert world.sends.stored == {}
    world.clock.now -= 1
    assert world.recording()(STORY[-1]) is RecordResult.RECORDED


def test_a_tokens_holder_cannot_write_into_another_send() -> None:
    """The tags that tell our own sends may stand in any mail's header."""
    world = World()
    world.sends.create([a_message()])
    world.after(event("Send", {}, ADA, staffetta_send="s-1", staffetta_recipient="0"))
    assert world.sends.stored[MessageKey("s-1", 0)] == a_message()
    assert [message.key.send_id for message in world.messages] == [SEND_ID]


def test_mail_of_a_token_that_is_gone_still_counts() -> None:
    world = World(tokens=MemorySmtpTokens()).after(*STORY[:2])
    assert [kinds(message) for message in world.messages] == [
        {TimelineEventType.SENT, TimelineEventType.DELIVERED},
        {TimelineEventType.SENT},
        {TimelineEventType.SENT, TimelineEventType.DELIVERED},
    ]
    assert world.contacts.stored == {}


@pytest.mark.parametrize("wanted", [True, False])
def test_a_token_makes_contacts_of_its_recipients_only_where_it_shall(*, wanted: bool) -> None:
    world = World(tokens=MemorySmtpTokens({9: replace(TOKEN, create_contact=wanted)}))
    world.after(event("Send", {}, ADA, BOB))
    assert set(world.contacts.stored) == ({ADA, BOB} if wanted else set())


def test_only_the_sending_of_a_mail_makes_contacts() -> None:
    """Of all that follows, nothing asks who its recipients are."""
    assert World().after(STORY[1], STORY[4]).contacts.stored == {}


@pytest.mark.parametrize(
    ("told", "quarantined", "complained"),
    [
        (bounce("Permanent", ADA, ADA), True, False),
        (bounce("Permanent", ADA, ADA, subtype="NoEmail"), True, False),
        (bounce("Permanent", ADA, ADA, subtype="OnAccountSuppressionList"), False, False),
        (bounce("Transient", ADA, ADA, subtype="MailboxFull"), False, False),
        (bounce("Undetermined", ADA, ADA), False, False),
        (complaint(ADA, ADA), False, True),
        (complaint(ADA, ADA, kind="not-spam"), False, False),
        # A mail to two that bounced where one of them forwards it to: nobody knows which.
        (bounce("Permanent", "elsewhere@example.org", ADA, BOB), False, False),
    ],
)
def test_only_a_hard_bounce_quarantines_and_only_a_report_of_spam_is_one(
    told: SesEvent, quarantined: bool, complained: bool
) -> None:
    contact = World().after(told, told).contacts.get(ADA) or Contact(email=ADA, created_at=NOON_TEXT)
    assert (bool(contact.quarantine), bool(contact.complained_at)) == (quarantined, complained)
    assert not quarantined or (contact.quarantine and "550 5.1.1" in contact.quarantine.reason)


def test_a_send_of_the_api_is_judged_by_the_address_that_it_went_to() -> None:
    world = World()
    world.sends.create([a_message(address="carl@example.net", state=State.SENT)])
    own: Any = {"ses:caller-identity": "Staffetta-Deliver", "staffetta_send": "s-1", "staffetta_recipient": "0"}
    gone = {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [], "feedbackId": "f"}
    world.after(event("Bounce", gone, "carl@example.net", **own))
    assert set(world.contacts.stored) == {"carl@example.net"}


def test_a_token_hears_of_its_earliest_and_latest_mail_of_a_batch() -> None:
    world, smtp = World(), STORY[0].smtp
    assert smtp
    mails = [
        replace(STORY[0], smtp=replace(smtp, sent_at=timestamps.iso(NOON + number), source=f"192.0.2.{number}"))
        for number in (2, 0, 3, 1)
    ]
    world.recording().touch_tokens([*mails, STORY[1]])
    token = world.tokens.get(9)
    assert token
    assert (token.used_at, token.first_source, token.last_source) == (
        timestamps.iso(NOON + 3),
        "192.0.2.0",
        "192.0.2.3",
    )
