"""Listings: whatever batches the messages came in, their positions are read in their order, each once, and not before they are needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core import timestamps
from functions.core.events import listings, pagination
from functions.core.events.listings import POSITIONS_MAX, SPAN_SECONDS, MessageListing
from functions.core.events.pagination import Position
from functions.core.sending.send import Message
from functions.core.statistics.periods import FIRST, LAST
from tests.support.examples import NOON, a_message


def at(seconds: float) -> str:
    return timestamps.iso(NOON + seconds)


def message(number: int, seconds: float, **changed: Any) -> Message:
    return a_message(f"s-{number}", accepted_at=at(seconds), **changed)


# Batches of two shards, each a batch of seconds after noon. The seconds of a batch may be far apart, and batches may be repeated.
SECONDS = st.integers(0, 60_000).map(lambda milliseconds: milliseconds / 1000) | st.integers(0, 60).map(float)
BATCHES = st.lists(st.lists(SECONDS, max_size=12), max_size=8)


def batches_of(batches: Sequence[Sequence[float]]) -> list[list[Message]]:
    numbers = iter(range(1000))
    return [[message(next(numbers), seconds) for seconds in batch] for batch in batches]


def by_newest(stored: Sequence[MessageListing]) -> list[Sequence[Position]]:
    return [one.positions for one in sorted(stored, key=lambda one: (one.newest, one.digest))]


@given(BATCHES, st.data())
def test_positions_are_read_in_order_and_once(batches: list[list[float]], data: st.DataObject) -> None:
    sent = batches_of(batches)
    repeated = [batch[data.draw(st.integers(0, len(batch))) :] for batch in sent]
    stored = by_newest([one for batch in (*sent, *repeated) for one in listings.of_messages(batch)])
    since, until = sorted([at(data.draw(SECONDS)), at(data.draw(SECONDS))])
    positions = sorted(pagination.position_of(one) for batch in sent for one in batch)
    within = [one for one in positions if since <= one.accepted_at <= until]
    read = [one for one in stored if since <= one[-1].accepted_at <= timestamps.shifted(until, SPAN_SECONDS)]

    assert list(listings.oldest_first(stored, FIRST, LAST)) == positions
    assert list(listings.newest_first(stored[::-1], FIRST, LAST)) == positions[::-1]
    assert list(listings.oldest_first(read, since, until)) == within
    assert list(listings.newest_first(read[::-1], since, until)) == within[::-1]


@given(BATCHES)
def test_a_listing_spans_a_few_seconds(batches: list[list[float]]) -> None:
    for batch in batches_of(batches):
        for one in listings.of_messages(batch):
            assert list(one.positions) == sorted(one.positions)
            assert one.newest <= timestamps.shifted(one.positions[0].accepted_at, SPAN_SECONDS)


@given(BATCHES)
def test_the_same_messages_make_the_same_listings_in_any_order(batches: list[list[float]]) -> None:
    for batch in batches_of(batches):
        assert listings.of_messages(batch[::-1]) == listings.of_messages(batch)
        assert [one.digest for one in listings.of_messages([*batch, *batch])] == [
            one.digest for one in listings.of_messages(batch)
        ]


def test_other_messages_of_one_time_have_another_digest() -> None:
    """A batch may come again in other parts: none of them replaces what another one listed."""
    whole, part = listings.of_messages([message(1, 0), message(2, 0)]), listings.of_messages([message(2, 0)])
    assert [one.newest for one in whole] == [one.newest for one in part]
    assert [one.digest for one in whole] != [one.digest for one in part]


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_reader_reads_few_listings(newest_first: bool) -> None:
    """An hour has 1,200 listings here, and those of a few seconds are enough for its first position."""
    stored = by_newest([one for second in range(0, 3600, 3) for one in listings.of_messages([message(second, second)])])
    read: list[Sequence[Position]] = []

    def reading() -> Iterator[Sequence[Position]]:
        for one in stored[::-1] if newest_first else stored:
            read.append(one)
            yield one

    listed = listings.newest_first if newest_first else listings.oldest_first
    assert next(listed(reading(), FIRST, LAST)) == (stored[-1] if newest_first else stored[0])[0]
    assert len(read) == (2 if newest_first else SPAN_SECONDS // 3 + 2)


def test_a_large_batch_has_several_listings() -> None:
    parts = listings.of_messages(message(number, number / 1000) for number in range(2 * POSITIONS_MAX + 1))
    assert [len(one.positions) for one in parts] == [POSITIONS_MAX, POSITIONS_MAX, 1]


def test_each_email_has_listings_of_its_own() -> None:
    parts = listings.of_messages([message(1, 0, email_id=7), message(2, 0, email_id=8), message(3, 1, email_id=7)])
    assert [(one.email_id, len(one.positions)) for one in parts] == [(7, 2), (8, 1)]


def test_a_listing_is_retained_with_its_latest_message() -> None:
    (listing,) = listings.of_messages([message(1, 0, due_at=at(86_400)), message(2, 5)])
    assert listing.retained_from == at(86_400)


def test_nothing_is_listed_without_messages() -> None:
    assert listings.of_messages([]) == []
    assert list(listings.newest_first([], FIRST, LAST)) == []
