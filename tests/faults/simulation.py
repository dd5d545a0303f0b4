"""Simulates the service: the real steps, clients that retry, SQS and SES by their rules, and faults between them all.

SQS delivers a message at least once, in any order, hides it for a while each time, and after enough receives dead-letters it. SES sends an
event for each mail it accepted, once or more often, some time later. A Lambda function can end anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from functions.adapters.sending.send_queue import backoff_seconds
from functions.core import timestamps
from functions.core.contacts.contact import Decision, SubscriptionStatus
from functions.core.errors import Retry, StaffettaError
from functions.core.events.pagination import Position
from functions.core.events.ses_events import SesEvent
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending import lifecycle
from functions.core.sending.lifecycle import STUCK_SECONDS
from functions.core.sending.send import Message, MessageKey, Send, SendRequest, State
from functions.core.sending.tags import RECIPIENT_TAG, SEND_TAG
from functions.core.sending.throttle import SesQuota, with_quota
from functions.core.statistics.counter_updates import Change
from functions.core.statistics.periods import FIRST, LAST
from functions.ports.contacts import Contacts
from functions.ports.sending import Mailer, OutgoingMail
from functions.steps.account.sweep import SweepSends
from functions.steps.events import record as recording
from functions.steps.sending.accept import AcceptSend
from functions.steps.sending.attempts import SendAttempts
from functions.steps.sending.check_pause import CheckPause
from functions.steps.sending.deliver import DeliverSend, template_cache
from functions.steps.sending.email_leases import EmailLeases
from functions.steps.sending.enqueue_due import EnqueueDue, FindDue
from functions.steps.sending.store_content import StoreContent
from functions.steps.sending.throttle import ThrottledMailer
from functions.steps.statistics.measure import measure
from tests.fakes import Clock, Killed
from tests.fakes.account import MemoryAccountPause, MemoryQuotaStore
from tests.fakes.contacts import MemoryContacts, MemorySubscriptionTypes
from tests.fakes.domains import connected
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import (
    MemoryDueWatermark,
    MemoryListings,
    MemoryMessageIndex,
    MemorySends,
    MemorySentContents,
    MemorySweepPosition,
    MemoryUploads,
)
from tests.fakes.statistics import MemoryCounters
from tests.fakes.templates import a_site
from tests.faults.weather import Outage, Plan, Weather
from tests.support.examples import (
    AN_UPLOAD,
    DOMAIN,
    NOON,
    NOON_TEXT,
    UPLOADED,
    a_request,
    a_revision,
    a_subscription_type,
    an_email,
    recipients,
)

LEASE, GRACE, TRIES = 75, 900, 8  # as deployed
RETENTION = 90
API_SECONDS, DELIVER_SECONDS, RECORD_SECONDS, SWEEP_SECONDS = 20, 60, 30, 240
MEASURE_SECONDS = 60
VISIBILITY, EVENT_VISIBILITY = 6 * DELIVER_SECONDS, 60
LATE_COPY, LATE_EVENT = 600, 500  # events arrive within the grace period: "never twice" depends on that
REPEATS = 8  # of one request by its client, until it gets a response
SWEEPS = 100  # a failed sweep is repeated by the next
ROUNDS = 400  # more than any schedule needs: a simulation that is not done by then never is


@dataclass
class Copy:
    """A message in the send queue."""

    send: Send
    visible_at: float
    receives: int = 0


@dataclass
class Queue:
    simulation: Simulation
    copies: list[Copy] = field(default_factory=list)
    dead_letters: list[tuple[Send, str]] = field(default_factory=list)
    saved: dict[str, Send] = field(default_factory=dict)

    def enqueue(self, send: Send, *, delay_seconds: int = 0) -> None:
        late = LATE_COPY if self.simulation.weather.late else 0
        self.copies.append(Copy(send, self.simulation.clock() + delay_seconds + late))

    def is_empty(self) -> bool:
        return not self.copies

    def save_scheduled(self, send: Send) -> None:
        self.saved[send.id] = send

    def enqueue_saved(self, send_id: str, *, delay_seconds: int = 0) -> None:
        """If an accept died before it saved the payload, the worker drops the copy."""
        if send_id in self.saved:
            self.enqueue(self.saved[send_id], delay_seconds=delay_seconds)

    def dead_letter(self, send: Send, reason: str) -> None:
        self.dead_letters.append((send, reason))


@dataclass
class Event:
    content: SesEvent
    visible_at: float
    arrives_at: float  # in the queue; before that, nothing shows it


@dataclass
class Ses:
    """Accepts every mail. Its Delivery event comes first, then its Send event, and that one twice."""

    simulation: Simulation
    taken: list[OutgoingMail] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def send(self, mail: OutgoingMail) -> str:
        self.taken.append(mail)
        ses_message_id = f"ses-{len(self.taken)}"
        due = self.simulation.clock() + (LATE_EVENT if self.simulation.weather.late else 1)
        for fact, after in ((DELIVERED, 0), (SENT, 0), (SENT, 2)):
            content = SesEvent(message=key_of(mail), ses_message_id=ses_message_id, sent_at=NOON_TEXT, fact=fact)
            self.events.append(Event(content, due + after, due + after))
        return ses_message_id


@dataclass
class _ThrottledWorkers:
    """Each mail is sent by a worker of its own: a worker that waits in the middle blocks no other."""

    new: Callable[[], ThrottledMailer]

    def send(self, mail: OutgoingMail) -> str:
        return self.new().send(mail)


def key_of(mail: OutgoingMail) -> MessageKey:
    return MessageKey(mail.tags[SEND_TAG], int(mail.tags[RECIPIENT_TAG]))


LATER = 5 * 3600
RECORD_DEAD_UNTIL = NOON + 3 * (LEASE + GRACE)  # longer than an old claim waits for its event
Deliver = Callable[[Send, int], object]
SENT = TimelineEvent(type=TimelineEventType.SENT, at=NOON_TEXT)
DELIVERED = TimelineEvent(type=TimelineEventType.DELIVERED, at=NOON_TEXT)
ONE = (a_request(send_id="one"),)
TYPE = "news"
GONE = "gone@example.net"  # the address of a contact who unsubscribed from it
NEWS = (a_request(send_id="news", email_id=8, recipients=recipients(cc=(GONE,))),)
BATCH = (
    *ONE,
    a_request(send_id="two", recipients=recipients(cc=("bob@example.net",), bcc=("eve@example.net",))),
    a_request(send_id="later", send_at=timestamps.iso(NOON + LATER), attachments=(AN_UPLOAD,)),
    a_request(),  # without a sendId: its client must not retry it
)


class Simulation:
    """One schedule: `run` it, then check `broken_promises`. A mutation may change a part before."""

    def __init__(self, plan: Plan, requests: tuple[SendRequest, ...] = BATCH) -> None:
        self.requests = requests
        self.clock = Clock()
        self.weather = Weather(plan, self.clock, self._let_others_act)
        self.sends = MemorySends()
        self.emails = MemoryEmails(
            live={7: an_email(), 8: an_email(id=8, subscription=TYPE)},
            revisions={(7, 1): a_revision(), (8, 1): a_revision(email_id=8, subscription=TYPE)},
        )
        self.contacts: Contacts = MemoryContacts()
        self.contacts.set_subscription(
            GONE, TYPE, Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="test")
        )
        self.listings = MemoryListings()
        self.measured: list[Message] = []
        self.uploads = MemoryUploads()
        self.uploads.put(UPLOADED, b"%PDF")
        self.queue = Queue(self)
        self.ses = Ses(self)
        self.lease, self.grace = LEASE, GRACE
        self.record_dead_until = 0.0
        self.record = recording.record
        self.refit: Callable[[DeliverSend], Deliver] = lambda deliver: deliver
        self.begun: list[SendRequest] = []  # requests that a client may retry
        self.accepted: list[str] = []  # the status ids of the requests that got 200
        self.ids = iter(range(1_000_000))
        self.at_rest: Callable[[], None] = lambda: (
            None
        )  # called while no worker is at work, once all requests are accepted

    def run(self) -> Simulation:
        self._make_workers()
        for request in self.requests:
            self.begun += [request] if request.send_id else []
            self._accept(request, REPEATS if request.send_id else 1)
        self._work_until_idle(self.at_rest)
        self._enqueue_due()
        self._sweep()
        return self

    def _work_until_idle(self, at_rest: Callable[[], None] = lambda: None) -> None:
        for _ in range(ROUNDS):
            at_rest()
            if not self.queue.copies and not self.ses.events:
                return
            self._act()
        raise AssertionError(f"the simulation never ends: {self.weather.happened}")

    def _make_workers(self) -> None:
        """Makes one worker of each kind: the steps cache nothing but the compiled templates between calls."""
        guard = self.weather.guard
        sends, queue = guard("sends", self.sends), guard("queue", self.queue)
        index = guard("index", MemoryMessageIndex(self.sends, self.listings))
        contacts, uploads = guard("contacts", self.contacts), guard("uploads", self.uploads)
        pauses = CheckPause(
            emails=guard("emails", self.emails), account=guard("pause", MemoryAccountPause()).get, clock=self.clock
        )
        self.accept = AcceptSend(
            domains=connected(DOMAIN),
            sends=sends,
            emails=EmailLeases(emails=guard("emails", self.emails), clock=self.clock),
            contacts=contacts,
            subscription_types=guard("types", MemorySubscriptionTypes({TYPE: a_subscription_type()})),
            pauses=pauses,
            queue=queue,
            uploads=uploads,
            clock=self.clock,
            new_id=lambda: f"s-{next(self.ids)}",
        )
        self.deliver = self.refit(
            DeliverSend(
                sends=sends,
                contacts=contacts,
                templates=template_cache(guard("emails", self.emails)),
                pauses=pauses,
                attempts=SendAttempts(
                    sends=sends,
                    mailer=self._mailer(),
                    events_recorded=self.events_recorded,
                    clock=self.clock,
                    lease_seconds=self.lease,
                    grace_seconds=self.grace,
                ),
                queue=queue,
                uploads=uploads,
                store_content=StoreContent(
                    contents=guard("contents", MemorySentContents()), content_days=7, retention_days=RETENTION
                ),
                clock=self.clock,
                new_secret=lambda: f"secret-{next(self.ids)}",
                public_url="https://api.example.com",
                site=a_site(),
                max_receives=TRIES,
            )
        )
        watermark = guard("watermark", MemoryDueWatermark())
        self.find_due = FindDue(messages=index, watermark=watermark, clock=self.clock)
        self.due = EnqueueDue(
            sends=sends,
            queue=queue,
            due=self.find_due,
            watermark=watermark,
            clock=self.clock,
        )
        self.stored, self.index = sends, index

    def _mailer(self) -> Mailer:
        mailer: Mailer = self.weather.guard("mailer", self.ses)
        if self.requests is not BATCH:  # the throttle makes the same calls for every mail: pairs of faults skip them
            return mailer
        quotas = MemoryQuotaStore(with_quota(None, SesQuota(per_second=5, per_day=None, sent_last_day=0), NOON))
        guarded = self.weather.guard("quotas", quotas)
        return _ThrottledWorkers(
            lambda: ThrottledMailer(mailer=mailer, quotas=guarded, clock=self.clock, sleep=self._pass_time)
        )

    def _pass_time(self, seconds: float) -> None:
        self.clock.now += seconds

    def _accept(self, request: SendRequest, times: int) -> None:
        """Sends a request like a client that retries until it gets a response."""
        for _ in range(times):
            self.weather.deadline = self.clock() + API_SECONDS
            try:
                accepted = self.accept(request, "key")
            except (Outage, StaffettaError, Killed):
                self.clock.now += 1
            else:
                self.accepted.append(accepted.message.key.send_id)
                return

    def _act(self) -> None:
        """Does the next thing that is due: delivers copies, or records events."""
        due = [copy.visible_at for copy in self.queue.copies]
        due += [max(event.visible_at, self.record_dead_until) for event in self.ses.events]
        self.clock.now = max(self.clock.now + 1, min(due))
        self._record(lambda event: event.visible_at <= self.clock.now)
        for copy in [copy for copy in self.queue.copies if copy.visible_at <= self.clock.now]:
            self._deliver(copy)

    def _enqueue_due(self) -> None:
        """Runs the sweeper's search for due sends, every five minutes."""
        for _ in range(SWEEPS):
            if not any(message.state is State.SCHEDULED for message in self.sends.stored.values()):
                return
            self.clock.now = max(self.clock.now + 300, NOON + LATER - 600)
            self.weather.deadline = self.clock() + SWEEP_SECONDS
            with suppress(Outage, Killed):
                self.due()
            self._work_until_idle()

    def _sweep(self) -> None:
        """Sweeps an hour later, when the counters are up to date."""
        self.clock.now += LEASE + GRACE + STUCK_SECONDS
        metrics = MemoryCounters()
        self.measured = list(self.sends.stored.values())
        for shard in (0, 1):  # the later messages first: shards are at different times
            self._measure(f"shard-{shard}", self.measured[1 - shard :: 2], metrics)
        for _ in range(SWEEPS):
            self.clock.now += 300
            self.weather.deadline = self.clock() + SWEEP_SECONDS
            with suppress(Outage, Killed):
                self.sweep(metrics)
                return

    def _measure(self, shard: str, messages: Sequence[Message], metrics: MemoryCounters) -> None:
        """Measures a batch like Lambda: it comes again until a worker has measured it."""
        changes = [Change(number, None, message) for number, message in enumerate(messages)]
        listings, left = self.weather.guard("listings", self.listings), changes
        while left:
            batch = left[: max(1, len(left) - 1)]
            self.weather.deadline = self.clock() + MEASURE_SECONDS
            with suppress(Outage, Killed):
                measure(shard, batch, listings=listings, metrics=metrics, clock=self.clock)
                left = left[len(batch) :]

    def sweep(self, metrics: MemoryCounters) -> None:
        """Runs the sweeper once; a mutation may skip it."""
        step = SweepSends(
            sends=self.stored,
            messages=self.index,
            metrics=metrics,
            queue=self.queue,
            clock=self.clock,
            due=self.find_due,
            position=MemorySweepPosition(),
            grace_seconds=GRACE,
            retention_days=RETENTION,
        )
        step()

    def _let_others_act(self) -> None:
        """Lets every other worker act in the middle of a call: clients retry, SQS delivers each copy again, and SES's events arrive before
        its response.
        """
        for request in self.begun:
            self._accept(request, times=1)
        for copy in list(self.queue.copies):
            self._deliver(copy)
        self._record(lambda event: True)

    def _deliver(self, copy: Copy) -> None:
        """Handles a copy like SQS and the Lambda file."""
        copy.receives += 1
        copy.visible_at = self.clock() + VISIBILITY
        if copy.receives > TRIES + 2:
            self._remove(copy)
            self.queue.dead_letter(copy.send, "received too often")
            return
        self.weather.deadline = self.clock() + DELIVER_SECONDS
        try:
            self.deliver(copy.send, copy.receives)
        except Retry as retry:
            copy.visible_at = self.clock() + max(retry.after_seconds, backoff_seconds(copy.receives))
        except Outage:
            copy.visible_at = self.clock() + backoff_seconds(copy.receives)
        except Killed:
            pass
        else:
            self._remove(copy)

    def events_recorded(self) -> bool:
        """Whether no event waits in the queue. SES and SNS may still have some: the grace period is for them."""
        return not any(event.arrives_at <= self.clock() for event in self.ses.events)

    def _remove(self, copy: Copy) -> None:
        self.queue.copies = [other for other in self.queue.copies if other is not copy]

    def _record(self, due: Callable[[Event], bool]) -> None:
        """Records the due events. The events of one mail share a batch."""
        mails: dict[MessageKey | str, list[Event]] = {}
        if self.clock() < self.record_dead_until:
            return
        for event in [event for event in self.ses.events if due(event)]:
            mails.setdefault(event.content.mail, []).append(event)
        for events in mails.values():
            self.weather.deadline = self.clock() + RECORD_SECONDS
            for event in events:
                event.visible_at = self.clock() + EVENT_VISIBILITY
            try:
                self.record(*(event.content for event in events), sends=self.stored)
            except (Outage, Killed):
                continue
            self.ses.events = [other for other in self.ses.events if all(other is not event for event in events)]

    def broken_promises(self) -> list[str]:
        """Returns a sentence for each promise that this schedule broke."""
        mails = Counter(key_of(mail) for mail in self.ses.taken)
        doubled = [f"{key} was sent {number} times" for key, number in mails.items() if number > 1]
        vanished = [f"{send_id} was accepted, and is gone" for send_id in self.accepted if not self._messages(send_id)]
        wrong = [error for message in self.sends.stored.values() if (error := self._status_error(message, mails))]
        unsubscribed = [f"{GONE} unsubscribed, and was mailed" for mail in self.ses.taken if mail.recipient == GONE]
        listed = Counter(one.send_id + str(one.recipient) for one in self._listed())
        unlisted = [
            f"{message.key} is listed {number} times"
            for message in self.measured
            if (number := listed[message.key.send_id + str(message.key.recipient)]) != 1
        ]
        invalid = [f"{key} has an invalid link" for key, mail in self._last().items() if not self._is_valid(key, mail)]
        return [*doubled, *vanished, *wrong, *unsubscribed, *unlisted, *invalid]

    def _listed(self) -> Iterator[Position]:
        return (one for email_id in self.emails.live for one in self.listings.newest_first(email_id, FIRST, LAST))

    def _last(self) -> dict[MessageKey, OutgoingMail]:
        return {key_of(mail): mail for mail in self.ses.taken if mail.unsubscribe_id}

    def _is_valid(self, key: MessageKey, mail: OutgoingMail) -> bool:
        return self.sends.stored[key].unsubscribe_id == mail.unsubscribe_id

    def unsent(self) -> list[Message]:
        """Returns the messages of accepted sends that were not sent, whatever the reason."""
        return [
            message
            for send_id in self.accepted
            for message in self._messages(send_id)
            if message.state is not State.SENT and message.address != GONE
        ]

    def _messages(self, send_id: str) -> list[Message]:
        return [message for key, message in self.sends.stored.items() if key.send_id == send_id]

    def _status_error(self, message: Message, mails: Mapping[MessageKey, int]) -> str | None:
        """Returns what is wrong with a message's status, or None."""
        sent = mails.get(message.key, 0) > 0
        if message.state not in lifecycle.FINAL:
            return f"{message.key} is {message.state} for ever"
        if sent is not (message.state is State.SENT):
            return f"{message.key} is {message.state}, and SES {'took' if sent else 'never took'} it"
        if lifecycle.outcome(message) is None and not sent:
            return f"{message.key} is {message.state} without a result"
        if message.address == GONE:
            unsubscribed = message.result is SendResult.PREVIOUSLY_UNSUBSCRIBED_MESSAGE
            return None if unsubscribed else f"{message.key} unsubscribed, and has the result {message.result}"
        if not sent and not (message.reason and (self._has_dead_letter(message) or "sweeper" in message.reason)):
            return f"{message.key} is {message.state} without a reason and a dead letter"
        return None

    def _has_dead_letter(self, message: Message) -> bool:
        return any(send.id == message.key.send_id for send, _ in self.queue.dead_letters)
