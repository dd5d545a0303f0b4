"""Measure: changes of messages → counters, each change once, a whole batch in a handful of writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from functions.core import timestamps
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
from functions.ports.statistics import Counters

TAGS_MAX = 100  # that are counted apart, of the messages accepted in one day: callers choose them

Cells = Mapping[CounterKey, list[Increment]]


def measure(shard: str, changes: Sequence[Change], *, metrics: Counters, clock: Clock) -> None:
    """Count a batch of one shard's changes, in their order. Raises Retry where another worker had the same batch meanwhile: it may then
    come again, whole or cut anew; what was counted stays counted once.
    """
    counted = [change for change in changes if not _expired(change)]
    messages = [message for change in counted if (message := change.after or change.before)]
    for cell, increments in count_by_key(counted, _reserve_tags(messages, metrics)).items():
        for addition in additions(metrics.get(cell, shard), shard, increments, clock()):
            metrics.add(cell, shard, addition)


def count_by_key(changes: Sequence[Change], tags: Mapping[str, frozenset[str]]) -> Cells:
    """What changes count, by cell. The account's come first: they list the emails, and one that is listed too early is harmless, one not listed would be lost."""
    found: dict[CounterKey, list[Increment]] = defaultdict(list)
    for change in changes:
        message = change.after or change.before
        difference = counters.change(change.before, change.after)
        if message and difference:
            _count(
                found, Subject(SubjectType.ACCOUNT), message, Increment(change.sequence, difference, message.email_id)
            )
            for subject in _subjects(message, tags):
                _count(found, subject, message, Increment(change.sequence, difference))
        links = counters.link_change(change.before, change.after)
        if message and links:
            cell = CounterKey(Subject(SubjectType.LINKS, str(message.email_id)), periods.day(message.accepted_at))
            found[cell].append(Increment(change.sequence, links))
    return found


def _count(cells: dict[CounterKey, list[Increment]], subject: Subject, message: Message, increment: Increment) -> None:
    cells[CounterKey(subject, timestamps.hour(message.accepted_at))].append(increment)
    cells[CounterKey(subject, periods.day(message.accepted_at))].append(increment)


def _subjects(message: Message, admitted: Mapping[str, frozenset[str]]) -> Iterator[Subject]:
    """Beside the account: a message counts once for its email, and once for each of its tags."""
    yield Subject(SubjectType.EMAIL, str(message.email_id))
    known = admitted.get(periods.day(message.accepted_at), frozenset())
    for tag in sorted({tag if tag in known else OTHER for tag in _tags(message)}):
        yield Subject(SubjectType.TAG, tag)


def _reserve_tags(messages: Sequence[Message], metrics: Counters) -> dict[str, frozenset[str]]:
    """Which tags are counted apart, by day. The first so many are; once they are full they stay so, and nothing changes sides."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for message in messages:
        if message.tags:
            wanted[periods.day(message.accepted_at)].update(_tags(message))
    return {day: metrics.reserve_tags(day, frozenset(tags), TAGS_MAX) for day, tags in wanted.items()}


def _tags(message: Message) -> list[str]:
    return [f"{name}={value}" for name, value in message.tags.items()]


def _expired(change: Change) -> bool:
    """A message that expired has counted, and goes on counters. One that no worker ever touched was undone by accept: it never was."""
    before = change.before
    return (
        change.after is None
        and before is not None
        and (before.state not in {State.SCHEDULED, State.QUEUED} or before.attempts > 0)
    )
