"""Search: messages, the newest first, by recipient, by email or by time alone, and what else is asked of them.

An index answers for a recipient or an email. For time alone there is none, since it would cost another write with every message: the
counters tell which emails counted on a day, and their messages are merged. What is asked for beyond that is looked for in the messages
themselves, a bounded number in one call: so a page may have less than was asked for, or nothing, and there is more all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from heapq import merge
from itertools import islice

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.errors import FieldError, Rejected
from functions.core.events import message_history, pagination
from functions.core.events.message_history import MessageStatus
from functions.core.events.pagination import Position
from functions.core.sending.send import Message
from functions.core.statistics import periods
from functions.ports import Clock
from functions.ports.sending import MessageIndex
from functions.ports.statistics import Counters

READ_BATCH = 100  # messages at a time
READ_MAX = 500  # in one call
DAYS_MAX = 100  # that are looked into in one call
EMAILS_MAX = 500  # of one day: each is a query
DAY_SECONDS = 86400
SCHEDULE_MARGIN_DAYS = 13  # that some are kept beyond the retention, which a send for later begins when it is due


class MessageQuery(Struct, frozen=True, kw_only=True):
    """Instants are ISO-8601 text as stored; `until` is not part of the span. None or nothing: any."""

    since: str | None = None
    until: str | None = None
    recipients: tuple[str, ...] = ()  # spellings of one address
    email_id: int | None = None
    accepted_by: str | None = None
    fates: frozenset[MessageStatus] = field(default=frozenset())

    @property
    def has_filters(self) -> bool:
        """Whether some messages that are listed may not be what is asked for."""
        return bool(self.fates or self.accepted_by or (self.recipients and self.email_id is not None))

    def matches(self, message: Message) -> bool:
        return (
            self.email_id in {None, message.email_id}
            and self.accepted_by in {None, message.accepted_by}
            and (not self.fates or message_history.status_of(message) in self.fates)
        )


class MessageResults(Struct, frozen=True):
    messages: list[Message]
    next_cursor: Position | None  # None: this is all


class SearchMessages(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    listings: MessageIndex
    metrics: Counters
    clock: Clock
    retention_days: int

    def __call__(self, question: MessageQuery, after: Position | None, limit: int) -> MessageResults:
        """`after`: the place of what was told last. Raises Rejected for days with the messages of too many emails."""
        if question.recipients or question.email_id is not None:
            return self._page(question, self._indexed(question, after), limit)
        days = self._days(question, after)
        page = self._page(question, self._of_days(question, after, days[:DAYS_MAX]), limit)
        if page.next_cursor or len(days) <= DAYS_MAX:
            return page
        return replace(page, next_cursor=pagination.start_of(f"{days[DAYS_MAX - 1]}T00:00:00.000Z"))

    def _page(self, question: MessageQuery, listed: Iterator[Position], limit: int) -> MessageResults:
        found: list[Message] = []
        examined = 0
        while batch := list(islice(listed, READ_BATCH if question.has_filters else limit - len(found))):
            for message in self.listings.read(batch):
                found += [message] if question.matches(message) else []
                if len(found) == limit:
                    more = batch[-1] != pagination.position_of(message) or next(listed, None)
                    return MessageResults(found, pagination.position_of(message) if more else None)
            examined += len(batch)
            if examined >= READ_MAX:
                return MessageResults(found, batch[-1])
        return MessageResults(found, None)

    def _indexed(self, question: MessageQuery, after: Position | None) -> Iterator[Position]:
        lists: list[Iterator[Position]]
        if question.recipients:
            lists = [
                self.listings.of_address(address, *_span(question.since, question.until, after))
                for address in question.recipients
            ]
        else:
            lists = [self.listings.of_email(question.email_id or 0, *_span(question.since, question.until, after))]
        return _before(after, lists)

    def _of_days(self, question: MessageQuery, after: Position | None, days: Sequence[str]) -> Iterator[Position]:
        for day in days:
            since = max(question.since or "", f"{day}T00:00:00.000Z")
            until = min(question.until or periods.LAST, f"{_following(day)}T00:00:00.000Z")
            emails = self.metrics.emails(day, day)
            if len(emails) > EMAILS_MAX:
                raise Rejected([FieldError("emailId", _too_many(day, len(emails)), "REQUIRED_FIELD")])
            yield from _before(
                after, [self.listings.of_email(email_id, *_span(since, until, after)) for email_id in emails]
            )

    def _days(self, question: MessageQuery, after: Position | None) -> list[str]:
        """From the last that may have messages to the first, as far as messages are kept."""
        now = self.clock()
        kept_since = timestamps.iso(now - (self.retention_days + SCHEDULE_MARGIN_DAYS) * DAY_SECONDS)
        first = date.fromisoformat(periods.day(max(question.since or "", kept_since)))
        ends = [
            timestamps.iso(now),
            *([question.until] if question.until else []),
            *([after.accepted_at] if after else []),
        ]
        last = date.fromisoformat(periods.day(min(ends)))
        return [(last - timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]


def _span(since: str | None, until: str | None, after: Position | None) -> tuple[str, str]:
    """From one instant to another, both included."""
    ends = [_previous(until) if until else periods.LAST, after.accepted_at if after else periods.LAST]
    return since or periods.FIRST, min(ends)


def _too_many(day: str, emails: int) -> str:
    return f"is needed, or a recipient: {emails} emails were sent on {day}, and the messages of {EMAILS_MAX} at most are merged"


def _previous(at: str) -> str:
    """The last instant before one."""
    return at if at >= periods.LAST else timestamps.iso(timestamps.parse(at) - 0.001)


def _following(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _before(after: Position | None, lists: Sequence[Iterator[Position]]) -> Iterator[Position]:
    """Several lists as one, each message once, from a place on."""
    last = after
    for place in merge(*lists, reverse=True):
        if last is None or place < last:
            yield place
            last = place
