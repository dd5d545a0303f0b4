"""Simulates a day of 20,000 messages: opens and clicks of people and machines, bounces and complaints. Events are doubled and shuffled,
shards of the stream run side by side, batches are repeated in other parts, and workers are killed at any write. The counters equal the
truth, and few writes are made.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from functions.core import ids, timestamps
from functions.core.events import pagination
from functions.core.events.listings import SPAN_SECONDS, MessageListing
from functions.core.events.timeline import TimelineEvent
from functions.core.events.timeline import TimelineEventType as What
from functions.core.outcomes import SendResult
from functions.core.sending.send import Message, MessageKey, State
from functions.core.statistics import counters, links, periods
from functions.core.statistics.counter_updates import Change, Subject, SubjectType
from functions.core.statistics.periods import FIRST, LAST, DateRange
from functions.steps.events.record import RecordEvents
from functions.steps.statistics.measure import measure
from functions.steps.statistics.rebuild import RebuildCounters
from tests.fakes import Clock, Killed
from tests.fakes.contacts import MemoryContacts
from tests.fakes.events import MemoryEventArchive
from tests.fakes.sending import MemoryListings, MemoryMessageIndex, MemorySends
from tests.fakes.statistics import MemoryCounters
from tests.fakes.tokens import MemorySmtpTokens
from tests.support.examples import NOON, a_message

MESSAGES, SHARDS, CAMPAIGNS, BATCH = 20_000, 6, 5, 1000
DAY = 86_400
FIRST_DAY, LAST_DAY = periods.day(timestamps.iso(NOON)), periods.day(timestamps.iso(NOON + DAY))
AGENTS = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Thunderbird/142.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Mozilla/5.0",
    "Barracuda Sentinel (EE)",
]
LINKS = [f"https://shop.example/{page}?who=%s" for page in ("order", "terms", "help")]


Day = tuple[dict[str, list[Change]], list[Message], "DyingCounters", "DyingListings"]
Count = Callable[[Message | None], Counter[str]]


@pytest.fixture(scope="module", autouse=True)
def _each_image_is_counted_once() -> Iterator[None]:
    """The image after a change is the image before the next one, and counting it is pure."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (counters, links):
            patch.setattr(module, "of", cached(module.of))
        yield


def cached(count: Count) -> Count:
    """Caches the result for the latest image of each message."""
    latest: dict[MessageKey, tuple[Message, Counter[str]]] = {}

    def count_once(message: Message | None) -> Counter[str]:
        if message is None:
            return count(message)
        image, result = latest.get(message.key, (None, Counter[str]()))
        if image is not message:
            result = count(message)
            latest[message.key] = message, result
        return result

    return count_once


@pytest.fixture(scope="module")
def the_day() -> Day:
    """Returns the changes of each shard, the last image of each message, the counters and the listings."""
    chance = random.Random(6)  # noqa: S311 - a seed, so that a failure can be repeated
    shards, final = day(chance)
    metrics, listings = DyingCounters(chance), DyingListings()
    run(chance, shards, metrics, listings)
    return shards, final, metrics, listings


def test_a_days_counters_equal_the_truth(the_day: Day) -> None:
    shards, final, metrics, _ = the_day
    assert totals(metrics, Subject(SubjectType.ACCOUNT)) == summed(final)
    by_email, by_hour, by_tag = grouped(final)
    assert metrics.emails(FIRST, LAST) == sorted(by_email)
    for email_id, ours in by_email.items():
        assert totals(metrics, Subject(SubjectType.EMAIL, str(email_id))) == summed(ours)
        followed = sum((links.of(message) for message in ours), Counter[str]())
        assert totals(metrics, Subject(SubjectType.LINKS, str(email_id)), days=True) == followed
    for tag, ours in by_tag.items():
        assert totals(metrics, Subject(SubjectType.TAG, tag)) == summed(ours)
    hours = metrics.read(Subject(SubjectType.ACCOUNT), DateRange(FIRST, LAST, days=False))
    assert {one.period: +Counter(one.counters) for one in hours} == {
        hour: summed(ours) for hour, ours in by_hour.items()
    }
    assert totals(metrics, Subject(SubjectType.ACCOUNT), days=True) == summed(final)

    changes = sum(len(shard) for shard in shards.values())
    print(  # noqa: T201 - pytest shows it with -s
        f"\n{MESSAGES} messages, {changes} changes, {metrics.deaths} deaths: "
        f"{metrics.writes / MESSAGES:.4f} writes a message ({metrics.writes})"
    )
    assert metrics.deaths > 20
    assert metrics.writes / MESSAGES < 0.5, "of an hour's messages many share a write"


def test_a_day_lists_each_message_once_and_in_order(the_day: Day) -> None:
    """Its shards are at different times, and their batches come again."""
    _, final, _, listings = the_day
    stored = {message.key: message for message in final}
    by_email, _, _ = grouped(final)
    for email_id, ours in by_email.items():
        newest_first = sorted(ours, key=pagination.position_of, reverse=True)
        assert pagination.still_there(list(listings.newest_first(email_id, FIRST, LAST)), stored) == newest_first
        assert pagination.still_there(list(listings.oldest_first(email_id, FIRST, LAST)), stored) == newest_first[::-1]
    print(f"{len(listings.stored) / MESSAGES:.4f} listings a message, {listings.deaths} deaths")  # noqa: T201 - as above
    assert listings.deaths > 20
    assert all(
        one.newest <= timestamps.shifted(one.positions[0].accepted_at, SPAN_SECONDS) for one in listings.stored.values()
    )


def test_a_rebuild_of_the_day_finds_no_difference(the_day: Day) -> None:
    _, final, counted, _ = the_day
    assert rebuilding(final, copy_of(counted)).compare(FIRST_DAY, LAST_DAY).differences == {}


def test_a_rebuild_repairs_every_damaged_counter(the_day: Day) -> None:
    _, final, counted, _ = the_day
    metrics = copy_of(counted)
    chance = random.Random(7)  # noqa: S311 - a seed, so that a failure can be repeated
    damaged = chance.sample(sorted(metrics.shards, key=str), 50)
    for key in damaged:
        wrong = {name: number + chance.randint(1, 9) for name, number in metrics.shards[key].counters.items()}
        metrics.shards[key] = replace(metrics.shards[key], counters=wrong)
    repaired = rebuilding(final, metrics).repair(FIRST_DAY, LAST_DAY).differences
    assert repaired.keys() == {cell for cell, _ in damaged}
    for cell, _ in damaged:
        span = DateRange(cell.period, cell.period, days="T" not in cell.period)
        (after,), (before,) = metrics.read(cell.subject, span), counted.read(cell.subject, span)
        assert +Counter(after.counters) == +Counter(before.counters)


def copy_of(metrics: MemoryCounters) -> MemoryCounters:
    return MemoryCounters(dict(metrics.shards), dict(metrics.admitted))


def rebuilding(final: list[Message], metrics: MemoryCounters) -> RebuildCounters:
    sends, clock = MemorySends({message.key: message for message in final}), Clock(NOON + 2 * DAY)
    recording = RecordEvents(
        sends=sends,
        contacts=MemoryContacts(),
        tokens=MemorySmtpTokens(),
        clock=clock,
        retention_days=90,
    )
    return RebuildCounters(
        accepted=MemoryMessageIndex(sends).accepted,
        sends=sends,
        events=MemoryEventArchive(),
        recording=recording,
        metrics=metrics,
        clock=clock,
        lag=lambda: 0,
        sleep=lambda _seconds: None,
        retention_days=90,
    )


class DyingCounters(MemoryCounters):
    """Kills its worker at some writes, just before or just after."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance, self.deaths = chance, 0

    def add(self, cell: Any, shard: str, addition: Any) -> None:
        drawn = self.chance.random()
        self.deaths += drawn < 0.02
        if drawn < 0.01:
            raise Killed
        super().add(cell, shard, addition)
        if drawn < 0.02:
            raise Killed


class DyingListings(MemoryListings):
    """Kills its worker at some writes: before, after a part of it, or after the whole."""

    def __init__(self) -> None:
        super().__init__()
        self.chance, self.deaths = random.Random(8), 0  # noqa: S311 - a seed, so that a failure can be repeated

    def add(self, new: Sequence[MessageListing]) -> None:
        stored = self.chance.choice([0, len(new) // 2, len(new)]) if self.chance.random() < 0.05 else None
        super().add(new[:stored])
        if stored is not None:
            self.deaths += 1
            raise Killed


def day(chance: random.Random) -> tuple[dict[str, list[Change]], list[Message]]:
    """Returns every shard's changes in their order, and the last image of each message."""
    lives = sorted(
        (stage for number in range(MESSAGES) for stage in life(chance, number)), key=lambda stage: (stage[0], stage[1])
    )
    shards: dict[str, list[Change]] = defaultdict(list)
    last: dict[str, Message] = {}
    for sequence, (_, _, message) in enumerate(lives, 1):
        send_id = message.key.send_id
        shard = f"shardId-{int(ids.digest(send_id), 16) % SHARDS}"
        shards[shard].append(Change(sequence, last.get(send_id), message))
        last[send_id] = message
    return shards, list(last.values())


def life(chance: random.Random, number: int) -> Iterator[tuple[float, int, Message]]:
    """Yields (when, order, image) of each stage of a message. Its events come late, doubled and in any order."""
    accepted = NOON + chance.random() * DAY
    message = a_message(
        f"s-{number}",
        email_id=7 + number % CAMPAIGNS,
        accepted_at=timestamps.iso(accepted),
        tags={"kind": chance.choice(["receipt", "reminder"])} if chance.random() < 0.3 else {},
    )
    yield accepted, 0, message
    if chance.random() < 0.02:
        refused = chance.choice([SendResult.PREVIOUS_SPAM, SendResult.TEMPLATE_RENDER_EXCEPTION])
        yield accepted + 1, 1, replace(message, state=State.REFUSED, result=refused)
        return
    message = replace(message, state=State.SENDING, attempts=1)
    yield accepted + 1, 1, message
    message = replace(message, state=State.SENT, result=SendResult.SENT)
    yield accepted + 2, 2, message
    facts = events(chance, number, accepted + 2)
    facts += chance.sample(facts, min(2, len(facts)))
    chance.shuffle(facts)
    for order, fact in enumerate(facts, 3):
        message = replace(message, timeline={**message.timeline, fact.key: fact.to_item()})
        yield accepted + 2 + order, order, message


def events(chance: random.Random, number: int, sent: float) -> list[TimelineEvent]:
    def fact(kind: What, after: float, **detail: Any) -> TimelineEvent:
        return TimelineEvent(
            type=kind, at=timestamps.iso(sent + after), details=detail, dedup_key=str(detail.get("link", ""))
        )

    facts = [fact(What.SENT, 0)]
    if chance.random() < 0.03:
        return [*facts, fact(What.BOUNCED, 3, type=chance.choice(["Permanent", "Transient"]))]
    delivered = chance.choice([1, 2, 5, 600])
    facts.append(fact(What.DELIVERED, delivered))
    if delivered == 600:
        facts.append(fact(What.DELAYED, 60))
    if chance.random() < 0.5:
        after = chance.choice([delivered - 0.5, delivered + 40])  # a gateway opens the mail before it accepts it
        facts.append(fact(What.OPENED, after, agent=chance.choice(AGENTS), machine=chance.random() < 0.1))
    if chance.random() < 0.2:
        agent = chance.choice(AGENTS[:3])
        apart = chance.choice([0.4, 30])  # a scanner follows all links at once
        for place, link in enumerate(chance.sample(LINKS, chance.randint(1, 3))):
            facts.append(fact(What.CLICKED, delivered + 50 + place * apart, agent=agent, link=link % number))
    if chance.random() < 0.01:
        facts.append(fact(What.COMPLAINED, delivered + 99, type="abuse"))
    return facts


def run(
    chance: random.Random, shards: dict[str, list[Change]], metrics: DyingCounters, listings: DyingListings
) -> None:
    """Runs the shards side by side. A killed worker's batch comes again, longer or shorter, and a finished batch may be repeated."""
    done = dict.fromkeys(shards, 0)
    while any(done[name] < len(changes) for name, changes in shards.items()):
        name = chance.choice([name for name, changes in shards.items() if done[name] < len(changes)])
        start = max(0, done[name] - (chance.randint(1, 500) if chance.random() < 0.1 else 0))
        end = min(done[name] + chance.randint(1, BATCH), len(shards[name]))
        try:
            measure(name, shards[name][start:end], listings=listings, metrics=metrics, clock=Clock())
        except Killed:
            continue
        done[name] = end


def grouped(
    final: list[Message],
) -> tuple[dict[int, list[Message]], dict[str, list[Message]], dict[str, list[Message]]]:
    by_email, by_hour, by_tag = defaultdict(list), defaultdict(list), defaultdict(list)
    for message in final:
        by_email[message.email_id].append(message)
        by_hour[timestamps.hour(message.accepted_at)].append(message)
        for name, value in message.tags.items():
            by_tag[f"{name}={value}"].append(message)
    return by_email, by_hour, by_tag


def summed(messages: list[Message]) -> Counter[str]:
    total: Counter[str] = Counter()
    for message in messages:
        total.update(counters.of(message))
    return total


def totals(metrics: MemoryCounters, subject: Subject, *, days: bool = False) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in metrics.read(subject, DateRange(FIRST, LAST, days=days)):
        total.update(one.counters)
    return Counter({name: number for name, number in total.items() if number})
