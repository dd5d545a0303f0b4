"""Emails, templates, events, sending and statistics."""

from __future__ import annotations

from msgspec.structs import replace

from functions import wiring
from functions.core import ids, timestamps
from functions.core.emails.email_listing import Filter
from functions.core.emails.images import Image
from functions.core.sending.send import State
from functions.core.statistics.periods import Interval
from functions.steps.events.list_email_events import EventQuery
from functions.steps.events.search_messages import MessageQuery
from tests.bench.growth.rows import DAYS, EMAILS, LARGE, MESSAGES, SECONDS, Calls, Growth, row
from tests.bench.growth.stage import FIRST_EMAIL, NOW, TODAY, Stage, days_before, person

# Emails and templates


@row(
    "emails.read_emails.ReadEmails.__call__",
    "emails",
    Growth.WHOLE,
    EMAILS,
    (20, 80, 320),
    "their heads are read, for the total and any order",
)
def emails(stage: Stage, n: int) -> Calls:
    stage.emails(n)
    yield len(stage.step(wiring.emails.read_emails)(Filter(), sorts=(), after=None, limit=20).emails)


@row("emails.read_emails.ReadEmails.revisions", "revisions of an email", Growth.CONSTANT, 1_000)
def revisions(stage: Stage, n: int) -> Calls:
    stage.emails(1)
    one = stage.get(wiring.adapters.emails.emails).get(FIRST_EMAIL)
    stage.get(wiring.adapters.emails.emails).save(replace(one, revisions=n))
    yield len(stage.step(wiring.emails.read_emails).revisions(FIRST_EMAIL, after=None, before=None, limit=20).emails)


@row("templates.partials.PartialLibrary.list", "partials", Growth.PER_RESULT, 1_000)
def partials(stage: Stage, n: int) -> Calls:
    for number in range(n):
        stage.get(wiring.adapters.templates.partials).put(f"partial{number}", "<mj-text>Hello</mj-text>")
    yield len(stage.step(wiring.templates.partial_library).list())


IMAGE = Image(
    name=f"{'0' * 32}.png",
    alt="",
    filename="a.png",
    size=1,
    width=1,
    height=1,
    uploaded_at="2026-01-01T00:00:00.000Z",
    uploaded_by="ada@example.com",
)


@row("emails.images.ImageLibrary.page", "images", Growth.CONSTANT, 10_000)
def images(stage: Stage, n: int) -> Calls:
    for number in range(n):
        at = timestamps.iso(NOW + number)
        stage.get(wiring.adapters.emails.images).put(replace(IMAGE, name=f"{number:032x}.png", uploaded_at=at), b"")
    yield len(stage.step(wiring.emails.image_library).page("", 20))


@row(
    "emails.image_uses.FindImageUses.__call__",
    "scheduled sends",
    Growth.WHOLE,
    10_000,
    why="each may show the image that is to be deleted",
)
def image_uses(stage: Stage, n: int) -> Calls:
    stage.messages(n, state=State.SCHEDULED, due_at=timestamps.iso(NOW))
    stage.step(wiring.emails.image_library).uses(replace(IMAGE, emails=(FIRST_EMAIL,)))
    yield 1


# Events


@row("events.search_messages.SearchMessages.__call__", "messages of one email", Growth.BOUNDED, MESSAGES, LARGE)
def search_email(stage: Stage, n: int) -> Calls:
    stage.messages(n)
    yield len(stage.step(wiring.events.search_messages)(MessageQuery(email_id=FIRST_EMAIL), None, 50).messages)


@row("events.search_messages.SearchMessages.__call__", "messages that do not match", Growth.BOUNDED, MESSAGES, LARGE)
def search_filtered(stage: Stage, n: int) -> Calls:
    stage.messages(n)
    query = MessageQuery(email_id=FIRST_EMAIL, subject="no such subject")
    page = stage.step(wiring.events.search_messages)(query, None, 50)
    assert page.next_cursor
    yield len(page.messages)


@row("events.search_messages.SearchMessages.__call__", "messages of one person", Growth.BOUNDED, MESSAGES, LARGE)
def search_person(stage: Stage, n: int) -> Calls:
    stage.messages(n, address=person(0))
    yield len(stage.step(wiring.events.search_messages)(MessageQuery(recipients=(person(0),)), None, 50).messages)


@row(
    "events.search_messages.SearchMessages.__call__",
    "emails on one day",
    Growth.LIMITED,
    500,
    (20, 80, 320),
    "EMAILS_MAX",
)
def search_day(stage: Stage, n: int) -> Calls:
    stage.sent_today(stage.emails(n))
    stage.messages(5_000)
    since = f"{TODAY}T00:00:00.000Z"
    yield len(stage.step(wiring.events.search_messages)(MessageQuery(since=since), None, 50).messages)


@row("events.list_email_events.ListEmailEvents.page", "messages of one email", Growth.BOUNDED, MESSAGES, LARGE)
def events_page(stage: Stage, n: int) -> Calls:
    stage.messages(n)
    yield len(stage.step(wiring.events.list_email_events).page(EventQuery(email_id=FIRST_EMAIL), None, 100).events) or 1


# Sending


@row("sending.enqueue_due.EnqueueDue.__call__", "sends that are due", Growth.BOUNDED, 100_000, (150, 300, 600))
def due(stage: Stage, n: int) -> Calls:
    stage.messages(n, state=State.SCHEDULED, due_at=timestamps.iso(NOW))
    stage.get(wiring.adapters.sending.due_watermark).set(timestamps.iso(NOW - 300))
    while queued := stage.step(wiring.sending.enqueue_due)(stage.clock() + SECONDS):
        yield queued


@row(
    "sending.enqueue_due.EnqueueDue.__call__",
    "sends that are due after an outage",
    Growth.BOUNDED,
    100_000,
    (150, 300, 600),
)
def overdue(stage: Stage, n: int) -> Calls:
    stage.messages(n, state=State.SCHEDULED, due_at=timestamps.iso(NOW - 90_000))
    while queued := stage.step(wiring.sending.enqueue_due)(stage.clock() + SECONDS):
        yield queued


# Statistics


@row("statistics.read_statistics.ReadStatistics.totals", "emails", Growth.PER_RESULT, EMAILS)
def totals(stage: Stage, n: int) -> Calls:
    emails = stage.emails(n)
    stage.sent_today(emails)
    yield len(stage.step(wiring.statistics.read_statistics).totals(emails))


@row("statistics.read_statistics.ReadStatistics.links", "emails with recent mail", Growth.PER_RESULT, EMAILS)
def links(stage: Stage, n: int) -> Calls:
    emails = stage.emails(n)
    stage.sent_today(emails)
    stage.counted([("links", str(one)) for one in emails])
    yield len(stage.step(wiring.statistics.read_statistics).links(f"{TODAY}T00", f"{TODAY}T23"))


@row("statistics.read_statistics.ReadStatistics.by_tag", "tags of a day", Growth.PER_RESULT, 100, (5, 20, 80))
def by_tag(stage: Stage, n: int) -> Calls:
    tags = [f"shop=s{number}" for number in range(n)]
    stage.get(wiring.adapters.statistics.counters).reserve_tags(TODAY, frozenset(tags), n)
    stage.counted([("tag", tag) for tag in tags])
    yield len(stage.step(wiring.statistics.read_statistics).by_tag(f"{TODAY}T00", f"{TODAY}T23"))


@row("statistics.histogram.Histogram.__call__", "days", Growth.PER_RESULT, DAYS, (10, 40, 160))
def histogram(stage: Stage, n: int) -> Calls:
    stage.sent_today(stage.emails(1), days_before(n))
    yield len(stage.step(wiring.statistics.histogram)(Interval.DAY, None, None))


@row(
    "statistics.histogram.Histogram.__call__",
    "messages of one email",
    Growth.BOUNDED,
    MESSAGES,
    (6_000, 12_000, 24_000),
)
def minute_histogram(stage: Stage, n: int) -> Calls:
    from datetime import UTC, datetime, timedelta

    from functions.core.errors import Rejected

    stage.messages(n)
    until = datetime.fromtimestamp(NOW, UTC)
    try:
        stage.step(wiring.statistics.histogram)(Interval.MINUTE, until - timedelta(days=1), until, [FIRST_EMAIL])
    except Rejected:
        yield 1


@row("statistics.list_campaigns.ListCampaigns.ids", "emails", Growth.PER_RESULT, EMAILS)
def campaigns(stage: Stage, n: int) -> Calls:
    stage.emails(n)
    yield len(stage.step(wiring.statistics.list_campaigns).ids())


@row("statistics.list_campaigns.ListCampaigns.recent", "emails with recent mail", Growth.PER_RESULT, EMAILS)
def recent(stage: Stage, n: int) -> Calls:
    stage.sent_today(stage.emails(n))
    stage.step(wiring.statistics.list_campaigns).recent()
    yield n


@row(
    "statistics.rebuild.RebuildCounters.compare",
    "messages",
    Growth.WHOLE,
    100_000,
    why="an operator's command: it counts every message again",
)
def compare(stage: Stage, n: int) -> Calls:
    stage.messages(n)
    stage.step(wiring.statistics.rebuild_counters).compare(TODAY, TODAY)
    yield 1


@row(
    "statistics.rebuild_listings.RebuildListings.compare",
    "messages",
    Growth.WHOLE,
    100_000,
    why="an operator's command: it looks for every message in the listings",
)
def unlisted(stage: Stage, n: int) -> Calls:
    stage.messages(n)
    assert stage.step(wiring.statistics.rebuild_listings).compare(TODAY, TODAY) == 0
    yield 1


@row("statistics.rebuild.RebuildCounters.unrecorded", "days of the archive", Growth.PER_RESULT, DAYS, (10, 20, 40))
def unrecorded(stage: Stage, n: int) -> Calls:
    stage.archive(n)
    first = days_before(min(n, 80))[0]
    list(stage.step(wiring.statistics.rebuild_counters).unrecorded(first))
    yield n


@row(
    "events.list_email_events.ListEmailEvents.get",
    "emails with recent mail",
    Growth.WHOLE,
    EMAILS,
    (10, 40, 160),
    "it looks for the message's email",
)
def get_event(stage: Stage, n: int) -> Calls:
    stage.sent_today(stage.emails(n))
    accepted = int(NOW - 7_200) * 1000
    event_id = ids.event_id(accepted, "x")
    stage.step(wiring.events.list_email_events).get(accepted, event_id)
    yield 1
