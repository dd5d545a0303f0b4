"""Record: SES's events → the timeline of the message they are about, and what follows for its recipient. Any order, any number of times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from functions.core import delivery, instants, lifecycle
from functions.core.lifecycle import Act
from functions.core.send import Message
from functions.core.ses_events import SesEvent
from functions.core.smtp_mail import SmtpMail
from functions.core.timeline import Fact, Kind
from functions.ports import Clock, Contacts, Sends, SmtpTokens

DAY_SECONDS = 86400


class Recorded(StrEnum):
    """What became of an event; each is a metric."""

    RECORDED = "EventRecorded"
    FOREIGN = "EventForeign"  # of a mail that is not a send of ours
    UNKNOWN = "EventOfUnknownSend"  # of a send that is not kept any more, or never was


def record(event: SesEvent, *, sends: Sends) -> Recorded:
    """Raises nothing of its own: an event that the store refuses for now comes again with its queue message."""
    if event.foreign:
        return Recorded.FOREIGN
    return Recorded.RECORDED if _kept(event, sends) else Recorded.UNKNOWN


def _kept(event: SesEvent, sends: Sends) -> list[tuple[Message, Fact]]:
    """The messages that the event is about as they now are, each with what it says of it; none of those that are not kept."""
    kept = []
    for key, fact in event.facts.items():
        message = sends.record(key, fact)
        # Every event but a rejection says that SES sent the mail, whatever the worker that sent it lived to write.
        if message and fact.kind is not Kind.REJECTED and message.state in lifecycle.sources(Act.CONFIRM):
            sends.settle(key, Act.CONFIRM, now=instants.parse(event.sent_at), ses_message_id=event.ses_message_id)
        kept += [(message, fact)] if message else []
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """All that an event means: its facts, the sends that SMTP mail had no accept to make, its recipients' contacts, and the tokens."""

    sends: Sends
    contacts: Contacts
    tokens: SmtpTokens
    clock: Clock
    retention_days: int
    _makes_contacts: dict[int, bool] = field(default_factory=dict)  # by token, for which it never changes

    def __call__(self, event: SesEvent) -> Recorded:
        """Contacts come last: what a crash kept from them comes again with the event."""
        if event.foreign:
            return Recorded.FOREIGN
        kept = self._kept(event, event.smtp) if event.smtp else _kept(event, self.sends)
        for message, fact in kept:
            self._judge(message, fact)
        if kept and event.smtp and event.fact.kind is Kind.SENT and self._makes_contact(event.smtp.campaign_id):
            for message, _ in kept:
                self.contacts.note(message.address, {}, event.sent_at)
        return Recorded.RECORDED if kept else Recorded.UNKNOWN

    def seen(self, events: Iterable[SesEvent]) -> None:
        """Note the earliest and the latest mail of each token in a batch."""
        mails: dict[int, list[SmtpMail]] = {}
        for event in events:
            if event.smtp and event.fact.kind is Kind.SENT:
                mails.setdefault(event.smtp.campaign_id, []).append(event.smtp)
        for campaign_id, of_token in mails.items():
            in_order = sorted(of_token, key=lambda mail: mail.sent_at)
            for at, source in dict.fromkeys((mail.sent_at, mail.source) for mail in (in_order[0], in_order[-1])):
                self.tokens.seen(campaign_id, at, source)

    def _kept(self, event: SesEvent, mail: SmtpMail) -> list[tuple[Message, Fact]]:
        """The first event makes the messages, and mostly that is the Send event: for others it is tried when there are none."""
        if event.fact.kind is not Kind.SENT and (kept := _kept(event, self.sends)):
            return kept
        messages = [_with(message, event.facts.get(message.key)) for message in mail.messages()]
        if self._countable(mail) and self.sends.create(messages):
            return [(message, event.facts[message.key]) for message in messages if message.key in event.facts]
        return _kept(event, self.sends)

    def _countable(self, mail: SmtpMail) -> bool:
        """Messages that expired were counted: an opening years later must not make and count them anew."""
        return instants.parse(mail.sent_at) + self.retention_days * DAY_SECONDS > self.clock()

    def _judge(self, message: Message, fact: Fact) -> None:
        """What a fact means for its recipient; nothing where SES does not tell which one it was."""
        told = fact.to_item()
        if told.get("shared"):
            return
        if delivery.hard_bounce(told):
            self.contacts.quarantine(message.address, fact.at, told.get("response") or told.get("subtype", ""))
        if delivery.spam_report(told):
            self.contacts.complained(message.address, fact.at)

    def _makes_contact(self, campaign_id: int) -> bool:
        if campaign_id not in self._makes_contacts:
            token = self.tokens.get(campaign_id)
            if token is None:
                return False
            self._makes_contacts[campaign_id] = token.create_contact
        return self._makes_contacts[campaign_id]


def _with(message: Message, fact: Fact | None) -> Message:
    return replace(message, timeline={fact.key: fact.to_item()}) if fact else message
