"""A message's story in words for people: what became of it, what each event meant, and what came of each try. Pure tables over what is
stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from functions.core import timestamps
from functions.core.events import bots, status_codes, timeline
from functions.core.events.delivery import SUPPRESSED_SUBTYPES, delivery, spam_report
from functions.core.events.timeline import TimelineEventType
from functions.core.sending.send import FAILED_ATTEMPTS_MAX, Message, State

Told = Mapping[str, Any]  # a fact as stored: core.events.timeline.Fact.to_item


class MessageStatus(StrEnum):
    """Where a message stands, in one word: its own state until SES has told of it, and then its delivery."""

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
    """What came of one try."""

    TAKEN = "TAKEN"  # by SES
    RELEASED = "RELEASED"  # SES did not take it: it waited for another
    REFUSED = "REFUSED"  # for good
    UNDER_WAY = "UNDER_WAY"
    UNKNOWN = "UNKNOWN"  # the worker ended, or SES did not answer in time


class AttemptOutcome(Struct, frozen=True):
    """One try to hand the message to SES. `at` is when it ended, None where nobody wrote that down."""

    number: int
    outcome: MessageOutcome
    at: str | None
    answer: str  # SES's id of the mail, or its error


class HistoryEvent(Struct, frozen=True):
    """One fact, with what it meant. `machine`: of opens and clicks, whether a machine did it."""

    fact: Told
    meaning: str
    machine: bool | None


def status_of(message: Message) -> MessageStatus:
    return MessageStatus(delivery(message.timeline) or message.state)


def summary(message: Message) -> str:
    """One sentence about the whole."""
    return _SUMMARIES[status_of(message)](message)


def events(message: Message) -> list[HistoryEvent]:
    """In their order."""
    facts = timeline.in_order(message.timeline)
    by_machines = bots.of(facts)
    return [HistoryEvent(fact, description(fact), _machine(fact, by_machines)) for fact in facts]


def tries(message: Message) -> list[AttemptOutcome]:
    """Every try that something is known of, and the last one. After TRIES_MAX failed ones only that is: of the others nothing was kept."""
    failed = {
        one.number: AttemptOutcome(one.number, MessageOutcome.RELEASED, one.at, one.reason)
        for one in message.failed_attempts
    }
    shown = [
        number
        for number in range(1, message.attempts + 1)
        if number <= FAILED_ATTEMPTS_MAX or number == message.attempts
    ]
    return [failed.get(number) or _unwritten(message, number) for number in shown]


def _unwritten(message: Message, number: int) -> AttemptOutcome:
    """A try that is not in the list of failed ones."""
    if number == message.attempts and message.state is State.SENT:
        return AttemptOutcome(number, MessageOutcome.TAKEN, message.settled_at, message.ses_message_id)
    if number == message.attempts and message.state is State.SENDING:
        return AttemptOutcome(number, MessageOutcome.UNDER_WAY, None, "")
    if number == message.attempts and message.state is State.REFUSED:
        return AttemptOutcome(number, MessageOutcome.REFUSED, message.settled_at, message.reason)
    return AttemptOutcome(number, MessageOutcome.UNKNOWN, None, "")


def description(fact: Told) -> str:
    return _MEANINGS[TimelineEventType(fact["kind"])](fact)


def _machine(fact: Told, by_machines: list[Told]) -> bool | None:
    return any(fact is one for one in by_machines) if fact["kind"] in bots.BY_HAND else None


def _plain(text: str) -> Callable[[Any], str]:
    return lambda _: text


def _bounced(fact: Told) -> str:
    if fact.get("subtype") in SUPPRESSED_SUBTYPES:
        return (
            "SES did not try: the address bounced or complained before, so it is on a suppression list. It can be removed from the "
            "account's own list at SES."
        )
    why = status_codes.meaning(fact.get("status"), fact.get("response")) or _SUBTYPES.get(fact.get("subtype", ""))
    why = why or "its server did not say why"
    if fact.get("type") == "Permanent":
        return f"The mail came back for good: {why}. Mail that is not transactional does not go there any more."
    if fact.get("type") == "Transient":
        return f"The mail came back for now: {why}. SES tried for hours; another mail may arrive."
    return f"The mail came back, and SES cannot tell whether for good: {why}."


_SUBTYPES = {
    "NoEmail": "there is no such mailbox",
    "MailboxFull": "the mailbox is full",
    "MessageTooLarge": "the mail is larger than the mailbox takes",
    "ContentRejected": "the recipient's mail server refuses its content",
    "AttachmentRejected": "the recipient's mail server refuses an attachment",
    "CustomTimeoutExceeded": "the mail could not be delivered in the time that was set for it",
}


def _complained(fact: Told) -> str:
    if fact.get("subtype") in SUPPRESSED_SUBTYPES:
        return "SES did not try: the recipient complained before, so the address is on a suppression list."
    if fact.get("type") == "not-spam":
        return "The recipient took the mail out of the spam folder."
    return "The recipient reported the mail as spam. Mail that is not transactional does not go there any more."


def _rejected(fact: Told) -> str:
    return f"SES took the mail and then threw it away: {fact.get('reason') or 'it found a virus'}."


def _delayed(fact: Told) -> str:
    why = _DELAYS.get(fact.get("type", ""), "the recipient's mail server does not take the mail yet")
    until = _day_and_time(fact.get("until"))
    return f"Delivery is delayed: {why}. SES goes on trying{f' until {until}' if until else ''}."


_DELAYS = {
    "InternalFailure": "SES has a problem of its own",
    "General": "something went wrong in the mail servers' conversation",
    "MailboxFull": "the mailbox is full",
    "SpamDetected": "the recipient's mail server has seen much unwanted mail from this sender",
    "RecipientServerError": "the recipient's mail server has a temporary problem",
    "IPFailure": "the sending address is being blocked or slowed down",
    "TransientCommunicationFailure": "the conversation with the recipient's mail server broke off",
    "BYOIPHostNameLookupUnavailable": "the name of the sending address could not be looked up",
    "Undetermined": "SES could not find out why",
    "SendingDeferral": "SES itself holds the mail back for a while",
}


def _day_and_time(text: str | None) -> str:
    try:
        return timestamps.normalized(text)[:16].replace("T", " ") + " UTC" if text else ""
    except ValueError:
        return ""


def _opened(fact: Told) -> str:
    if fact.get("shared"):
        return "The mail was opened; it went to several, and SES does not tell by whom."
    return "The mail was opened: its pictures were loaded."


def _clicked(fact: Told) -> str:
    return f"A link was followed: {fact.get('link', '')}"


def _unsubscribed(fact: Told) -> str:
    left = fact.get("subscription") or fact.get("list")
    return f"The recipient unsubscribed{f' from {left}' if left and left != '*' else ''}."


_MEANINGS: dict[TimelineEventType, Callable[[Told], str]] = {
    TimelineEventType.SENT: _plain("SES took the mail, and will try to deliver it."),
    TimelineEventType.DELIVERED: _plain(
        "The recipient's mail server took the mail. It may still sort it into a spam folder."
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


def _strongest(kind: TimelineEventType, said: Callable[[Told], bool] = bool) -> Callable[[Message], str]:
    """What the latest event of a kind meant: that is what the fate rests on."""

    def told(message: Message) -> str:
        facts = [fact for fact in timeline.in_order(message.timeline) if fact["kind"] == kind and said(fact)]
        return description(facts[-1])

    return told


def _why(text: str) -> Callable[[Message], str]:
    return lambda message: f"{text}: {message.reason or message.result or 'nobody wrote down why'}."


def _read_or_delivered(message: Message) -> str:
    facts = list(message.timeline.values())
    by_machines = bots.of(facts)
    people = {fact["kind"] for fact in facts if not any(fact is one for one in by_machines)}
    if people & bots.BY_HAND:
        return "The mail was delivered, and a person opened it."
    return (
        "The mail was delivered."
        if TimelineEventType.DELIVERED in people
        else "The mail arrived, by what was done with it."
    )


def _suppressed(message: Message) -> str:
    told = [fact for fact in timeline.in_order(message.timeline) if fact.get("subtype") in SUPPRESSED_SUBTYPES]
    return description(told[-1])


_SUMMARIES: dict[MessageStatus, Callable[[Message], str]] = {
    MessageStatus.SCHEDULED: lambda message: f"It waits to be sent at {_day_and_time(message.due_at)}.",
    MessageStatus.QUEUED: lambda message: (
        "It waits to be sent" + (f", after: {message.reason}." if message.reason else ".")
    ),
    MessageStatus.SENDING: _plain("It is being handed to SES."),
    MessageStatus.REFUSED: _why("It was not sent"),
    MessageStatus.FAILED: _why("It could not be sent"),
    MessageStatus.CANCELED: _plain("It was canceled before it was sent."),
    MessageStatus.SENT: _plain("SES took the mail, and tries to deliver it."),
    MessageStatus.DELAYED: _strongest(TimelineEventType.DELAYED),
    MessageStatus.SOFT_BOUNCED: _strongest(TimelineEventType.BOUNCED),
    MessageStatus.DELIVERED: _read_or_delivered,
    MessageStatus.REJECTED: _strongest(TimelineEventType.REJECTED),
    MessageStatus.SUPPRESSED: _suppressed,
    MessageStatus.BOUNCED: _strongest(TimelineEventType.BOUNCED, lambda fact: fact.get("type") == "Permanent"),
    MessageStatus.COMPLAINED: _strongest(TimelineEventType.COMPLAINED, spam_report),
}
