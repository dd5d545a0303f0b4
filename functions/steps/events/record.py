"""Record: SES's events → the timeline of the message they are about, and what follows for its recipient. Any order, any number of times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.events import delivery
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

DAY_SECONDS = 86400


class RecordResult(StrEnum):
    """What became of an event; each is a metric."""

    RECORDED = "EventRecorded"
    FOREIGN = "EventForeign"  # of a mail that is not a send of ours
    ERASED = "EventOfErased"  # of somebody who asked to be forgotten: nothing of it is kept
    UNKNOWN = "EventOfUnknownSend"  # of a send that is not kept any more, or never was


def record(*events: SesEvent, sends: Sends) -> RecordResult:
    """Events of one mail (SesEvent.mail), with one write for each of its messages. Raises nothing of its own: events that the store
    refuses for now come again with their queue messages.
    """
    if events[0].is_external:
        return RecordResult.FOREIGN
    return RecordResult.RECORDED if _kept(events, sends) else RecordResult.UNKNOWN


def _kept(events: Sequence[SesEvent], sends: Sends) -> list[tuple[Message, TimelineEvent]]:
    """The messages that the events are about as they now are, each with what they say of it; none of those that are not kept."""
    kept: list[tuple[Message, TimelineEvent]] = []
    for key, facts in _by_message(events).items():
        message = sends.record(key, *facts)
        # Every event but a rejection says that SES sent the mail, whatever the worker that sent it lived to write.
        sent = next(
            (event for event in events if key in event.facts and event.fact.type is not TimelineEventType.REJECTED),
            None,
        )
        if message and sent and message.state in lifecycle.sources(Transition.SES_CONFIRMED):
            sends.settle(
                key, Transition.SES_CONFIRMED, now=timestamps.parse(sent.sent_at), ses_message_id=sent.ses_message_id
            )
        kept += [(message, fact) for fact in facts] if message else []
    return kept


def _by_message(events: Sequence[SesEvent]) -> dict[MessageKey, list[TimelineEvent]]:
    facts: dict[MessageKey, list[TimelineEvent]] = {}
    for event in events:
        for key, fact in event.facts.items():
            facts.setdefault(key, []).append(fact)
    return facts


class RecordEvents(Struct, frozen=True, kw_only=True):
    """All that an event means: its facts, the sends that SMTP mail had no accept to make, its recipients' contacts, and the tokens."""

    sends: Sends
    contacts: Contacts
    tokens: SmtpTokens
    clock: Clock
    retention_days: int
    _makes_contacts: dict[int, bool] = field(default_factory=dict)  # by token, for which it never changes

    def __call__(self, *events: SesEvent) -> RecordResult:
        """Of one mail (SesEvent.mail). Contacts come last: what a crash kept from them comes again with the events."""
        if events[0].is_external:
            return RecordResult.FOREIGN
        mail = events[0].smtp
        kept = self._kept(events, mail) if mail else _kept(events, self.sends)
        erased = [message for message, _ in kept if message.erased]
        kept = [(message, fact) for message, fact in kept if not message.erased]
        for message, fact in kept:
            self._apply_to_contact(message, fact)
        if kept and mail and _sent(events) and self._makes_contact(mail.campaign_id):
            for address in dict.fromkeys(message.address for message, _ in kept):
                self.contacts.upsert(address, {}, mail.sent_at)
        if erased:
            return RecordResult.ERASED
        return RecordResult.RECORDED if kept else RecordResult.UNKNOWN

    def erased_recipients(self, mail: SmtpMail) -> list[str]:
        """Those recipients of a mail over SMTP who asked to be forgotten."""
        found = [(address, self.sends.get(mail.key(number))) for number, (_, address) in enumerate(mail.recipients)]
        return [address for address, message in found if message and message.erased]

    def touch_tokens(self, events: Iterable[SesEvent]) -> None:
        """Note the earliest and the latest mail of each token in a batch."""
        mails: dict[int, list[SmtpMail]] = {}
        for event in events:
            if event.smtp and event.fact.type is TimelineEventType.SENT:
                mails.setdefault(event.smtp.campaign_id, []).append(event.smtp)
        for campaign_id, of_token in mails.items():
            in_order = sorted(of_token, key=lambda mail: mail.sent_at)
            for at, source in dict.fromkeys((mail.sent_at, mail.source) for mail in (in_order[0], in_order[-1])):
                self.tokens.touch(campaign_id, at, source)

    def _kept(self, events: Sequence[SesEvent], mail: SmtpMail) -> list[tuple[Message, TimelineEvent]]:
        """The first events make the messages, and mostly the Send event is one: without it that is tried where any is missing. Another
        worker may make them meanwhile: then all is recorded again.
        """
        facts = _by_message(events)
        if not _sent(events) and len(kept := _kept(events, self.sends)) == sum(map(len, facts.values())):
            return kept
        messages = [_with(message, facts.get(message.key, [])) for message in mail.messages()]
        if self._within_retention(mail) and self.sends.create(messages):
            return [(message, fact) for message in messages for fact in facts.get(message.key, [])]
        return _kept(events, self.sends)

    def _within_retention(self, mail: SmtpMail) -> bool:
        """Messages that expired were counted: an opening years later must not make and count them anew."""
        return timestamps.parse(mail.sent_at) + self.retention_days * DAY_SECONDS > self.clock()

    def _apply_to_contact(self, message: Message, fact: TimelineEvent) -> None:
        """What a fact means for its recipient; nothing where SES does not tell which one it was."""
        told = fact.to_item()
        if told.get("shared"):
            return
        if delivery.hard_bounce(told):
            self.contacts.quarantine(message.address, fact.at, told.get("response") or told.get("subtype", ""))
        if delivery.spam_report(told):
            self.contacts.mark_complained(message.address, fact.at)

    def _makes_contact(self, campaign_id: int) -> bool:
        if campaign_id not in self._makes_contacts:
            token = self.tokens.get(campaign_id)
            if token is None:
                return False
            self._makes_contacts[campaign_id] = token.create_contact
        return self._makes_contacts[campaign_id]


def _sent(events: Iterable[SesEvent]) -> bool:
    return any(event.fact.type is TimelineEventType.SENT for event in events)


def _with(message: Message, facts: Iterable[TimelineEvent]) -> Message:
    return replace(message, timeline={fact.key: fact.to_item() for fact in facts})
