"""The deliver step over fakes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from functions.core.contacts.contact import Decision, SubscriptionStatus
from functions.core.emails.email import Revision
from functions.core.events.ses_events import SesEvent
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending.send import MessageKey, Send, State
from functions.core.sending.tags import RECIPIENT_TAG, SEND_TAG
from functions.ports.sending import OutgoingMail
from functions.steps.events.record import record
from functions.steps.sending.attempts import SendAttempts
from functions.steps.sending.check_pause import CheckPause
from functions.steps.sending.deliver import DeliverSend, template_cache
from functions.steps.sending.store_content import StoreContent
from tests.fakes import Clock, Life
from tests.fakes.account import MemoryAccountPause
from tests.fakes.contacts import MemoryContacts, MemorySubscriptionTypes
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import MemoryMailer, MemoryQueue, MemorySends, MemorySentContents, MemoryUploads
from tests.fakes.templates import MemorySiteSettings, a_site
from tests.support.examples import (
    NOON_TEXT,
    a_revision,
    a_send,
    messages_of,
    recipients,
)

LEASE, GRACE, ATTEMPTS = 60, 300, 5
PUBLIC_URL = "https://api.example.com"
THREE = recipients(cc=("bob@example.net",), bcc=("eve@example.net",))


@dataclass
class DeliverScenario:
    """The deliver step over fakes. `send` is accepted, and waits in the queue."""

    send: Send = field(default_factory=a_send)
    revision: Revision = field(default_factory=a_revision)
    clock: Clock = field(default_factory=Clock)
    sends: MemorySends = field(default_factory=MemorySends)
    mailer: MemoryMailer = field(default_factory=MemoryMailer)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    uploads: MemoryUploads = field(default_factory=MemoryUploads)
    contacts: MemoryContacts = field(default_factory=MemoryContacts)
    contents: MemorySentContents = field(default_factory=MemorySentContents)
    content_days: int = 7
    account: MemoryAccountPause = field(default_factory=MemoryAccountPause)
    site_settings: MemorySiteSettings = field(default_factory=MemorySiteSettings)
    types: MemorySubscriptionTypes = field(default_factory=MemorySubscriptionTypes)
    events_recorded: bool = True

    def __post_init__(self) -> None:
        self.emails = MemoryEmails(revisions={(7, 1): self.revision})
        self.sends.create(messages_of(self.send))
        self.secrets = (f"secret-{number}" for number in itertools.count())

    def worker(self, life: Life | None = None) -> DeliverSend:
        """Returns a new worker with empty caches. A `life` ends it at one of its calls."""
        guard = life.guard if life else lambda port: port
        return DeliverSend(
            sends=guard(self.sends),
            contacts=guard(self.contacts),
            templates=template_cache(guard(self.emails)),
            pauses=CheckPause(emails=guard(self.emails), account=guard(self.account).get, clock=self.clock),
            attempts=SendAttempts(
                sends=guard(self.sends),
                mailer=guard(self.mailer),
                events_recorded=lambda: self.events_recorded,
                clock=self.clock,
                lease_seconds=LEASE,
                grace_seconds=GRACE,
            ),
            queue=guard(self.queue),
            uploads=guard(self.uploads),
            store_content=StoreContent(
                contents=guard(self.contents), content_days=self.content_days, retention_days=90
            ),
            clock=self.clock,
            new_secret=lambda: next(self.secrets),
            public_url=PUBLIC_URL,
            site=a_site(self.site_settings, self.types),
            max_receives=ATTEMPTS,
        )

    def states(self) -> list[State]:
        return [message.state for message in self.sends.stored.values()]

    def outcomes(self) -> list[tuple[State, SendResult | None, str]]:
        return [(message.state, message.result, message.reason) for message in self.sends.stored.values()]

    def recipients(self) -> list[str]:
        return [mail.recipient for mail in self.mailer.taken]

    def events_arrive(self) -> None:
        """Records SES's Send event of every mail that it accepted."""
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


def read(mail: OutgoingMail) -> EmailMessage:
    message = message_from_bytes(mail.raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


NEWS = "news"


def marketing_scenario(**changed: Any) -> DeliverScenario:
    """Returns a scenario of marketing mail with unsubscribe links."""
    text = "Dear {{ contact.firstname }}: {{ unsubscribe_link }} or {{ unsubscribe_link_all }}"
    return DeliverScenario(a_send(recipients=THREE, **changed), a_revision(subscription=NEWS, text=text))


def unsubscribe(scenario: DeliverScenario, email: str, subscription: str = NEWS) -> None:
    decision = Decision(status=SubscriptionStatus.NOT_SUBSCRIBED, at=NOON_TEXT, source="test")
    scenario.contacts.set_subscription(email, subscription, decision)
