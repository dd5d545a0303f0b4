"""A message's history in words for people: its status, the meaning of each event, and the outcome of each attempt. It is pure tables over
the stored message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from functions.core import timestamps
from functions.core.events import bots, status_codes, timeline
from functions.core.events.delivery_status import (
    AUTH_FAILURE,
    NOT_SPAM,
    SUPPRESSED_SUBTYPES,
    VIRUS,
    automatic_reply,
    delivery,
    shared_spam_report,
    spam_report,
)
from functions.core.events.timeline import TimelineEventType
from functions.core.sending.send import FAILED_ATTEMPTS_MAX, Message, State

Fact = Mapping[str, Any]  # a stored event: core.events.timeline.TimelineEvent.to_item


class MessageStatus(StrEnum):
    """A message's status: its own state until SES reports about it, and then its delivery."""

    SCHEDULED = "SCHEDULED"
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    REFUSED = "REFUSED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    SENT = "SENT"
    DELAYED = "DELAYED"
    SOFT_BOUNCED = "SOFT_BOUNCED"
    DELIVERED = "DELIVERED"
    REJECTED = "REJECTED"
    SUPPRESSED = "SUPPRESSED"
    BOUNCED = "BOUNCED"
    COMPLAINED = "COMPLAINED"


class MessageOutcome(StrEnum):
    """The outcome of one attempt."""

    TAKEN = "TAKEN"  # by SES
    RELEASED = "RELEASED"  # SES did not accept it: it waited for another attempt
    REFUSED = "REFUSED"  # permanently
    UNDER_WAY = "UNDER_WAY"
    UNKNOWN = "UNKNOWN"  # the worker ended, or SES did not answer in time


class AttemptOutcome(Struct, frozen=True):
    """One attempt to send the message to SES. `at` is when it ended, or None if that was not recorded."""

    number: int
    outcome: MessageOutcome
    at: str | None
    answer: str  # SES's id of the mail, or its error


class HistoryEvent(Struct, frozen=True):
    """One fact with its meaning. `machine` is whether a machine opened or clicked, and None for other facts."""

    fact: Fact
    meaning: str
    machine: bool | None


def status_of(message: Message) -> MessageStatus:
    return MessageStatus(delivery(message.timeline) or message.state)


def subject(message: Message) -> str:
    """Returns the beginning of the mail's subject, or an empty text until SES reports the mail, and for a sensitive email."""
    facts = message.timeline.values()
    return next((str(fact["subject"]) for fact in facts if fact.get("subject")), "")


def summary(message: Message) -> str:
    """Returns one sentence about the message."""
    return _SUMMARIES[status_of(message)](message)


def events(message: Message) -> list[HistoryEvent]:
    """Returns the events in the order of time."""
    facts = timeline.in_order(message.timeline)
    by_machines = bots.of(facts)
    return [HistoryEvent(fact, description(fact), _machine(fact, by_machines)) for fact in facts]


def attempts(message: Message) -> list[AttemptOutcome]:
    """Returns the first FAILED_ATTEMPTS_MAX attempts, and the last one. The others are not stored. Number 0 is a refused request with the
    same sendId, which a corrected one replaced.
    """
    refused = [
        AttemptOutcome(0, MessageOutcome.REFUSED, one.at, one.reason)
        for one in message.failed_attempts
        if one.number == 0
    ]
    failed = {
        one.number: AttemptOutcome(one.number, MessageOutcome.RELEASED, one.at, one.reason)
        for one in message.failed_attempts
    }
    numbers = [
        number
        for number in range(1, message.attempts + 1)
        if number <= FAILED_ATTEMPTS_MAX or number == message.attempts
    ]
    return refused + [failed.get(number) or _unwritten(message, number) for number in numbers]


def _unwritten(message: Message, number: int) -> AttemptOutcome:
    """Returns an attempt that is not in the list of failed ones."""
    if number == message.attempts and message.state is State.SENT:
        return AttemptOutcome(number, MessageOutcome.TAKEN, message.settled_at, message.ses_message_id)
    if number == message.attempts and message.state is State.SENDING:
        return AttemptOutcome(number, MessageOutcome.UNDER_WAY, None, "")
    if number == message.attempts and message.state is State.REFUSED:
        return AttemptOutcome(number, MessageOutcome.REFUSED, message.settled_at, message.reason)
    return AttemptOutcome(number, MessageOutcome.UNKNOWN, None, "")


def description(fact: Fact) -> str:
    return _MEANINGS[TimelineEventType(fact["kind"])](fact)


def _machine(fact: Fact, by_machines: list[Fact]) -> bool | None:
    return any(fact is one for one in by_machines) if fact["kind"] in bots.BY_HAND else None


def _plain(text: str) -> Callable[[Any], str]:
    return lambda _: text


def _bounced(fact: Fact) -> str:
    if suppressed := _SUPPRESSED.get(fact.get("subtype", "")):
        return suppressed
    if automatic_reply(fact):
        return "The recipient's address answered without an error: usually an automatic reply, such as an out-of-office notice."
    by_status = status_codes.meaning(fact.get("status"), fact.get("response"))
    why = _SUBTYPES.get(fact.get("subtype", "")) or by_status or "its server gave no reason"
    if fact.get("type") == "Permanent":
        return f"The mail bounced permanently: {why}. Non-transactional mail is no longer sent to this address."
    if fact.get("type") == "Transient":
        return f"The mail bounced for now: {why}. {_next_step(fact)}"
    return f"The mail bounced, and SES does not report whether permanently: {why}."


def _next_step(fact: Fact) -> str:
    """SES repeats its attempts only while the server answers with a temporary error."""
    if change := _CHANGES.get(fact.get("subtype", "")):
        return f"The same mail would bounce again: {change}."
    tried = (
        "SES tried for hours; another"
        if status_codes.is_temporary(fact.get("status"), fact.get("response"))
        else "Another"
    )
    return f"{tried} mail may arrive."


_CHANGES = {
    "MessageTooLarge": "make it smaller",
    "ContentRejected": "change its content",
    "AttachmentRejected": "change or remove the attachment",
}
_SUPPRESSED = {
    "Suppressed": (
        "SES made no attempt: mail to the address bounced before, also for other senders, so it is on SES's global suppression list. "
        "It cannot be removed there. The entry expires by itself, after up to 14 days. Until the contact's quarantine is lifted, "
        "non-transactional mail is not sent to this address."
    ),
    "OnAccountSuppressionList": (
        "SES made no attempt: the address bounced or complained before, so it is on the account's suppression list. It can be removed "
        "there."
    ),
    "OnTenantSuppressionList": (
        "SES made no attempt: the address bounced or complained before, so it is on the tenant's suppression list. It can be removed "
        "there."
    ),
}
_SUBTYPES = {
    "NoEmail": "the mailbox does not exist",
    "MailboxFull": "the mailbox is full",
    "MessageTooLarge": "the mail is larger than the mailbox takes",
    "ContentRejected": "the recipient's mail server refuses its content",
    "AttachmentRejected": "the recipient's mail server refuses an attachment",
    "CustomTimeoutExceeded": "the mail could not be delivered in the time that was set for it",
}


def _complained(fact: Fact) -> str:
    if fact.get("subtype") in SUPPRESSED_SUBTYPES:
        return "SES made no attempt: the recipient complained before, so the address is on a suppression list."
    if other := _FEEDBACK.get(fact.get("type", "")):
        return other
    if shared_spam_report(fact):
        return "One of several recipients reported the mail as spam. SES does not report which."
    return "The recipient reported the mail as spam. Non-transactional mail is no longer sent to this address."


_FEEDBACK = {
    NOT_SPAM: "The recipient took the mail out of the spam folder.",
    AUTH_FAILURE: "The recipient's mail provider reports that the mail failed its authentication checks (SPF, DKIM, DMARC).",
    VIRUS: "The recipient's mail provider reports a virus in the mail.",
}


def _rejected(fact: Fact) -> str:
    return f"SES accepted the mail and then discarded it: {fact.get('reason') or 'it found a virus'}."


def _delayed(fact: Fact) -> str:
    why = _DELAYS.get(fact.get("type", ""), "the recipient's mail server does not accept the mail yet")
    until = _day_and_time(fact.get("until"))
    answer = f" The server answered: {_one_line(fact['response'])}" if fact.get("response") else ""
    return f"Delivery is delayed: {why}. SES continues its attempts{f' until {until}' if until else ''}.{answer}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


_DELAYS = {
    "InternalFailure": "SES has an internal problem",
    "General": "an error occurred between the mail servers",
    "MailboxFull": "the mailbox is full",
    "SpamDetected": "the recipient's mail server has received much spam from this sender",
    "RecipientServerError": "the recipient's mail server has a temporary problem",
    "IPFailure": "the sending address is blocked or slowed down",
    "TransientCommunicationFailure": "the connection to the recipient's mail server broke",
    "BYOIPHostNameLookupUnavailable": "the host name of the sending IP address could not be looked up",
    "Undetermined": "SES does not report why",
    "SendingDeferral": "SES itself delays the mail",
}


def _day_and_time(text: str | None) -> str:
    try:
        return timestamps.normalized(text)[:16].replace("T", " ") + " UTC" if text else ""
    except ValueError:
        return ""


def _opened(fact: Fact) -> str:
    if fact.get("shared"):
        return "One of several recipients opened the mail. SES does not report which."
    return "The mail was opened: its pictures were loaded."


def _clicked(fact: Fact) -> str:
    return f"A link was followed: {fact.get('link', '')}"


def _unsubscribed(fact: Fact) -> str:
    left = fact.get("subscription") or fact.get("list")
    return f"The recipient unsubscribed{f' from {left}' if left and left != '*' else ''}."


_MEANINGS: dict[TimelineEventType, Callable[[Fact], str]] = {
    TimelineEventType.SENT: _plain("SES accepted the mail, and will try to deliver it."),
    TimelineEventType.DELIVERED: _plain(
        "The recipient's mail server accepted the mail. It may still sort it into a spam folder."
    ),
    TimelineEventType.BOUNCED: _bounced,
    TimelineEventType.COMPLAINED: _complained,
    TimelineEventType.REJECTED: _rejected,
    TimelineEventType.DELAYED: _delayed,
    TimelineEventType.OPENED: _opened,
    TimelineEventType.CLICKED: _clicked,
    TimelineEventType.UNSUBSCRIBED: _unsubscribed,
    TimelineEventType.SUBSCRIBED: _plain("The recipient subscribed."),
}


def _strongest(kind: TimelineEventType, matches: Callable[[Fact], bool] = bool) -> Callable[[Message], str]:
    """Describes the latest event of a kind: the status depends on it."""

    def describe(message: Message) -> str:
        facts = [fact for fact in timeline.in_order(message.timeline) if fact["kind"] == kind and matches(fact)]
        return description(facts[-1])

    return describe


def _why(text: str) -> Callable[[Message], str]:
    return lambda message: f"{text}: {message.reason or message.result or 'the reason was not recorded'}."


def _read_or_delivered(message: Message) -> str:
    facts = list(message.timeline.values())
    by_machines = bots.of(facts)
    people = {fact["kind"] for fact in facts if not any(fact is one for one in by_machines)}
    if people & bots.BY_HAND:
        return "The mail was delivered, and a person opened it."
    return (
        "The mail was delivered."
        if TimelineEventType.DELIVERED in people
        else "The mail arrived: its recipient used it."
    )


def _soft_bounced(message: Message) -> str:
    """Describes the latest real bounce. Without one, describes the automatic reply."""
    facts = [fact for fact in timeline.in_order(message.timeline) if fact["kind"] == TimelineEventType.BOUNCED]
    return description(max(facts, key=lambda fact: (not automatic_reply(fact), fact["at"])))


def _suppressed(message: Message) -> str:
    facts = [fact for fact in timeline.in_order(message.timeline) if fact.get("subtype") in SUPPRESSED_SUBTYPES]
    return description(facts[-1])


_SUMMARIES: dict[MessageStatus, Callable[[Message], str]] = {
    MessageStatus.SCHEDULED: lambda message: f"It waits to be sent at {_day_and_time(message.due_at)}.",
    MessageStatus.QUEUED: lambda message: (
        "It waits to be sent" + (f", after: {message.reason}." if message.reason else ".")
    ),
    MessageStatus.SENDING: _plain("It is being sent to SES."),
    MessageStatus.REFUSED: _why("It was not sent"),
    MessageStatus.FAILED: _why("It could not be sent"),
    MessageStatus.CANCELED: _plain("It was canceled before it was sent."),
    MessageStatus.SENT: _plain("SES accepted the mail, and tries to deliver it."),
    MessageStatus.DELAYED: _strongest(TimelineEventType.DELAYED),
    MessageStatus.SOFT_BOUNCED: _soft_bounced,
    MessageStatus.DELIVERED: _read_or_delivered,
    MessageStatus.REJECTED: _strongest(TimelineEventType.REJECTED),
    MessageStatus.SUPPRESSED: _suppressed,
    MessageStatus.BOUNCED: _strongest(TimelineEventType.BOUNCED, lambda fact: fact.get("type") == "Permanent"),
    MessageStatus.COMPLAINED: _strongest(TimelineEventType.COMPLAINED, spam_report),
}
