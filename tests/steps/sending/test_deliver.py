from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.contacts import unsubscribe_link
from functions.core.contacts.contact import EVERYTHING, Decision, SubscriptionStatus
from functions.core.emails.email import Revision
from functions.core.emails.pause import Pause
from functions.core.errors import OutcomeUnknown, PermanentFailure, Retry, Throttled
from functions.core.events.ses_events import RECIPIENT_TAG, SEND_TAG, SesEvent
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import FAILED_ATTEMPTS_MAX, Attempt, MessageKey, Send, State
from functions.ports.sending import OutgoingMail
from functions.steps.events.record import record
from functions.steps.sending.check_pause import CheckPause
from functions.steps.sending.deliver import DELAY_MAX_SECONDS, DeliverSend, template_cache
from tests.fakes import Clock, Killed, Life
from tests.fakes.account import MemoryAccountPause
from tests.fakes.contacts import MemoryContacts
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import MemoryMailer, MemoryQueue, MemorySends, MemoryUploads
from tests.support.examples import (
    A_LOGO,
    A_PDF,
    AN_UPLOAD,
    NOON,
    NOON_TEXT,
    UPLOADED,
    a_revision,
    a_send,
    an_email,
    messages_of,
    recipients,
)

LEASE, GRACE, TRIES = 60, 300, 5
PUBLIC_URL = "https://api.example.com"
THREE = recipients(cc=("bob@example.net",), bcc=("eve@example.net",))


@dataclass
class World:
    """All that deliver touches. `send` waits in the queue, accepted."""

    send: Send = field(default_factory=a_send)
    revision: Revision = field(default_factory=a_revision)
    clock: Clock = field(default_factory=Clock)
    sends: MemorySends = field(default_factory=MemorySends)
    mailer: MemoryMailer = field(default_factory=MemoryMailer)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    uploads: MemoryUploads = field(default_factory=MemoryUploads)
    contacts: MemoryContacts = field(default_factory=MemoryContacts)
    account: MemoryAccountPause = field(default_factory=MemoryAccountPause)

    def __post_init__(self) -> None:
        self.emails = MemoryEmails(revisions={(7, 1): self.revision})
        self.sends.create(messages_of(self.send))
        self.secrets = (f"secret-{number}" for number in itertools.count())

    def worker(self, life: Life | None = None) -> DeliverSend:
        """A new one, with nothing in its caches; one with a `life` dies when that is over."""
        guard = life.guard if life else lambda port: port
        return DeliverSend(
            sends=guard(self.sends),
            contacts=guard(self.contacts),
            templates=template_cache(guard(self.emails)),
            pauses=CheckPause(emails=guard(self.emails), account=guard(self.account).get, clock=self.clock),
            mailer=guard(self.mailer),
            queue=guard(self.queue),
            uploads=guard(self.uploads),
            clock=self.clock,
            new_secret=lambda: next(self.secrets),
            public_url=PUBLIC_URL,
            lease_seconds=LEASE,
            grace_seconds=GRACE,
            max_receives=TRIES,
        )

    def states(self) -> list[State]:
        return [message.state for message in self.sends.stored.values()]

    def told(self) -> list[tuple[State, SendResult | None, str]]:
        return [(message.state, message.result, message.reason) for message in self.sends.stored.values()]

    def taken(self) -> list[str]:
        return [mail.recipient for mail in self.mailer.taken]

    def events_arrive(self) -> None:
        """SES's Send event of every mail that it took."""
        for number, mail in enumerate(self.mailer.taken):
            record(sent_event(mail, f"ses-{number + 1}"), sends=self.sends)


def sent_event(mail: OutgoingMail, ses_message_id: str) -> SesEvent:
    key = MessageKey(mail.tags[SEND_TAG], int(mail.tags[RECIPIENT_TAG]))
    return SesEvent(
        message=key,
        ses_message_id=ses_message_id,
        sent_at=NOON_TEXT,
        fact=TimelineEvent(type=TimelineEventType.SENT, at=NOON_TEXT),
    )


def test_a_send_is_handed_to_ses_and_settled() -> None:
    world = World()
    world.worker()(world.send, 1)
    (mail,) = world.mailer.taken
    assert (mail.sender, mail.recipient, mail.transactional) == ("shop@example.com", "ada@example.net", True)
    assert mail.tags == {
        "staffetta_send": "s-1",
        "staffetta_recipient": "0",
        "staffetta_email": "7",
        "ses:feedback-id-a": "7",
    }
    assert b"Subject: Order 42\r\n" in mail.raw
    assert world.told() == [(State.SENT, SendResult.SENT, "")]
    assert world.sends.stored[MessageKey("s-1", 0)].ses_message_id == "ses-1"


def test_each_recipient_gets_one_mail_and_the_same_one_without_bcc() -> None:
    world = World(a_send(recipients=THREE))
    world.worker()(world.send, 1)
    assert world.taken() == ["ada@example.net", "bob@example.net", "eve@example.net"]
    assert len({mail.raw for mail in world.mailer.taken}) == 1
    assert b"eve@" not in world.mailer.taken[0].raw


@pytest.mark.parametrize("workers", [1, 2])
def test_a_redelivery_sends_nothing(workers: int) -> None:
    world = World()
    for number in range(4):
        world.worker()(world.send, number % workers + 1)
    assert len(world.mailer.taken) == 1


def test_a_throttled_send_goes_back_as_a_fresh_copy_that_costs_no_try() -> None:
    world = World()
    for _ in range(4 * TRIES):
        world.mailer.answers = [Throttled("Maximum sending rate exceeded")]
        world.worker()(world.send, 1)
        ((again, delay),) = world.queue.waiting
        assert again == world.send
        assert delay > 0
        world.queue.waiting.clear()
    assert world.states() == [State.QUEUED]
    world.worker()(world.send, 1)
    assert world.told() == [(State.SENT, SendResult.SENT, "")]


def test_each_try_that_ses_did_not_take_is_kept_with_its_reason() -> None:
    """So many of them; the last outcome is the message's own."""
    world = World()
    for number in range(FAILED_ATTEMPTS_MAX + 5):
        world.mailer.answers = [Throttled(f"rate {number}")]
        world.worker()(world.send, 1)
        world.queue.waiting.clear()
        world.clock.now += 1
    world.worker()(world.send, 1)
    (message,) = world.sends.stored.values()
    assert (message.state, message.attempts) == (State.SENT, FAILED_ATTEMPTS_MAX + 6)
    assert message.failed_attempts == tuple(
        Attempt(number + 1, timestamps.iso(NOON + number), f"rate {number}") for number in range(FAILED_ATTEMPTS_MAX)
    )


def test_a_fresh_copy_remembers_the_tries_before_it() -> None:
    world = World()
    world.mailer.answers = [Throttled("slow down", after_seconds=5_000)]
    world.worker()(world.send, 3)
    ((again, delay),) = world.queue.waiting
    assert (again.attempts, delay) == (2, DELAY_MAX_SECONDS)


def test_one_throttled_recipient_does_not_send_the_others_again() -> None:
    world = World(a_send(recipients=THREE))
    world.mailer.answers = [None, Throttled("rate")]
    world.worker()(world.send, 1)
    assert world.states() == [State.SENT, State.QUEUED, State.SENT]
    ((again, _),) = world.queue.waiting
    world.worker()(again, 1)
    assert sorted(world.taken()) == ["ada@example.net", "bob@example.net", "eve@example.net"]


def test_a_failure_that_ses_surely_did_not_take_is_tried_again_later() -> None:
    world = World()
    world.mailer.answers = [Retry("SES cannot be reached")]
    with pytest.raises(Retry, match="cannot be reached"):
        world.worker()(world.send, 1)
    assert world.told() == [(State.QUEUED, None, "SES cannot be reached")]
    world.worker()(world.send, 2)
    assert world.told() == [(State.SENT, SendResult.SENT, "")]


def test_an_unknown_outcome_keeps_the_claim_until_lease_and_grace_are_over() -> None:
    world = World()
    world.mailer.answers = [OutcomeUnknown("SES did not answer")]
    with pytest.raises(OutcomeUnknown):
        world.worker()(world.send, 1)
    for passed in (1, LEASE, GRACE - 2):  # up to a second before
        world.clock.now += passed
        world.worker()(world.send, 2)
        ((again, delay),) = world.queue.waiting
        assert delay <= LEASE + GRACE + 1
        world.queue.waiting.clear()
    assert (world.states(), world.taken()) == ([State.SENDING], [])
    world.clock.now += 1
    world.worker()(again, 1)
    assert (world.states(), world.taken()) == ([State.SENT], ["ada@example.net"])


def test_the_send_event_settles_an_unknown_outcome_and_nothing_is_sent_again() -> None:
    world = World()
    world.mailer.answers = [OutcomeUnknown("SES did not answer")]
    with pytest.raises(OutcomeUnknown):
        world.worker()(world.send, 1)
    record(
        SesEvent(
            message=MessageKey("s-1", 0),
            ses_message_id="0102",
            sent_at=NOON_TEXT,
            fact=TimelineEvent(type=TimelineEventType.SENT, at=NOON_TEXT),
        ),
        sends=world.sends,
    )
    world.clock.now += 10 * (LEASE + GRACE)
    world.worker()(world.send, 2)
    assert world.states() == [State.SENT]
    assert world.taken() == []
    assert world.sends.stored[MessageKey("s-1", 0)].ses_message_id == "0102"


def test_an_event_may_come_before_the_send_call_returns() -> None:
    world = World()

    class Quick(MemoryMailer):
        def send(self, mail: OutgoingMail) -> str:
            ses_message_id = super().send(mail)
            record(sent_event(mail, ses_message_id), sends=world.sends)
            return ses_message_id

    world.mailer = Quick()
    world.worker()(world.send, 1)
    assert world.told() == [(State.SENT, None, "")]


def test_after_its_last_try_a_send_is_buried_with_the_last_reason() -> None:
    world = World(a_send(recipients=THREE))
    for receives in range(1, TRIES + 1):
        world.mailer.answers = (
            [None, Retry("SES is down"), Retry("SES is down")] if receives == 1 else [Retry("SES is down")] * 2
        )
        with pytest.raises(Retry):
            world.worker()(world.send, receives)
    world.worker()(world.send, TRIES + 1)
    assert world.states() == [State.SENT, State.FAILED, State.FAILED]
    ((buried, reason),) = world.queue.dead_letters
    assert buried == world.send
    assert reason == "given up after 5 attempts; the last one: SES is down"
    assert world.told()[1] == (State.FAILED, SendResult.UNDELIVERABLE, reason)
    world.worker()(world.send, TRIES + 2)
    assert len(world.queue.dead_letters) == 1


def test_a_mail_that_was_sent_after_all_is_told_so_by_its_event() -> None:
    world = World()
    world.mailer.answers = [OutcomeUnknown("SES did not answer")]
    with pytest.raises(OutcomeUnknown):
        world.worker()(world.send, 1)
    world.worker()(world.send, TRIES + 1)
    assert world.states() == [State.FAILED]
    fact = TimelineEvent(type=TimelineEventType.DELIVERED, at=NOON_TEXT)
    record(
        SesEvent(message=MessageKey("s-1", 0), ses_message_id="0102", sent_at=NOON_TEXT, fact=fact), sends=world.sends
    )
    assert world.states() == [State.SENT]
    assert world.sends.stored[MessageKey("s-1", 0)].reason == ""


def test_what_ses_refuses_for_good_is_buried_and_refused_for_that_recipient_alone() -> None:
    world = World(a_send(recipients=THREE))
    world.mailer.answers = [None, PermanentFailure(SendResult.UNDELIVERABLE, "MessageRejected")]
    world.worker()(world.send, 1)
    assert world.states() == [State.SENT, State.REFUSED, State.SENT]
    assert world.told()[1] == (State.REFUSED, SendResult.UNDELIVERABLE, "MessageRejected")
    assert [reason for _, reason in world.queue.dead_letters] == ["bob@example.net: UNDELIVERABLE: MessageRejected"]


@pytest.mark.parametrize(
    ("changed", "result", "reason"),
    [
        ({"contact": {}}, SendResult.MISSING_TEMPLATE_PROPERTIES, "contact.firstname"),
        ({"custom": {"order": {"a": 1}}}, SendResult.TEMPLATE_RENDER_EXCEPTION, "unsupported operand"),
    ],
)
def test_what_cannot_be_rendered_is_buried_and_refused_for_everybody(
    changed: dict[str, Any], result: SendResult, reason: str
) -> None:
    world = World(
        a_send(recipients=THREE, **changed),
        a_revision(text="{{ contact.firstname }}", subject="{{ custom.order + 1 }}"),
    )
    world.worker()(world.send, 1)
    assert world.states() == [State.REFUSED] * 3
    assert {told[1] for told in world.told()} == {result}
    assert len(world.queue.dead_letters) == 1
    assert world.taken() == []
    assert reason in world.queue.dead_letters[0][1]
    world.worker()(world.send, 1)
    assert len(world.queue.dead_letters) == 1, "another copy of it makes no second letter"


def test_a_canceled_send_that_cannot_be_rendered_is_not_buried() -> None:
    world = World(a_send(contact={}), a_revision(text="{{ contact.firstname }}"))
    assert world.sends.settle(MessageKey(world.send.id, 0), Transition.CANCEL, now=world.clock())
    world.worker()(world.send, 1)
    assert (world.states(), world.queue.dead_letters) == ([State.CANCELED], [])


def test_a_hostile_header_is_refused() -> None:
    world = World(a_send(), a_revision(subject="{{ '\\x00' }}"))
    world.worker()(world.send, 1)
    assert world.told()[0][:2] == (State.REFUSED, SendResult.CORRUPT_INPUT)


def test_a_send_that_is_kept_no_more_is_dropped() -> None:
    world = World()
    world.sends.stored.clear()
    world.worker()(world.send, 1)
    assert (world.taken(), world.queue.dead_letters) == ([], [])


ANSWERS: list[list[Exception | None]] = [
    [],
    [None, Throttled("rate")],
    [None, Retry("SES cannot be reached")],
    [None, PermanentFailure(SendResult.UNDELIVERABLE, "MessageRejected")],
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("answers", ANSWERS, ids=["taken", "throttled", "unreachable", "refused"])
def test_a_worker_killed_at_any_call_loses_nothing_and_doubles_nothing(
    answers: list[Exception | None], after: bool
) -> None:
    """At every call in turn: the queue delivers again, SES's events arrive, and each recipient has exactly one outcome."""
    for call in range(40):
        world = World(a_send(recipients=THREE))
        world.mailer.answers = list(answers)
        try:
            world.worker(Life(call, after=after))(world.send, 1)
        except Killed:
            pass
        except Retry:
            world.queue.enqueue(world.send)
        else:
            if call > 30:
                break
        world.events_arrive()
        waiting = [world.send]
        for _round in range(6):
            world.clock.now += LEASE + GRACE
            copies, waiting = waiting + [send for send, _ in world.queue.waiting], []
            world.queue.waiting.clear()
            for copy in copies:
                try:
                    world.worker()(copy, 1)
                except Retry:
                    waiting.append(copy)
        refused = [message for message in world.sends.stored.values() if message.state is State.REFUSED]
        sent = [message.address for message in world.sends.stored.values() if message.state is State.SENT]
        assert len(sent) + len(refused) == 3, f"killed at call {call}: {world.states()}"
        assert sorted(world.taken()) == sorted(sent), f"killed at call {call}"
        assert not refused or world.queue.dead_letters


def test_killed_between_ses_and_our_write_without_an_event_is_the_one_case_that_doubles() -> None:
    """The documented limit: SES has no idempotency token, so a lost Send event after a lost answer means sending again."""
    world = World()
    with pytest.raises(Killed):
        world.worker(Life(3, after=True))(world.send, 1)
    assert len(world.mailer.taken) == 1
    world.clock.now += LEASE + GRACE
    world.worker()(world.send, 2)
    assert len(world.mailer.taken) == 2


def test_a_revision_is_compiled_once_per_worker() -> None:
    world = World()
    worker = world.worker()
    worker(world.send, 1)
    world.emails.revisions.clear()
    second = a_send(id="s-2")
    world.sends.create(messages_of(second))
    worker(second, 1)
    assert len(world.mailer.taken) == 2


def read(mail: OutgoingMail) -> EmailMessage:
    message = message_from_bytes(mail.raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_carries_its_attachments_headers_and_tags() -> None:
    world = World(
        a_send(attachments=(A_PDF, A_LOGO), headers=(("X-Order", "42"),), tags={"campaign": "spring"}, recipients=THREE)
    )
    world.worker()(world.send, 1)
    assert [mail.tags["campaign"] for mail in world.mailer.taken] == ["spring"] * 3
    message = read(world.mailer.taken[2])
    assert message["x-order"] == "42"
    assert [part.get_filename() for part in message.walk()] == [None] * 5 + ["logo.png", "Invoice 42.pdf"]


def test_a_mail_carries_what_was_uploaded_and_a_send_whose_upload_is_gone_says_so() -> None:
    uploads = MemoryUploads()
    there = uploads.put(UPLOADED, b"%PDF-1.7")
    world = World(a_send(attachments=(replace(AN_UPLOAD, upload=there),)), uploads=uploads)
    world.mailer.answers = [Throttled("slow down")]
    world.worker()(world.send, 1)
    waiting, _ = world.queue.waiting.pop()
    assert waiting.attachments == world.send.attachments, "the file itself never is in the queue"
    world.worker()(waiting, 1)
    (catalogue,) = read(world.mailer.taken[0]).iter_attachments()
    assert (catalogue.get_filename(), catalogue.get_content()) == ("Catalogue.pdf", b"%PDF-1.7")

    gone = World(world.send)
    gone.worker()(gone.send, 1)
    assert gone.told() == [(State.REFUSED, SendResult.CORRUPT_INPUT, gone.told()[0][2])]
    assert "the upload of Catalogue.pdf is gone" in gone.queue.dead_letters[0][1]


@pytest.mark.parametrize(
    ("subscription", "given", "expected"),
    [
        ("TRANSACTIONAL", (), ("s-1", "auto-generated")),
        ("newsletter", (), ("s-1", None)),
        ("TRANSACTIONAL", (("auto-submitted", "no"), ("X-Entity-Ref-Id", "order-42")), ("order-42", "no")),
    ],
)
def test_a_mail_names_its_send_and_a_machines_mail_says_so_unless_the_caller_says_otherwise(
    subscription: str, given: tuple[tuple[str, str], ...], expected: tuple[str, str | None]
) -> None:
    world = World(a_send(headers=given), revision=a_revision(subscription=subscription))
    world.worker()(world.send, 1)
    message = read(world.mailer.taken[0])
    assert (message["x-entity-ref-id"], message["auto-submitted"]) == expected
    assert all(len(message.get_all(name) or [""]) == 1 for name in ("x-entity-ref-id", "auto-submitted"))


def test_a_tag_of_the_caller_never_stands_in_for_ours() -> None:
    """The edge refuses such a tag; the settling of a send does not rely on it."""
    world = World(a_send(tags={SEND_TAG: "s-2", RECIPIENT_TAG: "7"}))
    world.worker()(world.send, 1)
    assert (world.mailer.taken[0].tags[SEND_TAG], world.mailer.taken[0].tags[RECIPIENT_TAG]) == ("s-1", "0")


NEWS = "news"


def news_world(**changed: Any) -> World:
    """An email that is not transactional, with the link to unsubscribe."""
    text = "Dear {{ contact.firstname }}: {{ unsubscribe_link }} or {{ unsubscribe_link_all }}"
    return World(a_send(recipients=THREE, **changed), a_revision(subscription=NEWS, text=text))


def leaves(world: World, email: str, subscription: str = NEWS) -> None:
    decision = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="test")
    world.contacts.set_subscription(email, subscription, decision)


def test_the_to_becomes_a_contact_and_what_is_known_of_it_fills_the_template() -> None:
    """Cc and bcc make none. The request's own properties come first."""
    world = World(a_send(recipients=THREE))
    world.worker()(world.send, 1)
    assert set(world.contacts.stored) == {"ada@example.net"}
    assert world.contacts.stored["ada@example.net"].values == {"firstname": "Ada"}
    for given, said in (({}, b"Dear Ada"), ({"firstname": "Augusta"}, b"Dear Augusta")):
        again = a_send(id=f"s-{len(given) + 2}", contact=given, accepted_at="2026-11-23T13:00:00.000Z")
        world.sends.create(messages_of(again))
        world.worker()(again, 1)
        assert said in read(world.mailer.taken[-1]).get_body(("plain",)).get_payload(decode=True)  # type: ignore[union-attr]  # it has one
    assert world.contacts.stored["ada@example.net"].values == {"firstname": "Augusta"}


def test_each_recipient_of_what_is_not_transactional_has_an_unsubscribe_link_of_their_own() -> None:
    world = news_world()
    world.worker()(world.send, 1)
    for number, mail in enumerate(world.mailer.taken):
        url = f"{PUBLIC_URL}/unsubscribe/s-1.{number}.secret-{number}"
        message = read(mail)
        assert message["list-unsubscribe"] == f"<{url}>"
        assert message["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
        text = message.get_body(("plain",)).get_content().strip()  # type: ignore[union-attr]
        assert text == f"Dear Ada: {url} or {url}?all=true"
        link = unsubscribe_link.parse(url.rpartition("/")[2])
        assert link.matches(world.sends.stored[MessageKey("s-1", number)])
        assert "secret" not in str(world.sends.stored)


def test_transactional_mail_has_no_unsubscribe_link() -> None:
    world = World()
    world.worker()(world.send, 1)
    assert read(world.mailer.taken[0])["list-unsubscribe"] is None
    assert world.sends.stored[MessageKey("s-1", 0)].unsubscribe_id == ""


def test_a_callers_own_unsubscribe_header_stands_alone() -> None:
    world = news_world(headers=(("List-Unsubscribe", "<mailto:leave@example.com>"),))
    world.worker()(world.send, 1)
    message = read(world.mailer.taken[0])
    assert message.get_all("list-unsubscribe") == ["<mailto:leave@example.com>"]
    assert message["list-unsubscribe-post"] is None


def test_who_left_gets_nothing_and_the_others_do() -> None:
    """A cc or bcc is refused by itself; that is an outcome, and no dead letter."""
    world = news_world()
    leaves(world, "bob@example.net")
    leaves(world, "eve@example.net", "other news")
    world.worker()(world.send, 1)
    assert world.taken() == ["ada@example.net", "eve@example.net"]
    assert world.told()[1][:2] == (State.REFUSED, SendResult.PREVIOUSLY_UNSUBSCRIBED_MESSAGE)
    assert world.queue.dead_letters == []


def test_without_its_to_a_mail_is_sent_to_nobody() -> None:
    world = news_world()
    leaves(world, "ada@example.net", EVERYTHING)
    world.worker()(world.send, 1)
    assert [told[:2] for told in world.told()] == [(State.REFUSED, SendResult.PREVIOUSLY_UNSUBSCRIBED_PORTAL)] * 3
    assert (world.taken(), world.queue.dead_letters) == ([], [])


def test_transactional_mail_reaches_who_left_and_who_bounced() -> None:
    world = World()
    leaves(world, "ada@example.net", EVERYTHING)
    world.contacts.quarantine("ada@example.net", NOON_TEXT, "550")
    world.contacts.mark_complained("ada@example.net", NOON_TEXT)
    world.worker()(world.send, 1)
    assert world.taken() == ["ada@example.net"]


@pytest.mark.parametrize("all_mail", [True, False])
def test_what_was_accepted_before_a_pause_is_refused_and_kept_for_who_resumes(all_mail: bool) -> None:
    world = World(revision=a_revision(subscription="news"))
    pause = Pause(NOON_TEXT, "ada@example.com", "wrong prices")
    world.account.stored = pause if all_mail else None
    world.emails.live[7] = an_email(subscription="news", pause=None if all_mail else pause)
    world.worker()(world.send, 1)
    ((state, result, reason),) = world.told()
    told = SendResult.PORTAL_SUSPENDED if all_mail else SendResult.EMAIL_DISABLED
    assert (state, result) == (State.REFUSED, told)
    assert "wrong prices" in reason
    assert world.queue.dead_letters == [(world.send, reason)]
    assert world.taken() == []


def test_transactional_mail_goes_out_whatever_is_paused() -> None:
    world = World()
    pause = Pause(NOON_TEXT, "ada@example.com", "wrong prices")
    world.account.stored = pause
    world.emails.live[7] = an_email(pause=pause)
    world.worker()(world.send, 1)
    assert world.taken() == ["ada@example.net"]
