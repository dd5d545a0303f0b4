"""Search messages, the newest first, by recipient, by email or by time only, and filter them.

There is an index by recipient. Measure lists the messages of each email, without those of broadcasts, whose own pages do. An index by time
would cost another write for each message, so a search by time only reads the emails of each day from the counters, and merges their
messages. Filters are applied to the messages, and one call reads a bounded number. So a page may have fewer messages than its limit, or
none, and a next page all the same.
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
from functions.ports.sending import BroadcastMessages, MessageIndex
from functions.ports.statistics import Counters

READ_BATCH = 100  # messages read at a time
READ_MAX = 500  # messages read in one call
DAYS_MAX = 100  # days read in one call
EMAILS_MAX = 500  # with sends on one day: each is a query
DAY_SECONDS = 86400
SCHEDULE_MARGIN_DAYS = 13  # a scheduled send's retention begins when it is due, so its message may be older


class MessageQuery(Struct, frozen=True, kw_only=True):
    """A time is ISO-8601 text as stored, and `until` is not part of the span. An empty value, or None, matches all."""

    since: str | None = None
    until: str | None = None
    recipients: tuple[str, ...] = ()  # spellings of one address
    email_id: int | None = None
    accepted_by: str | None = None
    statuses: frozenset[MessageStatus] = field(default=frozenset())
    subject: str = ""  # a part of it, in any case

    @property
    def has_filters(self) -> bool:
        """Returns whether the indexes may list messages that do not match."""
        return bool(
            self.statuses or self.accepted_by or self.subject or (self.recipients and self.email_id is not None)
        )

    def matches(self, message: Message) -> bool:
        return (
            self.email_id in {None, message.email_id}
            and self.accepted_by in {None, message.accepted_by}
            and (not self.statuses or message_history.status_of(message) in self.statuses)
            and self.subject.casefold() in message_history.subject(message).casefold()
        )


class MessageResults(Struct, frozen=True):
    messages: list[Message]
    next_cursor: Position | None  # None at the end


class SearchMessages(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    messages: MessageIndex
    of_broadcasts: BroadcastMessages
    metrics: Counters
    clock: Clock
    retention_days: int

    def __call__(self, query: MessageQuery, after: Position | None, limit: int) -> MessageResults:
        """`after` is the next_cursor of the page before. Raises Rejected if too many emails were sent on a day."""
        if query.recipients or query.email_id is not None:
            return self._page(query, self._indexed(query, after), limit)
        days = self._days(query, after)
        page = self._page(query, self._of_days(query, after, days[:DAYS_MAX]), limit)
        if page.next_cursor or len(days) <= DAYS_MAX:
            return page
        return replace(page, next_cursor=pagination.start_of(f"{days[DAYS_MAX - 1]}T00:00:00.000Z"))

    def _page(self, query: MessageQuery, listed: Iterator[Position], limit: int) -> MessageResults:
        messages: list[Message] = []
        examined = 0
        while batch := list(islice(listed, READ_BATCH if query.has_filters else limit - len(messages))):
            for message in self.messages.read(batch):
                messages += [message] if query.matches(message) else []
                if len(messages) == limit:
                    more = batch[-1] != pagination.position_of(message) or next(listed, None)
                    return MessageResults(messages, pagination.position_of(message) if more else None)
            examined += len(batch)
            if examined >= READ_MAX:
                return MessageResults(messages, batch[-1])
        return MessageResults(messages, None)

    def _indexed(self, query: MessageQuery, after: Position | None) -> Iterator[Position]:
        lists: list[Iterator[Position]]
        if query.recipients:
            lists = [
                self.messages.of_address(address, *_span(query.since, query.until, after))
                for address in query.recipients
            ]
        else:
            email_id, span = query.email_id or 0, _span(query.since, query.until, after)
            lists = [self.messages.of_email(email_id, *span), self.of_broadcasts([email_id], *span)]
        return _before(after, lists)

    def _of_days(self, query: MessageQuery, after: Position | None, days: Sequence[str]) -> Iterator[Position]:
        for day in days:
            since = max(query.since or "", f"{day}T00:00:00.000Z")
            until = min(query.until or periods.LAST, f"{_following(day)}T00:00:00.000Z")
            emails = self.metrics.emails(day, day)
            if len(emails) > EMAILS_MAX:
                raise Rejected([FieldError("emailId", _too_many(day, len(emails)), "REQUIRED_FIELD")])
            span = _span(since, until, after)
            lists = [
                *(self.messages.of_email(email_id, *span) for email_id in emails),
                self.of_broadcasts(frozenset(emails), *span),
            ]
            yield from _before(after, lists)

    def _days(self, query: MessageQuery, after: Position | None) -> list[str]:
        """Returns the days that may have messages within the retention, the last first."""
        now = self.clock()
        retained_since = timestamps.iso(now - (self.retention_days + SCHEDULE_MARGIN_DAYS) * DAY_SECONDS)
        first = date.fromisoformat(periods.day(max(query.since or "", retained_since)))
        ends = [
            timestamps.iso(now),
            *([query.until] if query.until else []),
            *([after.accepted_at] if after else []),
        ]
        last = date.fromisoformat(periods.day(min(ends)))
        return [(last - timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]


def _span(since: str | None, until: str | None, after: Position | None) -> tuple[str, str]:
    """Returns the first and the last time of the span, both included."""
    ends = [_previous(until) if until else periods.LAST, after.accepted_at if after else periods.LAST]
    return since or periods.FIRST, min(ends)


def _too_many(day: str, emails: int) -> str:
    return f"is needed, or a recipient: {emails} emails were sent on {day}, and the messages of {EMAILS_MAX} at most are merged"


def _previous(at: str) -> str:
    """Returns the millisecond before."""
    return at if at >= periods.LAST else timestamps.shifted(at, -0.001)


def _following(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _before(after: Position | None, lists: Sequence[Iterator[Position]]) -> Iterator[Position]:
    """Merges lists, and yields each position after the cursor once."""
    last = after
    for position in merge(*lists, reverse=True):
        if last is None or position < last:
            yield position
            last = position
