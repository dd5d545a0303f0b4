"""SES's published events, read into facts. The shapes are those of SES's developer guide, "Contents of event data that Amazon SES publishes"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from functions.core import instants
from functions.core.send import MessageKey
from functions.core.timeline import Fact, Kind

# The tags that a send carries through SES, so that an event finds its message without our having stored SES's id first.
SEND_TAG, RECIPIENT_TAG, EMAIL_TAG = "staffetta_send", "staffetta_recipient", "staffetta_email"
# SES writes its value into the mail's Feedback-ID, by which Gmail tells complaint rates apart.
FEEDBACK_TAG = "ses:feedback-id-a"

DETAIL_MAX = 400  # characters: visitors choose their user agent, and all of a message's facts must fit into its item


class UnparseableError(Exception):
    """The text is not an event of SES. The message says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SesEvent:
    """One event about one mail. `message` is None for a mail that is not a send of ours (SMTP, another application)."""

    message: MessageKey | None
    ses_message_id: str
    sent_at: str  # when SES took the mail
    fact: Fact

    @property
    def of_foreign_mail(self) -> bool:
        """Whether it says that SES sent a mail of somebody else."""
        return self.message is None and self.fact.kind is Kind.SENT


def parse(event: Any) -> SesEvent:
    """A decoded event → SesEvent. Raises UnparseableError for anything else, never another exception."""
    try:
        name = event.get("eventType") or event["notificationType"]
        mail = event["mail"]
        fact = _FACTS[name](event, mail)
        return SesEvent(
            message=_message_key(mail.get("tags") or {}),
            ses_message_id=str(mail["messageId"]),
            sent_at=_at(mail),
            fact=fact,
        )
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise UnparseableError(f"{type(error).__name__}: {error}") from error


def _message_key(tags: Mapping[str, list[str]]) -> MessageKey | None:
    send_id, recipient = tags.get(SEND_TAG), tags.get(RECIPIENT_TAG)
    return MessageKey(str(send_id[0]), int(recipient[0])) if send_id and recipient else None


def _at(part: Mapping[str, Any]) -> str:
    return instants.normalized(part["timestamp"])


def _sent(event: Mapping[str, Any], mail: Mapping[str, Any]) -> Fact:
    return Fact(kind=Kind.SENT, at=_at(mail))


def _delivered(event: Mapping[str, Any], mail: Mapping[str, Any]) -> Fact:
    part = event["delivery"]
    return Fact(kind=Kind.DELIVERED, at=_at(part), detail=_present(part, response="smtpResponse", mta="reportingMTA"))


def _bounced(event: Mapping[str, Any], mail: Mapping[str, Any]) -> Fact:
    part = event["bounce"]
    recipients = part.get("bouncedRecipients") or [{}]
    detail = {
        **_present(part, type="bounceType", subtype="bounceSubType"),
        **_present(recipients[0], status="status", response="diagnosticCode"),
    }
    return Fact(kind=Kind.BOUNCED, at=_at(part), identity=str(part.get("feedbackId", "")), detail=detail)


def _complained(event: Mapping[str, Any], mail: Mapping[str, Any]) -> Fact:
    part = event["complaint"]
    detail = _present(part, type="complaintFeedbackType", subtype="complaintSubType", agent="userAgent")
    return Fact(kind=Kind.COMPLAINED, at=_at(part), identity=str(part.get("feedbackId", "")), detail=detail)


def _rejected(event: Mapping[str, Any], mail: Mapping[str, Any]) -> Fact:
    return Fact(kind=Kind.REJECTED, at=_at(mail), detail=_present(event["reject"], reason="reason"))


def _rendering_failed(event: Mapping[str, Any], mail: Mapping[str, Any]) -> Fact:
    return Fact(kind=Kind.REJECTED, at=_at(mail), detail=_present(event["failure"], reason="errorMessage"))


def _delayed(event: Mapping[str, Any], mail: Mapping[str, Any]) -> Fact:
    part = event["deliveryDelay"]
    return Fact(kind=Kind.DELAYED, at=_at(part), detail=_present(part, type="delayType", until="expirationTime"))


def _opened(event: Mapping[str, Any], mail: Mapping[str, Any]) -> Fact:
    part = event["open"]
    return Fact(kind=Kind.OPENED, at=_at(part), identity=str(part.get("ipAddress", "")), detail=_by_whom(part))


def _clicked(event: Mapping[str, Any], mail: Mapping[str, Any]) -> Fact:
    part = event["click"]
    link = str(part["link"])
    return Fact(kind=Kind.CLICKED, at=_at(part), identity=link, detail={"link": link[:DETAIL_MAX], **_by_whom(part)})


def _by_whom(part: Mapping[str, Any]) -> dict[str, Any]:
    return {**_present(part, agent="userAgent", ip="ipAddress"), "machine": part.get("isBotEvent") == "Likely"}


def _present(part: Mapping[str, Any], **names: str) -> dict[str, Any]:
    return {ours: str(part[theirs])[:DETAIL_MAX] for ours, theirs in names.items() if part.get(theirs)}


_FACTS: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Fact]] = {
    "Send": _sent,
    "Delivery": _delivered,
    "Bounce": _bounced,
    "Complaint": _complained,
    "Reject": _rejected,
    "Rendering Failure": _rendering_failed,
    "DeliveryDelay": _delayed,
    "Open": _opened,
    "Click": _clicked,
}


def names() -> Iterator[str]:
    """The event types that we read."""
    return iter(_FACTS)
