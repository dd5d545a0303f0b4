"""List email events: HubSpot's email events, read from their messages. The newest message comes first, with all its events. There is no
index of events, since it would cost more than the events themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import dropwhile

from msgspec import Struct

from functions.core import ids, timestamps
from functions.core.events import email_events, pagination
from functions.core.events.email_events import EmailEvent, EmailEventType
from functions.core.events.pagination import Cursor, Position
from functions.core.sending.send import Message
from functions.core.statistics import periods
from functions.ports.sending import BroadcastMessages, MessageIndex
from functions.ports.statistics import Counters
from functions.steps.events.search_messages import MessageQuery, SearchMessages

READ_MIN = 100  # messages read for one page of events
# A query without a recipient reads the messages accepted at most this long before its span. A recipient's messages are all read.
LOOK_BACK_MS = 7 * 86_400_000


class EventQuery(Struct, frozen=True, kw_only=True):
    """A time is in milliseconds since the epoch, and both ends are included. An absent value matches all."""

    start: int | None = None
    end: int | None = None
    recipients: tuple[str, ...] = ()  # spellings of one address
    email_id: int | None = None
    types: frozenset[EmailEventType] | None = None
    people_only: bool = False

    @property
    def messages(self) -> MessageQuery:
        """Returns the query for the messages that may have matching events."""
        since = None if self.start is None or self.recipients else max(0, self.start - LOOK_BACK_MS)
        return MessageQuery(
            since=None if since is None else timestamps.iso(since / 1000),
            until=None if self.end is None else timestamps.iso((self.end + 1) / 1000),
            recipients=self.recipients,
            email_id=self.email_id,
        )

    def matches(self, event: EmailEvent) -> bool:
        return (
            (self.start is None or event.created >= self.start)
            and (self.end is None or event.created <= self.end)
            and (self.types is None or event.type in self.types)
            and not (self.people_only and event.filtered)
        )


class EventPage(Struct, frozen=True):
    events: list[EmailEvent]
    after: Cursor | None  # None at the end


class ListEmailEvents(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    search: SearchMessages
    messages: MessageIndex
    of_broadcasts: BroadcastMessages
    metrics: Counters

    def page(self, query: EventQuery, after: Cursor | None, limit: int) -> EventPage:
        """A page may have fewer events than `limit`, or none, and a next page all the same."""
        events: list[EmailEvent] = []
        if query.types is not None and not query.types:
            return EventPage(events, None)
        unfinished = self.messages.read([after.position]) if after and after.part else []
        page = self.search(query.messages, after.position if after else None, max(limit, READ_MIN))
        for message in [*unfinished, *page.messages]:
            for event in _unread(message, after):
                events += [event] if query.matches(event) else []
                if len(events) == limit:
                    return EventPage(self._with_copies(events), Cursor(pagination.position_of(message), event.id))
        return EventPage(self._with_copies(events), Cursor(page.next_cursor) if page.next_cursor else None)

    def get(self, created: int, event_id: str) -> EmailEvent | None:
        """Reads the time of acceptance from the id, and the emails of that day from the counters."""
        try:
            accepted_at = timestamps.iso(ids.event_accepted(event_id) / 1000)
        except (ValueError, OverflowError, OSError):
            return None
        events = (event for message in self._accepted(accepted_at) for event in email_events.of(message))
        match = next((event for event in events if (event.id, event.created) == (event_id.lower(), created)), None)
        return self._with_copies([match])[0] if match else None

    def _with_copies(self, events: Sequence[EmailEvent]) -> list[EmailEvent]:
        """Adds the cc and bcc to each send's own event. Only sends to several recipients cost a read."""
        positions = {
            Position(event.message.accepted_at, event.message.key.send_id, number)
            for event in events
            if event.type is EmailEventType.SENT and event.message.recipients > 1
            for number in range(event.message.recipients)
        }
        by_send: dict[str, list[Message]] = {}
        for message in sorted(self.messages.read(sorted(positions)), key=pagination.position_of):
            by_send.setdefault(message.key.send_id, []).append(message)
        return [
            email_events.with_copies(event, by_send[event.message.key.send_id])
            if event.type is EmailEventType.SENT and event.message.key.send_id in by_send
            else event
            for event in events
        ]

    def _accepted(self, at: str) -> Iterator[Message]:
        emails = self.metrics.emails(periods.day(at), periods.day(at))
        singles = (self.messages.of_email(email_id, at, at) for email_id in emails)
        for listed in (self.of_broadcasts(frozenset(emails), at, at), *singles):
            yield from self.messages.read(list(listed))


def _unread(message: Message, after: Cursor | None) -> list[EmailEvent]:
    """Returns a message's events after the cursor. Events that are recorded between two pages are left out."""
    events = email_events.of(message)
    if after is None or not after.part or pagination.position_of(message) != after.position:
        return events
    return list(dropwhile(lambda event: event.id != after.part, events))[1:]
