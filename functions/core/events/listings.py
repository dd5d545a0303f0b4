"""Listings: the index of messages by email, as items that measure writes for each batch of the sends table's stream.

A listing has the positions of some messages of an email, within a few seconds. So a reader of an email's listings, by
their newest message, has all positions in their exact order, and holds the positions of a few seconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import groupby
from operator import attrgetter

from msgspec import Struct

from functions.core import ids, timestamps
from functions.core.events import pagination
from functions.core.events.pagination import Position
from functions.core.sending.send import Message

SPAN_SECONDS = 10  # from the oldest message of a listing to its newest
POSITIONS_MAX = 500  # in a listing: some 8 KB

_accepted_at = attrgetter("accepted_at")


class MessageListing(Struct, frozen=True):
    email_id: int
    positions: Sequence[Position]  # in order, the oldest first
    retained_from: str  # the latest of its messages

    @property
    def newest(self) -> str:
        return self.positions[-1].accepted_at

    @property
    def digest(self) -> str:
        """Names the listing by its messages: a repeated write changes nothing, and no listing replaces another."""
        return ids.digest(*(f"{one.accepted_at} {one.send_id} {one.recipient}" for one in self.positions))


def of_messages(messages: Iterable[Message]) -> list[MessageListing]:
    """Returns the listings of messages, which come in any order. A broadcast lists its own messages by its pages."""
    emails: dict[int, dict[Position, Message]] = defaultdict(dict)
    for message in messages:
        if not message.broadcast:
            emails[message.email_id][pagination.position_of(message)] = message
    return [
        MessageListing(email_id, part, max(of_email[position].retained_from for position in part))
        for email_id, of_email in emails.items()
        for part in _parts(sorted(of_email))
    ]


def newest_first(listed: Iterable[Sequence[Position]], since: str, until: str) -> Iterator[Position]:
    """Merges the positions of listings, which come with the latest `newest` first. Both ends are included, and each position comes once."""
    return _merged(listed, since, until, newest_first=True)


def oldest_first(listed: Iterable[Sequence[Position]], since: str, until: str) -> Iterator[Position]:
    """Merges the positions of listings, which come with the earliest `newest` first. Both ends are included, and each position comes once."""
    return _merged(listed, since, until, newest_first=False)


def _parts(positions: Sequence[Position]) -> Iterator[Sequence[Position]]:
    start, last = 0, ""
    for number, position in enumerate(positions):
        if number > start and (position.accepted_at > last or number - start == POSITIONS_MAX):
            yield positions[start:number]
            start = number
        if number == start:
            last = timestamps.shifted(position.accepted_at, SPAN_SECONDS)
    if positions:
        yield positions[start:]


def _merged(listed: Iterable[Sequence[Position]], since: str, until: str, *, newest_first: bool) -> Iterator[Position]:
    return (position for position, _ in groupby(_in_order(listed, since, until, newest_first=newest_first)))


def _in_order(
    listed: Iterable[Sequence[Position]], since: str, until: str, *, newest_first: bool
) -> Iterator[Position]:
    """Yields a position as soon as no further listing can have one before it."""
    waiting: list[Sequence[Position]] = []
    for positions in listed:
        waiting.append(_between(positions, since, until))
        ready, waiting = _split(waiting, positions[-1].accepted_at, newest_first=newest_first)
        yield from _sorted(ready, newest_first=newest_first)
    yield from _sorted(waiting, newest_first=newest_first)


def _between(positions: Sequence[Position], since: str, until: str) -> Sequence[Position]:
    return positions[bisect_left(positions, since, key=_accepted_at) : bisect_right(positions, until, key=_accepted_at)]


def _split(
    parts: Sequence[Sequence[Position]], newest: str, *, newest_first: bool
) -> tuple[list[Sequence[Position]], list[Sequence[Position]]]:
    """Returns what comes before any listing behind the one with this `newest`, and what may not."""
    if newest_first:
        at = [bisect_right(part, newest, key=_accepted_at) for part in parts]
        waiting = [part[:end] for part, end in zip(parts, at, strict=True) if end]
        return [part[end:] for part, end in zip(parts, at, strict=True)], waiting
    oldest = timestamps.shifted(newest, -SPAN_SECONDS)
    at = [bisect_left(part, oldest, key=_accepted_at) for part in parts]
    waiting = [part[start:] for part, start in zip(parts, at, strict=True) if start < len(part)]
    return [part[:start] for part, start in zip(parts, at, strict=True)], waiting


def _sorted(parts: Sequence[Sequence[Position]], *, newest_first: bool) -> Iterator[Position]:
    return merge(*(part[::-1] if newest_first else part for part in parts), reverse=newest_first)
