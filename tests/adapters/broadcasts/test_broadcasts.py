"""Broadcasts and their pages in DynamoDB, held against the fakes of the steps' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.core.broadcasts.broadcast import (
    Audience,
    Broadcast,
    BroadcastPage,
    PageState,
    Progress,
    Recipient,
    SourcePosition,
)
from functions.core.broadcasts.check import BroadcastCheck
from functions.core.broadcasts.jobs import CheckJob, PageJob, PrepareJob, ReleaseJob
from functions.core.errors import NotFound, Retry
from functions.ports.broadcasts import BroadcastPages, Broadcasts, DueBroadcast
from functions.wiring import Container
from tests.fakes.broadcasts import MemoryBroadcastPages, MemoryBroadcasts
from tests.support.aws.cloud import worker
from tests.support.examples import NOON_TEXT

A_BROADCAST = Broadcast(
    id="b-1",
    name="Terms",
    email_id=7,
    audience=Audience(lists=(1, 2), file="f"),
    created_at=NOON_TEXT,
    created_by="ada",
    custom={"rate": 0.5, "none": None, "deep": {"list": [1, "x"]}},
)
LATER, LAST = "2026-11-23T12:01:00.000Z", "2026-11-23T12:02:00.000Z"
A_PAGE = BroadcastPage(number=1, recipients=1000)


@pytest.fixture(scope="module")
def aws() -> Iterator[Container]:
    with worker() as created:
        yield created


@pytest.fixture(params=["memory", "dynamodb"])
def broadcasts(request: pytest.FixtureRequest, aws: Container) -> Broadcasts:
    return MemoryBroadcasts() if request.param == "memory" else aws.get(wiring.adapters.broadcasts.broadcast_store)


@pytest.fixture(params=["memory", "dynamodb"])
def pages(request: pytest.FixtureRequest, aws: Container) -> BroadcastPages:
    return MemoryBroadcastPages() if request.param == "memory" else aws.get(wiring.adapters.broadcasts.broadcast_pages)


def test_a_broadcast_is_read_as_it_was_stored(broadcasts: Broadcasts) -> None:
    assert broadcasts.create(A_BROADCAST)
    assert not broadcasts.create(A_BROADCAST)
    assert broadcasts.get("b-1") == replace(A_BROADCAST, version=1)
    position = SourcePosition(1, "x")
    edited = broadcasts.edit("b-1", lambda one: replace(one, pages=3, position=position))
    assert broadcasts.get("b-1") == edited
    assert [one.id for one in broadcasts.all()] == ["b-1"]
    with pytest.raises(NotFound):
        broadcasts.edit("b-2", lambda one: one)
    assert broadcasts.get("b-2") is None


def test_a_check_replaces_the_last(broadcasts: Broadcasts) -> None:
    check = BroadcastCheck(number="1", started_at=NOON_TEXT, first=(Recipient("a@example.net", 2, {"n": 1.5}),))
    assert broadcasts.check("b-9") is None
    broadcasts.save_check("b-9", check)
    broadcasts.save_check("b-9", replace(check, number="2"))
    assert broadcasts.check("b-9") == replace(check, number="2")


def test_only_the_latest_check_goes_on(broadcasts: Broadcasts) -> None:
    first = BroadcastCheck(number="1", started_at=NOON_TEXT)
    second = replace(first, number="2")
    assert not broadcasts.update_check("b-9", first)
    broadcasts.save_check("b-9", first)
    assert broadcasts.update_check("b-9", replace(first, recipients=5))
    stored = broadcasts.check("b-9")
    assert stored == replace(first, recipients=5, change=1)
    assert not broadcasts.update_check("b-9", replace(first, recipients=6))
    assert broadcasts.update_check("b-9", replace(stored, recipients=7))
    broadcasts.save_check("b-9", second)
    assert not broadcasts.update_check("b-9", replace(stored, change=0, done=True))
    assert broadcasts.check("b-9") == second


def test_moments_are_due_in_their_order(broadcasts: Broadcasts) -> None:
    late, early = DueBroadcast("2026-11-23T13:00:00.000Z", "b-1"), DueBroadcast(NOON_TEXT, "b-2")
    for due in (late, early, early):
        broadcasts.add_due(due)
    assert broadcasts.due(NOON_TEXT) == [early]
    assert broadcasts.due("2026-11-24") == [early, late]
    broadcasts.remove_due(early)
    assert broadcasts.due("2026-11-24") == [late]


def test_a_page_counts_once(pages: BroadcastPages) -> None:
    assert pages.progress("b-1") == Progress()
    pages.put("b-1", A_PAGE)
    pages.put("b-1", replace(A_PAGE, number=2, due_at=NOON_TEXT))
    assert [page.number for page in pages.all("b-1")] == [1, 2]
    pages.hand("b-1", A_PAGE, 400, NOON_TEXT, LATER)
    pages.hand("b-1", A_PAGE, 400, LATER, LATER)  # the same job again
    page = pages.get("b-1", 1)
    assert page
    assert pages.progress("b-1").handed == page.handed == 400
    assert (page.first_at, page.last_at) == (NOON_TEXT, LATER)
    pages.hand("b-1", page, 500, LATER, LAST)
    page = pages.get("b-1", 1)
    assert page
    assert (page.first_at, page.last_at) == (NOON_TEXT, LAST)
    pages.finish("b-1", page, {"sent": 990, "failed": 10}, NOON_TEXT, LATER)
    with pytest.raises(Retry):  # another worker read the page as it was
        pages.finish("b-1", page, {"sent": 980, "failed": 20}, LATER, LATER)
    done = pages.get("b-1", 1)
    assert done
    assert (done.state, done.first_at, done.last_at) == (PageState.DONE, NOON_TEXT, LATER)
    assert pages.progress("b-1") == Progress(pages_done=1, handed=1000, outcomes={"sent": 990, "failed": 10})


def test_a_redriven_page_changes_the_sums_by_its_difference(pages: BroadcastPages) -> None:
    pages.put("b-2", A_PAGE)
    pages.finish("b-2", A_PAGE, {"sent": 990, "failed": 10}, NOON_TEXT, LATER)
    done = pages.get("b-2", 1)
    assert done
    pages.finish("b-2", done, {"sent": 998, "refused": 2}, NOON_TEXT, LAST)
    expected = Progress(pages_done=1, handed=1000, outcomes={"sent": 998, "refused": 2})
    assert pages.progress("b-2") == expected
    with pytest.raises(Retry):
        pages.finish("b-2", done, {"sent": 997, "refused": 3}, NOON_TEXT, LAST)
    changed = pages.get("b-2", 1)
    assert changed
    assert (changed.outcomes, changed.last_at) == ({"sent": 998, "refused": 2}, LAST)
    pages.finish("b-2", changed, {"sent": 998, "refused": 2}, NOON_TEXT, LAST)
    assert pages.progress("b-2") == expected


def test_a_worker_with_an_old_reading_finishes_no_page(pages: BroadcastPages) -> None:
    assert not pages.invalidate("b-3", 1), "there is no such page"
    pages.put("b-3", A_PAGE)
    assert pages.invalidate("b-3", 1)
    with pytest.raises(Retry):
        pages.finish("b-3", A_PAGE, {"failed": 1000}, NOON_TEXT, LATER)
    page = pages.get("b-3", 1)
    assert page
    pages.finish("b-3", page, {"sent": 1000}, NOON_TEXT, LATER)
    assert not pages.invalidate("b-3", 1)
    assert pages.progress("b-3").outcomes == {"sent": 1000}
    done = pages.get("b-3", 1)
    assert done
    pages.finish("b-3", done, {"sent": 999, "failed": 1}, NOON_TEXT, LATER)
    assert pages.progress("b-3").outcomes == {"sent": 999, "failed": 1}


def test_jobs_come_back_as_they_went(aws: Container) -> None:
    queue = aws.get(wiring.adapters.broadcasts.broadcast_queue)
    jobs = (
        PrepareJob("b"),
        CheckJob("b", "1"),
        ReleaseJob("b", NOON_TEXT),
        PageJob(broadcast_id="b", number=3, only=(1, 2)),
    )
    queue.enqueue(*jobs * 3)
    received = []
    while messages := queue.sqs.receive_message(QueueUrl=queue.queue_url, MaxNumberOfMessages=10).get("Messages"):
        received += [queue.open(message["Body"]) for message in messages]
    assert sorted(map(str, received)) == sorted(map(str, jobs * 3))


def test_a_letter_has_its_job_and_reason(aws: Container) -> None:
    job = PageJob(broadcast_id="b", number=3)
    aws.get(wiring.adapters.broadcasts.broadcast_queue).dead_letter(job, "paused\nby ada")
    letters = aws.get(wiring.adapters.broadcasts.broadcast_dead_letters)
    ((letter,),) = letters.batches()
    assert (letter.job, letter.reason) == (job, "paused by ada")
    letters.remove(letter)


def test_pages_and_uploads_are_files(aws: Container) -> None:
    files = aws.get(wiring.adapters.broadcasts.broadcast_files)
    recipients = [Recipient("a@example.net", 2, {"n": {"m": 1.5}}), Recipient("ü@example.net")]
    files.write_page("b", 1, recipients)
    assert files.read_page("b", 1) == recipients
    with pytest.raises(LookupError):
        files.read_page("b", 2)
    files.s3().put_object(Bucket="payloads", Key="uploads/u", Body=b"0123456789")
    assert b"".join(files.read_upload("u", 4)) == b"456789"
    assert b"".join(files.read_upload("u", 10)) == b""
    with pytest.raises(LookupError):
        next(files.read_upload("none", 0))
