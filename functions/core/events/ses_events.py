"""Reads SES's published events into facts. Their shapes are in SES's developer guide, "Contents of event data that Amazon SES publishes"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core import link_tag, timestamps
from functions.core.events import mail_headers, smtp_mail
from functions.core.events.smtp_mail import SmtpMail
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import MessageKey
from functions.core.sending.tags import BROADCAST_TAG, RECIPIENT_TAG, SEND_TAG


class UnparseableError(Exception):
    """The text is not an event of SES. The message has the reason."""


class SesEvent(Struct, frozen=True, kw_only=True):
    """One event of one mail: of our send (`message`), of our SMTP token (`smtp`), or of an external sender (neither)."""

    message: MessageKey | None
    ses_message_id: str
    sent_at: str  # when SES accepted the mail
    fact: TimelineEvent  # for the mail's recipient, or for its first one
    smtp: SmtpMail | None = None
    per_recipient: Mapping[int, TimelineEvent] = field(
        default_factory=dict
    )  # of SMTP mail: recipient → the recipient's fact
    of_broadcast: bool = False
    spellings: tuple[str, ...] = ()  # of a bounce: the recipients' addresses as the mail and the bounce write them

    @property
    def facts(self) -> dict[MessageKey, TimelineEvent]:
        """The facts by message. Mail of an external sender has none."""
        if self.smtp:
            return {self.smtp.key(number): fact for number, fact in self.per_recipient.items()}
        return {self.message: self.fact} if self.message else {}

    @property
    def mail(self) -> MessageKey | str:
        """The id that the events of one mail share."""
        return self.smtp.key(0) if self.smtp else self.message or self.ses_message_id

    @property
    def is_external(self) -> bool:
        return self.message is None and self.smtp is None

    @property
    def external_sends(self) -> int:
        """The number of recipients to whom SES sent without our workers: over SMTP, or for an external sender."""
        if self.message or self.fact.type is not TimelineEventType.SENT:
            return 0
        return len(self.per_recipient) if self.smtp else 1


def parse(event: Any) -> SesEvent:
    """A decoded event → SesEvent. Raises UnparseableError for anything else, never another exception."""
    try:
        name = event.get("eventType") or event["notificationType"]
        mail = event["mail"]
        fact = _FACTS[name](event, mail)
        sent_at = _at(mail)
        smtp = smtp_mail.read(mail, sent_at)
        return SesEvent(
            # SMTP users can forge our tags in a mail's header, so we ignore them in SMTP mail.
            message=None if smtp else _message_key(mail.get("tags") or {}),
            ses_message_id=str(mail["messageId"]),
            sent_at=sent_at,
            fact=fact,
            smtp=smtp,
            per_recipient=_by_recipient(event, name, fact, smtp) if smtp else {},
            of_broadcast=not smtp and BROADCAST_TAG in (mail.get("tags") or {}),
            spellings=_spellings(event, mail),
        )
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise UnparseableError(f"{type(error).__name__}: {error}") from error


def _by_recipient(event: Mapping[str, Any], name: str, fact: TimelineEvent, smtp: SmtpMail) -> dict[int, TimelineEvent]:
    """Returns the fact of each recipient. If SES does not report whose it is (several share a mail's pixel and links, a bounce may name a
    forwarding address, and a complaint may list all recipients at a provider), the first recipient gets it, marked as shared.
    """
    numbers = {address: number for number, (_, address) in enumerate(smtp.recipients)}
    if name in _OF_ALL:
        return dict.fromkeys(numbers.values(), fact)
    own = {
        numbers[address]: _FACTS[name](single, event["mail"])
        for address, single in _split(event, name)
        if address in numbers
    }
    if len(numbers) == 1:
        return own or {0: fact}
    if own and not (name == "Complaint" and _may_be_of_others(event["complaint"])):
        return own
    return {min(own, default=0): replace(fact, details={**fact.details, "shared": True})}


def _may_be_of_others(complaint: Mapping[str, Any]) -> bool:
    """Returns whether several recipients are listed, and only one may have complained. SES itself suppresses each listed recipient."""
    listed = {smtp_mail.addr_spec(one["emailAddress"]) for one in complaint.get("complainedRecipients") or []}
    return len(listed) > 1 and not complaint.get("complaintSubType")


def _split(event: Mapping[str, Any], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields, for each named recipient, the event with only that recipient."""
    part, names = _NAMED.get(name, ("", ""))
    for one in (event[part].get(names) or []) if part else ():
        address = one["emailAddress"] if isinstance(one, Mapping) else one
        yield smtp_mail.addr_spec(address), {**event, part: {**event[part], names: [one]}}


def _spellings(event: Mapping[str, Any], mail: Mapping[str, Any]) -> tuple[str, ...]:
    if not event.get("bounce"):
        return ()
    bounced = event["bounce"].get("bouncedRecipients") or []
    addresses = [*(mail.get("destination") or ()), *(one.get("emailAddress", "") for one in bounced)]
    return tuple(dict.fromkeys(smtp_mail.bare_address(address) for address in addresses))


def _message_key(tags: Mapping[str, list[str]]) -> MessageKey | None:
    send_id, recipient = tags.get(SEND_TAG), tags.get(RECIPIENT_TAG)
    return MessageKey(str(send_id[0]), int(recipient[0])) if send_id and recipient else None


def _at(part: Mapping[str, Any]) -> str:
    return timestamps.normalized(part["timestamp"])


def _sent(event: Mapping[str, Any], mail: Mapping[str, Any]) -> TimelineEvent:
    return TimelineEvent(type=TimelineEventType.SENT, at=_at(mail), details=mail_headers.of(mail))


def _delivered(event: Mapping[str, Any], mail: Mapping[str, Any]) -> TimelineEvent:
    part = event["delivery"]
    return TimelineEvent(
        type=TimelineEventType.DELIVERED,
        at=_at(part),
        details=_present(part, response="smtpResponse", mta="reportingMTA"),
    )


def _bounced(event: Mapping[str, Any], mail: Mapping[str, Any]) -> TimelineEvent:
    part = event["bounce"]
    recipients = part.get("bouncedRecipients") or [{}]
    detail = {
        **_present(part, type="bounceType", subtype="bounceSubType"),
        **_present(recipients[0], status="status", response="diagnosticCode"),
    }
    return TimelineEvent(
        type=TimelineEventType.BOUNCED, at=_at(part), dedup_key=str(part.get("feedbackId", "")), details=detail
    )


def _complained(event: Mapping[str, Any], mail: Mapping[str, Any]) -> TimelineEvent:
    part = event["complaint"]
    detail = _present(part, type="complaintFeedbackType", subtype="complaintSubType", agent="userAgent")
    return TimelineEvent(
        type=TimelineEventType.COMPLAINED, at=_at(part), dedup_key=str(part.get("feedbackId", "")), details=detail
    )


def _rejected(event: Mapping[str, Any], mail: Mapping[str, Any]) -> TimelineEvent:
    return TimelineEvent(
        type=TimelineEventType.REJECTED, at=_at(mail), details=_present(event["reject"], reason="reason")
    )


def _rendering_failed(event: Mapping[str, Any], mail: Mapping[str, Any]) -> TimelineEvent:
    return TimelineEvent(
        type=TimelineEventType.REJECTED, at=_at(mail), details=_present(event["failure"], reason="errorMessage")
    )


def _delayed(event: Mapping[str, Any], mail: Mapping[str, Any]) -> TimelineEvent:
    part = event["deliveryDelay"]
    recipients = part.get("delayedRecipients") or [{}]
    details = {
        **_present(part, type="delayType", until="expirationTime"),
        **_present(recipients[0], status="status", response="diagnosticCode"),
    }
    return TimelineEvent(type=TimelineEventType.DELAYED, at=_at(part), details=details)


def _opened(event: Mapping[str, Any], mail: Mapping[str, Any]) -> TimelineEvent:
    part = event["open"]
    return TimelineEvent(
        type=TimelineEventType.OPENED, at=_at(part), dedup_key=str(part.get("ipAddress", "")), details=_by_whom(part)
    )


def _clicked(event: Mapping[str, Any], mail: Mapping[str, Any]) -> TimelineEvent:
    part = event["click"]
    link = str(part["link"])
    pattern = link_tag.pattern_of(part.get("linkTags"))
    page = {"page": pattern} if pattern else {}
    return TimelineEvent(
        type=TimelineEventType.CLICKED,
        at=_at(part),
        dedup_key=link,
        details={"link": link, **page, **_by_whom(part)},
    )


def _subscribed(event: Mapping[str, Any], mail: Mapping[str, Any]) -> TimelineEvent:
    """Reads an event of SES's contact lists. Staffetta has none, but another list may use its configuration set."""
    part = event["subscription"]
    kind = TimelineEventType.UNSUBSCRIBED if _opts_out(part["newTopicPreferences"]) else TimelineEventType.SUBSCRIBED
    return TimelineEvent(type=kind, at=_at(part), details=_present(part, list="contactList", source="source"))


def _opts_out(preferences: Mapping[str, Any]) -> bool:
    topics = preferences.get("topicSubscriptionStatus") or []
    return bool(preferences.get("unsubscribeAll")) or any(topic["subscriptionStatus"] == "OptOut" for topic in topics)


def _by_whom(part: Mapping[str, Any]) -> dict[str, Any]:
    return {**_present(part, agent="userAgent", ip="ipAddress"), "machine": part.get("isBotEvent") == "Likely"}


def _present(part: Mapping[str, Any], **names: str) -> dict[str, Any]:
    return {ours: str(part[theirs]) for ours, theirs in names.items() if part.get(theirs)}


_FACTS: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], TimelineEvent]] = {
    "Send": _sent,
    "Delivery": _delivered,
    "Bounce": _bounced,
    "Complaint": _complained,
    "Reject": _rejected,
    "Rendering Failure": _rendering_failed,
    "DeliveryDelay": _delayed,
    "Open": _opened,
    "Click": _clicked,
    "Subscription": _subscribed,
}
_OF_ALL = frozenset({"Send", "Reject", "Rendering Failure"})
# The part of an event that names its recipients. Opens and clicks name only the mail.
_NAMED = {
    "Delivery": ("delivery", "recipients"),
    "Bounce": ("bounce", "bouncedRecipients"),
    "Complaint": ("complaint", "complainedRecipients"),
    "DeliveryDelay": ("deliveryDelay", "delayedRecipients"),
}


def names() -> Iterator[str]:
    """Returns the event types that we read."""
    return iter(_FACTS)
