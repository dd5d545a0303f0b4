"""Records the events of SMTP mail: it creates the messages, and updates contacts and tokens. Events come in any order, any number of times,
and a worker may die at any call.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from operator import methodcaller
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
    """Returns an event of a mail of token 9, or of another mail by its tags."""
    expected = {"ses:caller-identity": "staffetta-smtp-9", "ses:source-ip": "192.0.2.7", **tags}
    mail = {
        "timestamp": NOON_TEXT,
        "messageId": "0102",
        "destination": list(recipients),
        "commonHeaders": {"to": list(recipients[:1]), "cc": list(recipients[1:2])},
        "tags": {name: [value] for name, value in expected.items()},
    }
    part = name[0].lower() + name[1:]
    return parse({"eventType": name, "mail": mail, part: {"timestamp": timestamps.iso(at), **detail}})


def bounce(kind: str, address: str, *recipients: str, subtype: str = "General") -> SesEvent:
    gone = [{"emailAddress": address, "diagnosticCode": f"smtp; 550 5.1.1 no {address}"}]
    expected = {
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": gone,
        "feedbackId": f"f-{address}-{kind}",
    }
    return event("Bounce", expected, *recipients)


def complaint(address: str, *recipients: str, kind: str = "abuse") -> SesEvent:
    expected = {"complainedRecipients": [{"emailAddress": address}], "feedbackId": "f", "complaintFeedbackType": kind}
    return event("Complaint", expected, *recipients)


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
class RecordScenario:
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

    def after(self, *events: SesEvent) -> RecordScenario:
        recording = self.recording()
        for one in events:
            recording(one)
        return self

    @property
    def messages(self) -> list[Message]:
        return self.sends.messages(SEND_ID)


def kinds(message: Message) -> set[TimelineEventType]:
    return {TimelineEventType(fact["kind"]) for fact in message.timeline.values()}


def test_smtp_mail_has_a_message_for_each_recipient() -> None:
    scenario = RecordScenario().after(event("Send", {}, *EVERYONE, printer="hall", staffetta_send="s-1"))
    assert [(message.role, message.address) for message in scenario.messages] == [
        (RecipientRole.TO, ADA),
        (RecipientRole.CC, BOB),
        (RecipientRole.BCC, EVE),
    ]
    for message in scenario.messages:
        assert (message.state, message.email_id, message.accepted_by) == (State.SENT, 9, "staffetta-smtp-9")
        assert (message.accepted_at, message.settled_at, message.ses_message_id) == (NOON_TEXT, NOON_TEXT, "0102")
        assert (dict(message.tags), kinds(message)) == ({"printer": "hall"}, {TimelineEventType.SENT})


def test_each_event_is_recorded_for_its_recipients() -> None:
    ada, bob, eve = RecordScenario().after(*STORY).messages
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


def test_a_complaint_that_lists_several_marks_no_contact() -> None:
    """Providers hide the complainer, so SES lists every recipient at the provider."""
    listed = {"complainedRecipients": [{"emailAddress": ADA}, {"emailAddress": EVE}], "feedbackId": "f"}
    scenario = RecordScenario().after(
        event("Send", {}, *EVERYONE), event("Complaint", {**listed, "complaintFeedbackType": "abuse"}, *EVERYONE)
    )
    assert [message_history.status_of(message) for message in scenario.messages] == [MessageStatus.SENT] * 3
    assert [contact.complained_at for contact in scenario.contacts.stored.values()] == [None] * 3
    total = sum((counters.of(message) for message in scenario.messages), Counter[str]())
    assert (total["spamreport"], total["unsubscribed"], total["contactslost"]) == (1, 0, 0)


def test_a_complaint_that_lists_one_address_twice_is_certain() -> None:
    listed = {"complainedRecipients": [{"emailAddress": EVE}] * 2, "feedbackId": "f"}
    scenario = RecordScenario().after(event("Send", {}, *EVERYONE), event("Complaint", listed, *EVERYONE))
    assert [name for name, contact in scenario.contacts.stored.items() if contact.complained_at] == [EVE]


def test_an_old_mails_report_reaches_the_present_address() -> None:
    scenario = RecordScenario()
    scenario.contacts.edit(EVE, NOON_TEXT, methodcaller("merged_with", "eve@new.example", NOON_TEXT))
    scenario.contacts.edit("eve@new.example", NOON_TEXT, lambda contact: contact)
    listed = {"complainedRecipients": [{"emailAddress": EVE}], "feedbackId": "f"}
    scenario.after(event("Send", {}, *EVERYONE), event("Complaint", listed, *EVERYONE))
    assert scenario.contacts.stored["eve@new.example"].essential_only


def test_every_address_that_ses_suppressed_is_certain() -> None:
    listed = {"complainedRecipients": [{"emailAddress": ADA}, {"emailAddress": EVE}], "feedbackId": "f"}
    suppressed = event("Complaint", {**listed, "complaintSubType": "OnAccountSuppressionList"}, *EVERYONE)
    statuses = [
        message_history.status_of(message)
        for message in RecordScenario().after(event("Send", {}, *EVERYONE), suppressed).messages
    ]
    assert statuses == [MessageStatus.SUPPRESSED, MessageStatus.SENT, MessageStatus.SUPPRESSED]


@given(st.permutations(STORY), st.lists(st.sampled_from(STORY)))
def test_any_order_and_number_of_events_end_alike(order: list[SesEvent], again: list[SesEvent]) -> None:
    expected, shuffled = RecordScenario().after(*STORY), RecordScenario().after(*order, *again)
    assert shuffled.sends.stored == expected.sends.stored
    assert {name: replace(one, version=0, created_at="") for name, one in shuffled.contacts.stored.items()} == {
        name: replace(one, version=0, created_at="") for name, one in expected.contacts.stored.items()
    }


@given(st.lists(st.sampled_from(STORY), min_size=1), st.sets(st.integers(0, 9)))
def test_events_end_alike_however_they_are_batched(order: list[SesEvent], cuts: set[int]) -> None:
    one_by_one, together = RecordScenario().after(*order), RecordScenario()
    recording = together.recording()
    for begun, ended in itertools.pairwise(sorted({0, *cuts, len(order)})):
        if batch := order[begun:ended]:
            assert recording(*batch) is RecordResult.RECORDED
    assert together.sends.stored == one_by_one.sends.stored
    assert contacts(together) == contacts(one_by_one)


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
    assert RecordScenario(sends=sends).recording()(sent, delivered) is RecordResult.RECORDED
    assert (sends.writes, kinds(sends.stored[MessageKey("s-1", 0)])) == (
        1,
        {TimelineEventType.SENT, TimelineEventType.DELIVERED},
    )


@pytest.mark.parametrize("after", [False, True])
def test_a_worker_killed_at_any_call_loses_no_event(*, after: bool) -> None:
    """Its event comes again with the queue message."""
    expected = RecordScenario().after(*STORY)
    for calls in itertools.count():
        scenario, died = RecordScenario(), False
        recording = scenario.recording(Life(calls, after=after))
        for one in STORY:
            try:
                recording(one)
            except Killed:
                died = True
                recording = scenario.recording()
                recording(one)
        assert scenario.sends.stored == expected.sends.stored
        assert contacts(scenario) == contacts(expected)
        if not died:
            assert calls > len(STORY)
            return


def contacts(scenario: RecordScenario) -> dict[str, tuple[bool, bool]]:
    return {name: (bool(one.quarantine), bool(one.complained_at)) for name, one in scenario.contacts.stored.items()}


@pytest.mark.parametrize("before", range(8))
def test_events_are_stored_when_another_worker_creates_the_messages(before: int) -> None:
    """The other worker creates the messages before any one of our calls."""

    class Overtaken(MemorySends):
        calls = 0

        def record(self, key: MessageKey, *facts: TimelineEvent) -> Message | None:
            self._meanwhile()
            return super().record(key, *facts)

        def create(self, messages: Any) -> bool:
            self._meanwhile()
            return super().create(messages)

        def _meanwhile(self) -> None:
            mail = event("Send", {}, *EVERYONE).smtp
            assert mail
            if self.calls == before:
                super().create(mail.messages())
            self.calls += 1

    scenario = RecordScenario(sends=Overtaken())
    scenario.recording()(delivery(ADA, EVE, of=EVERYONE), delivery(BOB, of=EVERYONE))
    assert [kinds(message) for message in scenario.messages] == [{TimelineEventType.DELIVERED}] * 3


def test_an_expired_message_is_not_created_again() -> None:
    scenario = RecordScenario()
    scenario.clock.now = NOON + 90 * DAY_SECONDS
    assert scenario.recording()(STORY[-1]) is RecordResult.UNKNOWN
    assert scenario.sends.stored == {}
    scenario.clock.now -= 1
    assert scenario.recording()(STORY[-1]) is RecordResult.RECORDED


def test_an_smtp_user_cannot_forge_our_tags() -> None:
    """Any mail may have our tags in its header."""
    scenario = RecordScenario()
    scenario.sends.create([a_message()])
    scenario.after(event("Send", {}, ADA, staffetta_send="s-1", staffetta_recipient="0"))
    assert scenario.sends.stored[MessageKey("s-1", 0)] == a_message()
    assert [message.key.send_id for message in scenario.messages] == [SEND_ID]


def test_mail_of_a_token_that_is_gone_still_counts() -> None:
    scenario = RecordScenario(tokens=MemorySmtpTokens()).after(*STORY[:2])
    assert [kinds(message) for message in scenario.messages] == [
        {TimelineEventType.SENT, TimelineEventType.DELIVERED},
        {TimelineEventType.SENT},
        {TimelineEventType.SENT, TimelineEventType.DELIVERED},
    ]
    assert scenario.contacts.stored == {}


@pytest.mark.parametrize("create_contact", [True, False])
def test_a_token_creates_contacts_only_if_configured(*, create_contact: bool) -> None:
    scenario = RecordScenario(tokens=MemorySmtpTokens({9: replace(TOKEN, create_contact=create_contact)}))
    scenario.after(event("Send", {}, ADA, BOB))
    assert set(scenario.contacts.stored) == ({ADA, BOB} if create_contact else set())


def test_only_a_send_event_creates_contacts() -> None:
    """A later event may name only some of the recipients."""
    assert RecordScenario().after(STORY[1], STORY[4]).contacts.stored == {}


@pytest.mark.parametrize(
    ("expected", "quarantined", "complained"),
    [
        (bounce("Permanent", ADA, ADA), True, False),
        (bounce("Permanent", ADA, ADA, subtype="NoEmail"), True, False),
        # SES counts each further mail to an address on its global list, and none to one on the account's own list.
        (bounce("Permanent", ADA, ADA, subtype="Suppressed"), True, False),
        (bounce("Permanent", ADA, ADA, subtype="OnAccountSuppressionList"), False, False),
        (bounce("Permanent", ADA, ADA, subtype="OnTenantSuppressionList"), False, False),
        (bounce("Transient", ADA, ADA, subtype="MailboxFull"), False, False),
        (bounce("Undetermined", ADA, ADA), False, False),
        (complaint(ADA, ADA), False, True),
        (complaint(ADA, ADA, kind="not-spam"), False, False),
        # A mail to two recipients bounced at an address that one of them forwards to: it is unknown which.
        (bounce("Permanent", "elsewhere@example.org", ADA, BOB), False, False),
    ],
)
def test_only_hard_bounces_and_spam_reports_change_a_contact(
    expected: SesEvent, quarantined: bool, complained: bool
) -> None:
    contact = RecordScenario().after(expected, expected).contacts.get(ADA) or Contact(email=ADA, created_at=NOON_TEXT)
    assert (bool(contact.quarantine), bool(contact.complained_at)) == (quarantined, complained)
    assert not quarantined or (contact.quarantine and "550 5.1.1" in contact.quarantine.reason)


@pytest.mark.parametrize(
    ("sent_to", "bounced"), [("Ada@Example.NET", "Ada@example.net"), ("Ada@example.net", ADA), (ADA, "Ada@example.net")]
)
def test_a_quarantine_stores_the_spelling_that_ses_lists(sent_to: str, bounced: str) -> None:
    """SES's list has the envelope's or the bounce's: no document states which."""
    scenario = RecordScenario().after(bounce("Permanent", bounced, sent_to, BOB))
    contact = scenario.contacts.stored[ADA]
    assert contact.quarantine
    assert contact.spellings == ("Ada@example.net",)
    assert BOB not in scenario.contacts.stored


def test_a_bounce_quarantines_the_messages_own_address() -> None:
    scenario = RecordScenario()
    scenario.sends.create([a_message(address="carl@example.net", state=State.SENT)])
    own: Any = {"ses:caller-identity": "Staffetta-Deliver", "staffetta_send": "s-1", "staffetta_recipient": "0"}
    gone = {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [], "feedbackId": "f"}
    scenario.after(event("Bounce", gone, "carl@example.net", **own))
    assert set(scenario.contacts.stored) == {"carl@example.net"}


def test_a_token_stores_a_batchs_earliest_and_latest_mail() -> None:
    scenario, smtp = RecordScenario(), STORY[0].smtp
    assert smtp
    mails = [
        replace(STORY[0], smtp=replace(smtp, sent_at=timestamps.iso(NOON + number), source=f"192.0.2.{number}"))
        for number in (2, 0, 3, 1)
    ]
    scenario.recording().touch_tokens([*mails, STORY[1]])
    token = scenario.tokens.get(9)
    assert token
    assert (token.used_at, token.first_source, token.last_source) == (
        timestamps.iso(NOON + 3),
        "192.0.2.0",
        "192.0.2.3",
    )
