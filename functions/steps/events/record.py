"""Record SES's events: add them to the timeline of their message, and update its recipient's contact. Events may arrive in any order, and
any number of times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.events import delivery_status
from functions.core.events.ses_events import SesEvent
from functions.core.events.smtp_mail import SmtpMail
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending import lifecycle
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Message, MessageKey
from functions.ports import Clock
from functions.ports.contacts import Contacts
from functions.ports.sending import Sends
from functions.ports.tokens import SmtpTokens
from functions.steps.contacts import persons

DAY_SECONDS = 86400
_AGAINST_SENDING = frozenset({TimelineEventType.BOUNCED, TimelineEventType.COMPLAINED})


class RecordResult(StrEnum):
    """The outcome of an event; each is a metric."""

    RECORDED = "EventRecorded"
    FOREIGN = "EventForeign"  # the mail is no send of ours
    ERASED = "EventOfErased"  # the recipient was erased: the event is dropped
    UNKNOWN = "EventOfUnknownSend"  # the send has expired, or never existed


def record(*events: SesEvent, sends: Sends) -> RecordResult:
    """Records the events of one mail (SesEvent.mail), with one write for each of its messages. If the store refuses a write, the queue
    delivers the events again.
    """
    if events[0].is_external:
        return RecordResult.FOREIGN
    return RecordResult.RECORDED if _record(events, sends) else RecordResult.UNKNOWN


def _record(events: Sequence[SesEvent], sends: Sends) -> list[tuple[Message, TimelineEvent]]:
    """Returns each updated message with each of its new events. Expired messages are left out."""
    recorded: list[tuple[Message, TimelineEvent]] = []
    for key, facts in _by_message(events).items():
        # Every event but a rejection proves that SES sent the mail, even if the worker died before it stored that.
        sent = next(
            (event for event in events if key in event.facts and event.fact.type is not TimelineEventType.REJECTED),
            None,
        )
        message = _confirm(key, facts, sent, sends) if sent and sent.of_broadcast else None
        message = message or sends.record(key, *facts)
        if message and sent and message.state in lifecycle.sources(Transition.SES_CONFIRMED):
            sends.settle(
                key, Transition.SES_CONFIRMED, now=timestamps.parse(sent.sent_at), ses_message_id=sent.ses_message_id
            )
        recorded += [(message, fact) for fact in facts] if message else []
    return recorded


def _confirm(key: MessageKey, facts: Sequence[TimelineEvent], sent: SesEvent, sends: Sends) -> Message | None:
    """A worker does not settle the message of a broadcast that SES accepted: these events do, with the same write."""
    return sends.confirm(key, *facts, now=timestamps.parse(sent.sent_at), ses_message_id=sent.ses_message_id)


def _by_message(events: Sequence[SesEvent]) -> dict[MessageKey, list[TimelineEvent]]:
    facts: dict[MessageKey, list[TimelineEvent]] = {}
    for event in events:
        for key, fact in event.facts.items():
            facts.setdefault(key, []).append(fact)
    return facts


class RecordEvents(Struct, frozen=True, kw_only=True):
    """Records events, creates the messages of SMTP mail, and updates contacts and tokens."""

    sends: Sends
    contacts: Contacts
    tokens: SmtpTokens
    clock: Clock
    retention_days: int
    _create_contact: dict[int, bool] = field(default_factory=dict)  # by token, whose setting never changes

    def __call__(self, *events: SesEvent) -> RecordResult:
        """Records the events of one mail (SesEvent.mail). Contacts come last: after a crash they are updated when the events come again."""
        if events[0].is_external:
            return RecordResult.FOREIGN
        mail = events[0].smtp
        recorded = self._record_smtp(events, mail) if mail else _record(events, self.sends)
        erased = [message for message, _ in recorded if message.erased]
        recorded = [(message, fact) for message, fact in recorded if not message.erased]
        spellings = {spelling for event in events for spelling in event.spellings}
        for message, fact in recorded:
            self._apply_to_contact(message, fact, spellings)
        if recorded and mail and _sent(events) and self._creates_contacts(mail.campaign_id):
            for address in dict.fromkeys(message.address for message, _ in recorded):
                self.contacts.upsert(address, {}, mail.sent_at)
        if erased:
            return RecordResult.ERASED
        return RecordResult.RECORDED if recorded else RecordResult.UNKNOWN

    def erased_recipients(self, mail: SmtpMail) -> list[str]:
        """Returns the recipients of a mail over SMTP who were erased."""
        messages = [(address, self.sends.get(mail.key(number))) for number, (_, address) in enumerate(mail.recipients)]
        return [address for address, message in messages if message and message.erased]

    def erased_since(self, addresses: Iterable[str], sent_at: str) -> list[str]:
        """Returns who was erased after a mail, whose messages may have expired by now."""
        contacts = ((address, self.contacts.get(address)) for address in addresses)
        return [address for address, contact in contacts if contact and contact.was_erased_since(sent_at)]

    def touch_tokens(self, events: Iterable[SesEvent]) -> None:
        """Stores the earliest and the latest mail of each token in a batch."""
        mails: dict[int, list[SmtpMail]] = {}
        for event in events:
            if event.smtp and event.fact.type is TimelineEventType.SENT:
                mails.setdefault(event.smtp.campaign_id, []).append(event.smtp)
        for campaign_id, of_token in mails.items():
            in_order = sorted(of_token, key=lambda mail: mail.sent_at)
            for at, source in dict.fromkeys((mail.sent_at, mail.source) for mail in (in_order[0], in_order[-1])):
                self.tokens.touch(campaign_id, at, source)

    def _record_smtp(self, events: Sequence[SesEvent], mail: SmtpMail) -> list[tuple[Message, TimelineEvent]]:
        """Creates the messages with the first events: at the Send event, or if one is missing. If another worker creates them first, all
        events are recorded again.
        """
        facts = _by_message(events)
        if not _sent(events) and len(recorded := _record(events, self.sends)) == sum(map(len, facts.values())):
            return recorded
        messages = [_with(message, facts.get(message.key, [])) for message in mail.messages()]
        if self._within_retention(mail) and self.sends.create(messages):
            return [(message, fact) for message in messages for fact in facts.get(message.key, [])]
        return _record(events, self.sends)

    def _within_retention(self, mail: SmtpMail) -> bool:
        """An expired message was counted: an open years later must not create it again, and count it twice."""
        return timestamps.parse(mail.sent_at) + self.retention_days * DAY_SECONDS > self.clock()

    def _apply_to_contact(self, message: Message, fact: TimelineEvent, spellings: Iterable[str]) -> None:
        """Quarantines a contact whose address would bounce again, and marks one who complained. SES may not name the recipient of a shared
        event: that one is skipped.

        SES then suppresses the address as the mail wrote it, or as the bounce did: the contact stores both.
        """
        if fact.type not in _AGAINST_SENDING or fact.details.get("shared"):
            return
        item = fact.to_item()
        if delivery_status.would_bounce_again(item):
            own = sorted(spelling for spelling in spellings if spelling.lower() == message.address)
            for spelling in own or (message.address,):
                self.contacts.quarantine(spelling, fact.at, item.get("response") or item.get("subtype", ""))
        if delivery_status.spam_report(item):
            persons.report_spam(self.contacts, message.address, fact.at)

    def _creates_contacts(self, campaign_id: int) -> bool:
        if campaign_id not in self._create_contact:
            token = self.tokens.get(campaign_id)
            if token is None:
                return False
            self._create_contact[campaign_id] = token.create_contact
        return self._create_contact[campaign_id]


def _sent(events: Iterable[SesEvent]) -> bool:
    return any(event.fact.type is TimelineEventType.SENT for event in events)


def _with(message: Message, facts: Iterable[TimelineEvent]) -> Message:
    return replace(message, timeline={fact.key: fact.to_item() for fact in facts})
