"""Measure: changes of messages → counters, and the index of messages by email. Each change counts once, and a batch takes a handful of
writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from functions.core import timestamps
from functions.core.events.listings import of_messages
from functions.core.sending.send import Message, State
from functions.core.statistics import counters, periods
from functions.core.statistics.counter_updates import (
    OTHER,
    Change,
    CounterKey,
    Increment,
    Subject,
    SubjectType,
    additions,
)
from functions.ports import Clock
from functions.ports.sending import MessageListings
from functions.ports.statistics import Counters

TAGS_MAX = 100  # with counters of their own, for the messages accepted in one day: callers choose the tags

Increments = Mapping[CounterKey, list[Increment]]


def measure(
    shard: str, changes: Sequence[Change], *, listings: MessageListings, metrics: Counters, clock: Clock
) -> None:
    """Lists the new messages of a batch of one shard's changes, and then counts the changes, in their order: the sweep looks for what is
    counted among what is listed. Raises Retry if another worker counted the same batch concurrently. A retry of it, whole or in other
    parts, lists and counts nothing twice.
    """
    listings.add(of_messages(_new_messages(changes)))
    counted = [change for change in changes if not _expired(change)]
    messages = [message for change in counted if (message := change.after or change.before)]
    for key, increments in count_by_key(counted, _reserve_tags(messages, metrics)).items():
        for addition in additions(metrics.get(key, shard), shard, increments, clock()):
            metrics.add(key, shard, addition)


def _new_messages(changes: Sequence[Change]) -> Iterator[Message]:
    """Yields the messages that no earlier change had at their time of acceptance. A corrected request gives its message a new one."""
    for change in changes:
        before, after = change.before, change.after
        if after and (before is None or before.accepted_at != after.accepted_at):
            yield after


def count_by_key(changes: Sequence[Change], tags: Mapping[str, frozenset[str]]) -> Increments:
    """Groups the increments of changes by counter. The account's come first, since they list the emails: an email that is listed too early
    is harmless, and one that is not listed would be lost.
    """
    increments: dict[CounterKey, list[Increment]] = defaultdict(list)
    for change in changes:
        message = change.after or change.before
        difference = change.counted
        if message and difference:
            account = Increment(change.sequence, difference, message.email_id)
            _append(increments, Subject(SubjectType.ACCOUNT), message, account)
            for subject in _subjects(message, tags):
                _append(increments, subject, message, Increment(change.sequence, difference))
        links = counters.link_change(change.before, change.after)
        if message and links:
            key = CounterKey(Subject(SubjectType.LINKS, str(message.email_id)), periods.day(message.accepted_at))
            increments[key].append(Increment(change.sequence, links))
    return increments


def _append(
    increments: dict[CounterKey, list[Increment]], subject: Subject, message: Message, increment: Increment
) -> None:
    increments[CounterKey(subject, timestamps.hour(message.accepted_at))].append(increment)
    increments[CounterKey(subject, periods.day(message.accepted_at))].append(increment)


def _subjects(message: Message, reserved: Mapping[str, frozenset[str]]) -> Iterator[Subject]:
    """Yields the message's email and each of its tags. The account is counted apart."""
    yield Subject(SubjectType.EMAIL, str(message.email_id))
    tags = reserved.get(periods.day(message.accepted_at), frozenset())
    for tag in sorted({tag if tag in tags else OTHER for tag in _tags(message)}):
        yield Subject(SubjectType.TAG, tag)


def _reserve_tags(messages: Sequence[Message], metrics: Counters) -> dict[str, frozenset[str]]:
    """Returns the tags with counters of their own, by day. The first TAGS_MAX of a day keep theirs, and later ones count as OTHER."""
    by_day: dict[str, set[str]] = defaultdict(set)
    for message in messages:
        if message.tags:
            by_day[periods.day(message.accepted_at)].update(_tags(message))
    return {day: metrics.reserve_tags(day, frozenset(tags), TAGS_MAX) for day, tags in by_day.items()}


def _tags(message: Message) -> list[str]:
    return [f"{name}={value}" for name, value in message.tags.items()]


def _expired(change: Change) -> bool:
    """Returns whether the message expired: it still counts. A message that no worker ever claimed was rolled back by accept, and counts no
    longer.
    """
    before = change.before
    return (
        change.after is None
        and before is not None
        and (before.state not in {State.SCHEDULED, State.QUEUED} or before.attempts > 0)
    )
