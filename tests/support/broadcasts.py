"""Broadcasts: real steps on ports in memory, a queue, and SES."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from functions.core.access.actor import unrestricted
from functions.core.broadcasts.broadcast import Broadcast, PageOutcome
from functions.core.broadcasts.jobs import (
    CheckJob,
    EvaluateJob,
    PageJob,
    PrepareJob,
    RecountJob,
    RefreshJob,
    ReleaseJob,
)
from functions.core.contacts.lists.contact_list import ProcessingType
from functions.core.emails.email import TRANSACTIONAL, Subcategory
from functions.core.events.ses_events import SesEvent
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import Message, MessageKey, State
from functions.core.sending.tags import RECIPIENT_TAG, SEND_TAG
from functions.ports.sending import OutgoingMail
from functions.steps.broadcasts.check import CheckBroadcast
from functions.steps.broadcasts.draft_broadcasts import BroadcastRequest, DraftBroadcasts, request_of
from functions.steps.broadcasts.edit_broadcasts import BroadcastEditor
from functions.steps.broadcasts.prepare import PrepareBroadcast
from functions.steps.broadcasts.read_audience import ReadAudience
from functions.steps.broadcasts.recount import NoteOutcomes, RecountPage
from functions.steps.broadcasts.release import EnqueueDueBroadcasts, ReleaseBroadcast
from functions.steps.broadcasts.report import ReportBroadcast
from functions.steps.broadcasts.send_page import SendPage
from functions.steps.contacts.evaluate_lists import EvaluateLists
from functions.steps.contacts.properties import ContactProperties
from functions.steps.contacts.records import ContactRecords
from functions.steps.events.record import record
from functions.steps.sending.attempts import SendAttempts
from functions.steps.sending.check_pause import CheckPause
from functions.steps.sending.deliver import template_cache
from tests.fakes import Clock
from tests.fakes.account import MemoryAccountPause
from tests.fakes.broadcasts import MemoryBroadcastFiles, MemoryBroadcastPages, MemoryBroadcastQueue, MemoryBroadcasts
from tests.fakes.contacts import (
    MemoryContactLists,
    MemoryContacts,
    MemoryPropertyDefinitions,
    MemorySubscriptionTypes,
)
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import MemoryMailer, MemoryMessageIndex, MemorySends, MemoryUploads
from tests.fakes.templates import a_site
from tests.support.examples import NOON_TEXT, a_contact_list, a_revision, a_subscription_type, an_email
from tests.support.list_filters import city_is

ADA = unrestricted("ada@example.com")
LEASE, GRACE, ATTEMPTS = 75, 900, 8
FILE = "8f14e45f-ceea-467f-a0e6-1b2c3d4e5f60"
TYPE = "news"


Guard = Callable[[str, Any], Any]  # wraps each port of the workers, by its name


def unguarded(_name: str, port: Any) -> Any:
    return port


class FreeRate:
    def take(self, number: int) -> None:
        """The quota has room."""


@dataclass
class Meanwhile:
    """The guard of a scenario in which others act once, just before a step calls an operation of a port, such as `pages.finish`."""

    operation: str
    act: Callable[[], object] | None = None

    def __call__(self, name: str, port: Any) -> Any:
        return _Interrupted(port, self) if name == self.operation.partition(".")[0] else port

    def begin(self, operation: str) -> None:
        if operation == self.operation.partition(".")[2]:
            act, self.act = self.act, None
            if act:
                act()


@dataclass
class _Interrupted:
    port: Any
    meanwhile: Meanwhile

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self.port, name)

        def call(*args: Any, **named: Any) -> Any:
            self.meanwhile.begin(name)
            return operation(*args, **named)

        return call


@dataclass(frozen=True)
class GuardedPorts:
    """The ports of the scenario, as its workers have them."""

    broadcasts: Any
    pages: Any
    files: Any
    queue: Any
    sends: Any
    contacts: Any
    index: Any
    lists: Any
    emails: Any
    mailer: Any


@dataclass
class BroadcastScenario:
    """`run` does the queue's jobs until none is left, and lets SES's events arrive in between."""

    subscription: str = TRANSACTIONAL
    required: tuple[str, ...] = ()
    clock: Clock = field(default_factory=Clock)
    mailer: Any = field(default_factory=MemoryMailer)
    rate: Any = field(default_factory=FreeRate)
    guard: Guard = unguarded
    sends: MemorySends = field(default_factory=MemorySends)
    pages: MemoryBroadcastPages = field(default_factory=MemoryBroadcastPages)
    events_recorded: Callable[[], bool] = lambda: True

    def __post_init__(self) -> None:
        email = an_email(subcategory=Subcategory.BATCH, subscription=self.subscription)
        revision = a_revision(subscription=self.subscription, required_properties=self.required)
        self.emails = MemoryEmails(live={7: email}, revisions={(7, 1): revision})
        self.broadcasts, self.files, self.queue = MemoryBroadcasts(), MemoryBroadcastFiles(), MemoryBroadcastQueue()
        self.contacts, self.lists = MemoryContacts(), MemoryContactLists()
        self.uploads, self.pause = MemoryUploads(), MemoryAccountPause()
        self.index = MemoryMessageIndex(self.sends)
        self.types = MemorySubscriptionTypes({TYPE: a_subscription_type()})
        self.confirmed = 0
        self.events_arrive = True
        self._ids = iter(range(1_000_000))
        ports = GuardedPorts(**{name: self.guard(name, getattr(self, name)) for name in GuardedPorts.__annotations__})
        self._add_audience(ports)
        self._add_drafts(ports)
        self._add_workers(ports)
        self.page = self._page_sender(ports)

    def _add_audience(self, ports: GuardedPorts) -> None:
        self.audience = ReadAudience(members=ports.lists, files=ports.files)
        self.properties = ContactProperties(definitions=MemoryPropertyDefinitions(), lists=self.lists, clock=self.clock)
        self.evaluate = EvaluateLists(
            lists=ports.lists,
            members=ports.lists,
            directory=ports.contacts,
            contacts=ports.contacts,
            properties=self.properties,
            queue=ports.queue,
            clock=self.clock,
        )

    def _add_drafts(self, ports: GuardedPorts) -> None:
        records = ContactRecords(
            contacts=self.contacts,
            directory=self.contacts,
            members=self.lists,
            properties=self.properties,
            clock=self.clock,
        )
        self.pauses = CheckPause(emails=ports.emails, account=self.pause.get, clock=self.clock)
        self.editor = BroadcastEditor(
            broadcasts=ports.broadcasts,
            pages=ports.pages,
            queue=ports.queue,
            drafts=DraftBroadcasts(
                emails=ports.emails,
                lists=self.lists,
                records=records,
                subscription_types=self.types,
                pauses=self.pauses,
                uploads=self.uploads,
                audience=self.audience,
                clock=self.clock,
            ),
            emails=ports.emails,
            clock=self.clock,
            new_id=lambda: f"b-{next(self._ids)}",
        )

    def _add_workers(self, ports: GuardedPorts) -> None:
        stored = {"broadcasts": ports.broadcasts, "pages": ports.pages}
        self.templates = template_cache(ports.emails)
        self.prepare = PrepareBroadcast(
            **stored,
            files=ports.files,
            queue=ports.queue,
            audience=self.audience,
            contacts=ports.contacts,
            lists=self.evaluate,
            clock=self.clock,
            lease_seconds=LEASE,
        )
        self.check = CheckBroadcast(
            broadcasts=ports.broadcasts,
            queue=ports.queue,
            audience=self.audience,
            contacts=ports.contacts,
            emails=ports.emails,
            templates=self.templates,
            lists=self.evaluate,
            clock=self.clock,
            new_id=lambda: f"c-{next(self._ids)}",
        )
        self.release = ReleaseBroadcast(**stored, queue=ports.queue, emails=ports.emails, clock=self.clock)
        self.enqueue_due = EnqueueDueBroadcasts(broadcasts=ports.broadcasts, queue=ports.queue, clock=self.clock)
        self.report = ReportBroadcast(**stored, files=ports.files, messages=ports.index)
        self.note_outcomes = NoteOutcomes(queue=ports.queue)
        self.recount = RecountPage(**stored, files=ports.files, messages=ports.index)

    def _page_sender(self, ports: GuardedPorts) -> SendPage:
        return SendPage(
            broadcasts=ports.broadcasts,
            pages=ports.pages,
            files=ports.files,
            queue=ports.queue,
            sends=ports.sends,
            messages=ports.index,
            contacts=ports.contacts,
            templates=self.templates,
            pauses=self.pauses,
            rate=self.rate,
            attempts=SendAttempts(
                sends=ports.sends,
                mailer=ports.mailer,
                events_recorded=self.events_recorded,
                clock=self.clock,
                lease_seconds=LEASE,
                grace_seconds=GRACE,
            ),
            clock=self.clock,
            new_secret=lambda: f"secret-{next(self._ids)}",
            public_url="https://api.example.com",
            site=a_site(),
            max_attempts=ATTEMPTS,
        )

    def a_list(self, *emails: str) -> int:
        created = self.lists.create(a_contact_list(f"list {len(self.lists.stored)}"))
        for email in emails:
            self.contacts.edit(email, NOON_TEXT, lambda contact: contact)
        self.lists.add(created.id, [email.lower() for email in emails], NOON_TEXT)
        return created.id

    def a_dynamic_list(self, city: str) -> int:
        """Returns a list whose filter chooses the contacts of a city. It is not evaluated yet."""
        branch = city_is(city)
        kind = ProcessingType.DYNAMIC
        draft = a_contact_list(city, processing_type=kind, filter_branch=branch, filters_updated_at=NOON_TEXT)
        return self.lists.create(draft).id

    def a_contact(self, email: str, **values: str) -> None:
        self.contacts.edit(email, NOON_TEXT, lambda contact: contact.with_values(values, NOON_TEXT))

    def a_file(self, text: str) -> str:
        self.files.uploads[FILE] = text.encode()
        self.uploads.put(FILE, text.encode())
        return FILE

    def create(self, **chosen: Any) -> Broadcast:
        values: dict[str, Any] = {"name": "Terms", "email_id": 7, "custom": {"order": 1}}
        return self.editor.create(BroadcastRequest(**{**values, **chosen}), ADA)

    def send(self, **chosen: Any) -> Broadcast:
        return self.editor.start(self.create(**chosen).id, ADA)

    def change(self, broadcast: Broadcast, version: int | None = None, **choice: Any) -> Broadcast:
        return self.editor.change(broadcast.id, replace(request_of(broadcast), **choice), ADA, version)

    def step(self, seconds: float = 50) -> None:
        """Does the next job that is due, at its time."""
        at = min(range(len(self.queue.waiting)), key=lambda number: self.queue.waiting[number][1])
        job, delay = self.queue.waiting.pop(at)
        self.latest = job
        self.clock.now += delay
        self.queue.waiting = [(other, max(0, left - delay)) for other, left in self.queue.waiting]
        self.work(job, self.clock() + seconds)
        if self.events_arrive:
            self.confirm()

    def work(self, job: Any, until: float) -> None:
        match job:
            case PrepareJob():
                self.prepare(job.broadcast_id, until)
            case CheckJob():
                self.check(job, until)
            case ReleaseJob():
                self.release(job)
            case PageJob():
                self.page(job, until)
            case RecountJob():
                self.recount(job)
            case RefreshJob():
                self.evaluate.refresh(job)
            case EvaluateJob():
                self.evaluate(job, until)

    def run(self, steps: int = 500) -> None:
        for _ in range(steps):
            if not self.queue.waiting:
                return
            self.step()
        raise AssertionError(f"{len(self.queue.waiting)} jobs are left")

    def confirm(self) -> None:
        """SES's Send event of each new mail arrives."""
        for mail in self.mailer.taken[self.confirmed :]:
            record(sent_event(mail, self.confirmed), sends=self.sends)
            self.confirmed += 1

    def mailed(self) -> list[str]:
        return sorted(mail.recipient for mail in self.mailer.taken)

    def outcomes(self, broadcast_id: str) -> dict[str, int]:
        return dict(self.pages.progress(broadcast_id).outcomes)

    def states(self) -> set[State]:
        return {message.state for message in self.sends.stored.values()}

    def message(self, address: str) -> Message:
        (message,) = (one for one in self.sends.stored.values() if one.address == address)
        return message


def sent_event(mail: OutgoingMail, number: int) -> SesEvent:
    return SesEvent(
        message=MessageKey(mail.tags[SEND_TAG], int(mail.tags[RECIPIENT_TAG])),
        ses_message_id=f"ses-{number}",
        sent_at=NOON_TEXT,
        fact=TimelineEvent(type=TimelineEventType.SENT, at=NOON_TEXT),
        of_broadcast=True,
    )


SENT, REFUSED, FAILED = str(PageOutcome.SENT), str(PageOutcome.REFUSED), str(PageOutcome.FAILED)
REPEATED, CANCELED = str(PageOutcome.REPEATED), str(PageOutcome.CANCELED)
