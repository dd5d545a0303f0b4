"""Send or schedule: test mails and broadcasts."""

from __future__ import annotations

import html
import json
import re
import time
from typing import Any

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.core import timestamps
from functions.core.broadcasts.broadcast import Audience, Broadcast
from functions.core.broadcasts.check import BroadcastCheck
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.emails.email import TRANSACTIONAL, Subcategory
from functions.pages.error_words import label_of
from tests.support.console import email_examples
from tests.support.console.browser import Browser
from tests.support.console.email_examples import BATCH, DRAFT, EMAIL, EMAILS, LATER, PUBLISHED, SENDINGS

SEND = f"{EMAILS}/{BATCH}/send"


def broadcasts() -> list[Broadcast]:
    return [one for one in wiring.get(wiring.adapters.broadcasts.broadcast_store).all() if one.name == "Mine"]


def test_a_test_mail_goes_out_at_once(editor: Browser) -> None:
    page = editor.submit(f"{EMAIL}/test", page=f"{EMAIL}/send", to="me@example.com, you@example.com", what="draft")
    assert "on its way to me@example.com, you@example.com" in page.text
    queue = wiring.container().settings.send_queue_url
    received = wiring.get(wiring.clients.sqs).receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    assert len(received["Messages"]) == 2


@pytest.mark.parametrize("to", ["", "nobody", ", ".join(["a@example.com"] * 11)])
def test_a_test_mail_needs_a_few_addresses(editor: Browser, to: str) -> None:
    page = editor.submit(f"{EMAIL}/test", page=f"{EMAIL}/send", to=to, what="draft")
    assert page.status == 400
    assert "Nothing was changed" in page.text


def test_an_email_of_the_api_is_published_for_lists(editor: Browser) -> None:
    assert "Use this email for lists" in editor.get(f"{EMAIL}/send").text
    assert editor.submit(f"{EMAIL}/lists").path == f"{EMAIL}/send"
    email = wiring.get(wiring.adapters.emails.emails).get(PUBLISHED, consistent=True)
    assert email
    assert email.subcategory is Subcategory.BATCH


def test_a_broadcast_is_counted_before_it_is_sent(editor: Browser) -> None:
    listed = wiring.get(wiring.contacts.list_editor).create("Customers", email_examples.AUTHOR)
    assert "Customers" in editor.get(SEND).text
    fields = {"broadcast_name": "Mine", "lists": str(listed.id), "contacts": "a@example.com\nb@example.com"}
    page = editor.submit(
        f"{EMAILS}/{BATCH}/broadcasts", page=SEND, custom='{"order": {"number": "7"}}', when="now", **fields
    )
    assert "Nothing is sent yet" in page.text
    assert "Counting: 0 recipients so far." in page.text
    (broadcast,) = broadcasts()
    assert broadcast.state is BroadcastState.DRAFT
    assert (broadcast.audience.lists, broadcast.audience.contacts) == ((listed.id,), ("a@example.com", "b@example.com"))
    assert "goes out at once" in editor.get(f"{page.path}/start").text
    editor.submit(f"{page.path}/start")
    assert broadcasts()[0].state is BroadcastState.PREPARING
    assert editor.get(page.path).path == f"/console/broadcasts/{broadcasts()[0].id}"


@pytest.mark.parametrize(("subscription", "warned"), [(TRANSACTIONAL, True), ("7", False)])
def test_a_transactional_broadcast_warns_before_it_is_sent(editor: Browser, subscription: str, warned: bool) -> None:
    """A newsletter that was left transactional would go to people who unsubscribed."""
    emails = wiring.get(wiring.adapters.emails.emails)
    stored = emails.get(BATCH, consistent=True)
    assert stored
    assert emails.save(replace(stored, subscription=subscription))
    for page in (f"{SENDINGS}/checked", f"{SENDINGS}/checked/start"):
        assert ("people who unsubscribed get it too" in editor.get(page).text) is warned


def test_a_transactional_email_is_for_lists_with_a_warning(editor: Browser) -> None:
    assert "people who unsubscribed get it too" in editor.get(f"{EMAIL}/lists").text


def test_a_broadcast_that_another_person_changed_is_not_sent(editor: Browser) -> None:
    fields = {"broadcast_name": "Mine", "contacts": "a@example.com", "custom": '{"order": {"number": "7"}}'}
    path = editor.submit(f"{EMAILS}/{BATCH}/broadcasts", page=SEND, when="now", **fields).path
    read = broadcasts()[0].version
    assert f'name="version" value="{read}"' in editor.get(f"{path}/start").html
    editor.submit(f"{path}/change", **{**fields, "contacts": "b@example.com", "when": "now", "version": str(read)})
    page = editor.submit(f"{path}/start", version=str(read))
    assert (page.status, broadcasts()[0].state) == (400, BroadcastState.DRAFT)
    assert "changed since you read it" in page.text


def test_a_file_of_addresses_is_an_audience(editor: Browser) -> None:
    stored = wiring.get(wiring.contacts.manage_imports).upload(b"email;order.number\na@example.com;7\n")
    page = editor.submit(f"{EMAILS}/{BATCH}/broadcasts", page=SEND, broadcast_name="Mine", uploaded=stored, when="now")
    assert "Nothing is sent yet" in page.text
    assert broadcasts()[0].audience.file == stored


@pytest.mark.parametrize(
    ("when", "expected", "local"),
    [("later", "2031-01-02T08:30:00.000Z", False), ("local", "2031-01-02T09:30:00.000Z", True)],
)
def test_a_time_is_the_visitors_or_the_recipients(planner: Browser, when: str, expected: str, local: bool) -> None:
    fields = {"broadcast_name": "Mine", "contacts": "a@example.com", "when": when, "send_at": "2031-01-02T09:30"}
    planner.submit(f"{EMAILS}/{BATCH}/broadcasts", page=SEND, custom='{"order": {"number": "7"}}', **fields)
    (broadcast,) = broadcasts()
    assert (broadcast.send_at, broadcast.local_time) == (expected, local)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "lists"),
        ({"contacts": "x"}, "contacts"),
        ({"contacts": "a@example.com", "when": "later"}, "send_at"),
        ({"contacts": "a@example.com", "custom": "["}, "custom"),
    ],
)
def test_a_wrong_broadcast_names_its_fields(editor: Browser, fields: dict[str, str], wrong: str) -> None:
    page = editor.submit(f"{EMAILS}/{BATCH}/broadcasts", page=SEND, broadcast_name="Mine", **fields)
    assert page.status == 400
    assert f"<b>{label_of(wrong, str)}</b>" in page.html
    assert broadcasts() == []


def test_the_count_shows_who_gets_nothing_and_why(editor: Browser) -> None:
    page = editor.get(f"{SENDINGS}/checked")
    for text in ("2 get it", "3 in the audience", "gone@example.net it <bounced>", "page@example.net"):
        assert text in page.text
    assert "Recipients: 2." in editor.get(f"{SENDINGS}/checked/start").text
    mail = editor.get(f"{SENDINGS}/checked/previews/0")
    assert "your order 7" in mail.html
    assert "sandbox" in mail.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("local", "text"),
    [
        (False, "goes out on 2 Jan 2031, 09:30 Europe/Rome. You can cancel it until then. Recipients: 2."),
        (True, "goes out to each person when their clock shows 2 Jan 2031, 08:30."),
    ],
)
def test_a_confirmation_has_the_time(planner: Browser, local: bool, text: str) -> None:
    store = wiring.get(wiring.adapters.broadcasts.broadcast_store)
    store.edit("checked", lambda one: replace(one, send_at=LATER, local_time=local))
    page = planner.get(f"{SENDINGS}/checked/start")
    assert text in page.text
    assert 'class="danger"' not in page.html


def test_a_time_that_is_not_chosen_is_not_ignored(planner: Browser) -> None:
    """The mail went out at once, and the person had entered a day."""
    fields = {"contacts": "a@example.com", "custom": '{"order": {"number": "7"}}', "send_at": "2031-01-02T09:30"}
    page = planner.submit(f"{EMAILS}/{BATCH}/broadcasts", page=SEND, when="now", **fields)
    assert (page.status, broadcasts()) == (400, [])
    assert page.text.count("a time is entered") == 2, "above, and at the choice"


def test_the_previews_come_with_the_count(editor: Browser) -> None:
    """The page loads this part again until the count is done."""
    page = editor.get(f"{SENDINGS}/checked").html
    part = page[page.index('<div id="broadcast"') : page.index('<div class="actions">')]
    assert "/previews/0" in part


def test_a_count_that_goes_on_is_live(editor: Browser) -> None:
    store = wiring.get(wiring.adapters.broadcasts.broadcast_store)
    store.save_check("new", BroadcastCheck(number="2", started_at="2026-11-29T12:00:00.000Z", recipients=1000))
    page = editor.get(f"{SENDINGS}/new")
    assert "Counting: 1,000 recipients so far." in page.text
    assert 'hx-trigger="every 3s"' in page.html
    assert "hx-trigger" not in editor.get(f"{SENDINGS}/checked").html
    assert editor.get(f"{EMAILS}/{DRAFT}/broadcasts/new").status == 404


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("custom", '{"a":' * 5000 + "1" + "}" * 5000, "nested too deep"),
        ("send_at", "0001-01-01T00:00", "is in the past"),
        ("send_at", "9999-12-31T23:59", "more than a year ahead"),
    ],
)
@pytest.mark.parametrize("when", ["later", "local"])
def test_a_value_out_of_range_is_refused(editor: Browser, when: str, field: str, value: str, reason: str) -> None:
    editor.cookies["__Secure-staffetta-zone"] = "Pacific/Apia" if value.startswith("0") else "America/Lima"
    fields = {"contacts": "a@example.com", "when": when, "send_at": "2031-01-02T09:30", field: value}
    page = editor.submit(f"{EMAILS}/{BATCH}/broadcasts", page=SEND, **fields)
    assert page.status == 400
    assert reason in page.text


CHANGE = f"{SENDINGS}/scheduled/change"


def scheduled() -> Broadcast:
    stored = wiring.get(wiring.adapters.broadcasts.broadcast_store).get("scheduled")
    assert stored
    return stored


@pytest.fixture
def planner(editor: Browser) -> Browser:
    """An editor in Rome, before the time of the scheduled broadcast."""
    wiring.container().clock = lambda: timestamps.parse("2031-01-01T00:00:00.000Z")
    editor.cookies["__Secure-staffetta-zone"] = "Europe/Rome"
    return editor


def test_a_scheduled_broadcast_is_changed(planner: Browser) -> None:
    form = planner.get(CHANGE)
    assert 'value="2031-01-02T09:30"' in form.html
    assert "As soon as I confirm it" not in form.text
    assert ">page@example.net</textarea>" in form.html
    fields = {"version": str(scheduled().version), "contacts": "a@example.com\nb@example.com", "when": "later"}
    page = planner.submit(
        CHANGE, broadcast_name="Other", send_at="2031-01-03T10:00", custom='{"order": {"number": "8"}}', **fields
    )
    assert "is changed, and stays scheduled" in page.text
    assert "Counting: 0 recipients so far." in page.text
    changed = scheduled()
    assert (changed.state, changed.name, changed.send_at) == (
        BroadcastState.SCHEDULED,
        "Other",
        "2031-01-03T09:00:00.000Z",
    )
    assert changed.audience.contacts == ("a@example.com", "b@example.com")
    assert changed.custom == {"order": {"number": "8"}}
    (entry,) = wiring.get(wiring.adapters.access.audit_entries).latest(1)
    assert (str(entry.action), entry.detail) == (
        "broadcast.changed",
        {"name": "Other", "email": str(BATCH), "send_at": "2031-01-03T09:00:00.000Z"},
    )


@pytest.mark.parametrize("local", [False, True])
def test_a_time_that_stays_keeps_its_seconds(planner: Browser, local: bool) -> None:
    """The form has minutes, and an API may have chosen seconds."""
    at = "2031-01-02T08:30:45.500Z"
    store = wiring.get(wiring.adapters.broadcasts.broadcast_store)
    store.edit("scheduled", lambda one: replace(one, send_at=at, local_time=local))
    minute = "2031-01-02T08:30" if local else "2031-01-02T09:30"
    assert f'value="{minute}"' in planner.get(CHANGE).html
    when, other = ("local", "later") if local else ("later", "local")
    fields = {"contacts": "a@example.com", "custom": '{"order": {"number": "7"}}', "send_at": minute}
    planner.submit(CHANGE, broadcast_name="Other", when=when, **fields)
    assert (scheduled().name, scheduled().send_at) == ("Other", at)
    planner.submit(CHANGE, when=other, **fields)
    assert scheduled().send_at == ("2031-01-02T07:30:00.000Z" if local else "2031-01-02T09:30:00.000Z")


def test_a_change_that_is_refused_keeps_what_was_entered(planner: Browser) -> None:
    before = scheduled()
    page = planner.submit(CHANGE, version="0", contacts="mine@example.com", when="later", send_at="2031-01-03T10:00")
    assert (page.status, scheduled()) == (400, before)
    assert "changed since you read it" in page.text
    assert ">mine@example.com</textarea>" in page.html
    assert 'value="2031-01-03T10:00"' in page.html


def test_a_file_stays_until_another_one_is_chosen(planner: Browser) -> None:
    file = wiring.get(wiring.contacts.manage_imports).upload(b"email\na@example.com\n")
    wiring.get(wiring.adapters.broadcasts.broadcast_store).edit(
        "scheduled", lambda one: replace(one, audience=Audience(file=file, exclude_contacts=("x@example.com",)))
    )
    wiring.container().clock = time.time
    fields = {"custom": '{"order": {"number": "7"}}', "when": "now"}
    wiring.get(wiring.adapters.broadcasts.broadcast_store).edit(
        "scheduled", lambda one: replace(one, state=BroadcastState.DRAFT, send_at=None)
    )
    assert "Keep the file" in planner.get(CHANGE).text
    planner.submit(CHANGE, keep_file="on", **fields)
    assert scheduled().audience == Audience(file=file, exclude_contacts=("x@example.com",))
    planner.submit(CHANGE, contacts="a@example.com", **fields)
    assert scheduled().audience == Audience(contacts=("a@example.com",), exclude_contacts=("x@example.com",))


def test_a_draft_without_its_file_is_renamed(planner: Browser) -> None:
    store = wiring.get(wiring.adapters.broadcasts.broadcast_store)
    store.edit(
        "scheduled",
        lambda one: replace(one, audience=Audience(file="gone"), state=BroadcastState.DRAFT, send_at=None),
    )
    assert "It is no longer stored: choose it again before you send." in planner.get(CHANGE).text
    fields = {"custom": '{"order": {"number": "7"}}', "when": "now"}
    planner.submit(CHANGE, broadcast_name="Other", keep_file="on", **fields)
    assert (scheduled().name, scheduled().audience.file) == ("Other", "gone")
    page = planner.submit(f"{SENDINGS}/scheduled/start")
    assert "File is not stored, or no longer" in page.text
    assert scheduled().state is BroadcastState.DRAFT


CHECKED = f"{SENDINGS}/checked/change"


def checked() -> Broadcast:
    stored = wiring.get(wiring.adapters.broadcasts.broadcast_store).get("checked")
    assert stored
    return stored


def data_of(page: str) -> dict[str, Any]:
    """Returns the fields of the data as the page has them."""
    fields: dict[str, Any] = {"customProperties": re.findall(r'name="customProperties" value="([^"]*)"', page)}
    fields["customProperties"] = [html.unescape(one) for one in fields["customProperties"]]
    fields |= re.findall(r'name="(customProperties-[\d-]+(?:rows)?)"[^>]* value="([^"]*)"', page)
    (more,) = re.findall(r'<textarea id="custom"[^>]*>([^<]*)</textarea>', page)
    return {name: html.unescape(value) if isinstance(value, str) else value for name, value in fields.items()} | {
        "custom": html.unescape(more)
    }


def a_field(*, depth: int = 1, columns: int = 1) -> str:
    """Returns a field as a form has it, and a browser sends it back."""
    return json.dumps({"path": ["a"] * depth, "columns": [{"name": "b", "kind": "text"}] * columns})


def test_a_new_broadcast_has_the_sample_in_fields(editor: Browser) -> None:
    page = editor.get(SEND)
    assert "Order: Number order.number" in page.text
    data = data_of(page.html)
    assert (data["customProperties-0-0-0"], data["custom"]) == ("42", "")
    fields = {"broadcast_name": "Mine", "contacts": "a@example.com", "when": "now"}
    editor.submit(f"{EMAILS}/{BATCH}/broadcasts", page=SEND, **fields, **{**data, "customProperties-0-0-0": "8"})
    assert broadcasts()[0].custom == {"order": {"number": "8"}}


def test_each_item_of_a_list_has_a_row(editor: Browser) -> None:
    page = editor.get(CHECKED)
    data = data_of(page.html)
    assert json.loads(data["custom"]) == {"table": [[1]]}
    assert data["customProperties-1-0-0"] == "<Terms>"
    assert data["customProperties-1-rows"] == "3", "two are empty"
    more = {"customProperties-1-1-0": "Refunds", "customProperties-1-1-1": "30"}
    editor.submit(CHECKED, contacts="a@example.com", when="now", **{**data, **more})
    assert checked().custom == {
        "order": {"number": "7"},
        "changes": [{"title": "<Terms>", "days": 14}, {"title": "Refunds", "days": 30}],
        "table": [[1]],
    }


def test_data_that_is_not_changed_stays(editor: Browser) -> None:
    before = checked().custom
    editor.submit(
        CHECKED, broadcast_name="Other", contacts="a@example.com", when="now", **data_of(editor.get(CHECKED).html)
    )
    assert (checked().name, checked().custom) == ("Other", before)


@pytest.mark.parametrize(
    ("entered", "field", "reason"),
    [
        ({"customProperties-1-0-1": "two weeks"}, "customProperties-1-0-1", "must be a number"),
        ({"custom": '{"order": {"number": "8"}}'}, "custom", "its field has another value"),
        ({"customProperties": ["{"]}, "", "truncated"),
        ({"customProperties": [a_field(columns=0)]}, "", "length >= 1"),
        ({"customProperties": [a_field(columns=9)]}, "", "length <= 8"),
        ({"customProperties": [a_field(depth=10)]}, "", "length <= 9"),
        ({"customProperties": [a_field()] * 101}, "", "at most 100"),
    ],
)
def test_wrong_data_is_reported_and_kept(editor: Browser, entered: dict[str, Any], field: str, reason: str) -> None:
    before = checked()
    page = editor.submit(
        CHECKED, contacts="a@example.com", when="now", **{**data_of(editor.get(CHECKED).html), **entered}
    )
    assert (page.status, checked()) == (400, before)
    assert reason in page.text
    if field:
        assert f'id="{field}-error"' in page.html
        assert html.escape(entered[field], quote=True).replace("&quot;", "&#34;") in page.html


def test_a_broadcast_that_began_has_no_form(planner: Browser) -> None:
    assert planner.get(f"{SENDINGS}/sending/change").path == "/console/broadcasts/sending"
