"""Broadcasts in a browser: progress, pause, report."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.core.access.roles import Role
from functions.core.broadcasts.broadcast import Audience
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.emails.pause import DEFAULT_REASON
from functions.wiring import Container
from tests.support.console import audience_examples
from tests.support.console.audience_examples import MEMBER, PAUSED, SENDING
from tests.support.console.email_examples import AUTHOR, DOCUMENT
from tests.support.console.paging import two_pages
from tests.support.console.people import signed_in


@pytest.fixture
def stored(aws: Container) -> Container:
    audience_examples.prepare(aws)
    return aws


def state(container: Container, broadcast_id: str) -> BroadcastState:
    broadcast = container.get(wiring.adapters.broadcasts.broadcast_store).get(broadcast_id)
    assert broadcast
    return broadcast.state


def test_an_empty_stage_shows_how_to_broadcast(aws: Container) -> None:
    assert "staffetta broadcast create" in signed_in(Role.EDITOR).get("/console/broadcasts").text


def test_progress_moves_while_a_broadcast_runs(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    page = browser.get(SENDING)
    assert "0 of 2 recipients" in page.text
    assert 'hx-trigger="every 2s"' in page.html
    assert "every 2s" not in browser.get(PAUSED).html
    assert "Spring <b> offer" in browser.get("/console/broadcasts").text


def test_a_broadcast_names_its_email_and_lists(stored: Container) -> None:
    page = signed_in(Role.EDITOR).get(SENDING)
    assert ("Shop <b>" in page.text, "Without" in page.text) == (True, False)
    store = stored.get(wiring.adapters.broadcasts.broadcast_store)
    store.edit("b-sending", lambda one: replace(one, audience=Audience(lists=(2,), exclude_lists=(1, 99))))
    assert "Lists Filtered Without Shop <b> , 99" in signed_in(Role.EDITOR).get(SENDING).text


def test_a_broadcast_is_paused_resumed_and_canceled(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert "prices are wrong" in browser.submit(f"{SENDING}/pause", reason="prices are wrong").text
    assert state(stored, "b-sending") is BroadcastState.PAUSED
    browser.submit(f"{SENDING}/resume", page=SENDING)
    assert state(stored, "b-sending") is BroadcastState.SENDING
    assert "never get it" in browser.get(f"{SENDING}/cancel").text
    browser.submit(f"{SENDING}/cancel")
    assert state(stored, "b-sending") is BroadcastState.CANCELED
    actions = [str(entry.action) for entry in stored.get(wiring.adapters.access.audit_entries).latest(3)]
    assert actions == ["broadcast.canceled", "broadcast.resumed", "broadcast.paused"]
    assert browser.submit(f"{PAUSED}/pause", page=f"{SENDING}/cancel").status == 400, "it is paused already"


def test_a_pause_without_a_reason_has_one_in_every_language(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    browser.submit("/console/you", language="it", zone="Europe/Rome")
    assert "a mano" in browser.submit(f"{SENDING}/pause", reason="").text
    paused = stored.get(wiring.adapters.broadcasts.broadcast_store).get("b-sending")
    assert paused
    assert paused.reason == DEFAULT_REASON


def test_a_report_has_each_recipient(stored: Container) -> None:
    browser = signed_in(Role.EDITOR)
    report = browser.get(f"{SENDING}/report.csv?part=1")
    assert report.headers["content-disposition"] == 'attachment; filename="broadcast-b-sending.csv"'
    assert report.html.splitlines()[1:] == [f"{MEMBER},,WAITING,,,,", "'=late@example.net,,WAITING,,,,"]
    assert signed_in(Role.VIEWER).get(f"{SENDING}/report.csv").status == 403


def test_a_viewer_reads_and_changes_nothing(stored: Container) -> None:
    page = signed_in(Role.VIEWER).get(SENDING)
    assert "0 of 2 recipients" in page.text
    assert f"{SENDING}/pause" not in page.html


@pytest.mark.parametrize("path", ["/console/broadcasts", SENDING])
def test_a_recipients_clock_is_shown_as_chosen(stored: Container, path: str) -> None:
    store = stored.get(wiring.adapters.broadcasts.broadcast_store)
    store.edit(
        "b-sending",
        lambda one: replace(
            one, state=BroadcastState.SCHEDULED, send_at="2027-01-31T09:00:00.000Z", local_time=True, started_at=""
        ),
    )
    browser = signed_in(Role.EDITOR)
    browser.submit("/console/you", language="en", zone="Asia/Tokyo")
    page = browser.get(path)
    assert "31 Jan 2027, 09:00 on each recipient's clock" in page.text
    assert "18:00" not in page.text


def test_the_list_has_pages(stored: Container) -> None:
    store = stored.get(wiring.adapters.broadcasts.broadcast_store)
    (one, *_) = store.all()
    for number in range(60):
        store.create(replace(one, id=f"p-{number}", created_at=f"2026-11-20T12:00:{number:02}.000Z"))
    browser = signed_in(Role.EDITOR)
    first, second = two_pages(browser, "/console/broadcasts", r"/console/broadcasts/([bp]-\w+)")
    assert (len(first), len(second), first & second) == (50, 12, set())
    assert browser.get("/console/broadcasts?after=x").status == 400


def test_a_scheduled_broadcast_leads_to_its_change(stored: Container) -> None:
    store = stored.get(wiring.adapters.broadcasts.broadcast_store)
    one = store.edit(
        "b-paused", lambda one: replace(one, state=BroadcastState.SCHEDULED, send_at="2031-01-01T00:00:00Z")
    )
    change = f"/console/emails/{one.email_id}/broadcasts/b-paused/change"
    assert change in signed_in(Role.EDITOR).get(PAUSED).html
    assert change not in signed_in(Role.VIEWER).get(PAUSED).html


def test_a_broadcast_that_did_not_begin_has_no_figures(stored: Container) -> None:
    """Its recipients are counted when it begins."""
    store = stored.get(wiring.adapters.broadcasts.broadcast_store)
    store.edit("b-paused", lambda one: replace(one, state=BroadcastState.SCHEDULED, started_at=""))
    page = signed_in(Role.EDITOR).get(PAUSED)
    assert "Scheduled" in page.text
    assert "recipients" not in page.text.partition("What is sent")[0].partition("Progress")[2]
    assert "<progress" not in page.html


def test_a_broadcast_shows_that_its_email_is_archived(stored: Container) -> None:
    broadcast = stored.get(wiring.adapters.broadcasts.broadcast_store).get("b-sending")
    assert broadcast
    editor, number = stored.get(wiring.emails.edit_emails), broadcast.email_id
    editor.create({**DOCUMENT, "name": "Old"}, AUTHOR, number)
    editor.archive(number, AUTHOR)
    page = signed_in(Role.EDITOR).get(SENDING)
    assert "Old (archived)" in page.text
    assert f"/console/emails/{number}/performance" in page.html
