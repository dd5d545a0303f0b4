"""List events: HubSpot's email events out of the messages that they are of. Messages come the newest first and each with its events, since
there is no index of events: it would be the dearest thing about them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import dropwhile

from msgspec import Struct

from functions.core import ids, timestamps
from functions.core.events import email_events, pagination
from functions.core.events.email_events import EmailEvent, EmailEventType
from functions.core.events.pagination import Cursor
from functions.core.sending.send import Message
from functions.core.statistics import periods
from functions.ports.sending import MessageIndex
from functions.ports.statistics import Counters
from functions.steps.events.search_messages import MessageQuery, SearchMessages

READ = 100  # messages at least, to find the events of a page in
# Of mail to everybody, events are looked for in what was accepted this long before the span; a recipient's mail is looked through whole.
LOOK_BACK_MS = 7 * 86_400_000


class EventQuery(Struct, frozen=True, kw_only=True):
    """Times are milliseconds since the epoch, both ends included; None or nothing: any."""

    start: int | None = None
    end: int | None = None
    recipients: tuple[str, ...] = ()  # spellings of one address
    email_id: int | None = None
    types: frozenset[EmailEventType] = frozenset()
    people_only: bool = False

    @property
    def question(self) -> MessageQuery:
        """Which messages may have such events."""
        since = None if self.start is None or self.recipients else max(0, self.start - LOOK_BACK_MS)
        return MessageQuery(
            since=None if since is None else timestamps.iso(since / 1000),
            until=None if self.end is None else timestamps.iso((self.end + 1) / 1000),
            recipients=self.recipients,
            email_id=self.email_id,
        )

    def fits(self, event: EmailEvent) -> bool:
        return (
            (self.start is None or event.created >= self.start)
            and (self.end is None or event.created <= self.end)
            and (not self.types or event.type in self.types)
            and not (self.people_only and event.filtered)
        )


class EventPage(Struct, frozen=True):
    events: list[EmailEvent]
    after: Cursor | None  # None: this is all


class ListEmailEvents(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    search: SearchMessages
    listings: MessageIndex
    metrics: Counters

    def page(self, asked: EventQuery, after: Cursor | None, limit: int) -> EventPage:
        """It may have less than the limit, or nothing, and there is more all the same."""
        found: list[EmailEvent] = []
        begun = self.listings.read([after.position]) if after and after.part else []
        page = self.search(asked.question, after.position if after else None, max(limit, READ))
        for message in [*begun, *page.messages]:
            for event in _unread(message, after):
                found += [event] if asked.fits(event) else []
                if len(found) == limit:
                    return EventPage(found, Cursor(pagination.position_of(message), event.id))
        return EventPage(found, Cursor(page.next_cursor) if page.next_cursor else None)

    def get(self, created: int, event_id: str) -> EmailEvent | None:
        """The id tells when its message was accepted, and the counters which emails were sent that day."""
        try:
            accepted_at = timestamps.iso(ids.event_accepted(event_id) / 1000)
        except (ValueError, OverflowError, OSError):
            return None
        events = (event for message in self._accepted(accepted_at) for event in email_events.of(message))
        return next((event for event in events if (event.id, event.created) == (event_id.lower(), created)), None)

    def _accepted(self, at: str) -> Iterator[Message]:
        for email_id in self.metrics.emails(periods.day(at), periods.day(at)):
            yield from self.listings.read(list(self.listings.of_email(email_id, at, at)))


def _unread(message: Message, after: Cursor | None) -> list[EmailEvent]:
    """The events of a message that were not told yet: those that came since are not part of this list any more."""
    events = email_events.of(message)
    if after is None or not after.part or pagination.position_of(message) != after.position:
        return events
    return list(dropwhile(lambda event: event.id != after.part, events))[1:]
