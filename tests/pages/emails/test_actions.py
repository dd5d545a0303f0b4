"""Publish, convert, clone, archive, settings and revisions."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from typing import Any

import pytest

from functions import wiring
from functions.adapters.templates import starters
from functions.core.access.actor import unrestricted
from functions.core.access.audit import AuditAction
from functions.core.access.roles import Role
from functions.core.emails.email import Email, Subcategory
from functions.core.emails.send_snippets import SendCall
from functions.pages.emails.create import picture
from functions.wiring import Container
from infra import node
from tests.support.console import email_examples
from tests.support.console.browser import Browser
from tests.support.console.email_examples import ARCHIVED, AUTHOR, BATCH, DRAFT, EMAIL, EMAILS, PUBLISHED
from tests.support.console.people import signed_in

MJML = "<mjml><mj-body><mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section></mj-body></mjml>"
DRAFTED = f"{EMAILS}/{DRAFT}"


@pytest.fixture
def editor(aws: Container) -> Browser:
    email_examples.prepare(aws)
    return signed_in(Role.EDITOR)


def email(number: int = PUBLISHED) -> Email:
    stored = wiring.get(wiring.adapters.emails).get(number, consistent=True)
    assert stored
    return stored


def document(number: int = PUBLISHED) -> dict[str, Any]:
    return wiring.get(wiring.emails.edit_emails).draft(number).document


def actions() -> list[tuple[AuditAction, str]]:
    return [(one.action, one.subject) for one in wiring.get(wiring.adapters.audit_entries).latest(50)]


def test_the_list_finds_by_name_state_and_type(editor: Browser) -> None:
    page = editor.get(EMAILS)
    assert f"{EMAIL}/performance" in page.html
    assert f"{DRAFTED}/write" in page.html
    assert "Order <b>" in page.text
    assert "ada@example.com" in page.text
    assert str(ARCHIVED) not in page.text
    for query, expected in {
        "text=ORDER": [PUBLISHED],
        f"text={DRAFT}": [DRAFT],
        "state=draft": [DRAFT],
        "state=published": [PUBLISHED, BATCH],
        "state=archived": [ARCHIVED],
        "type=batch": [BATCH],
    }.items():
        listed = {
            int(number) for number in re.findall(r"<small class=\"soft\">(\d+)<", editor.get(f"{EMAILS}?{query}").html)
        }
        assert listed == set(expected), query


def test_a_stage_without_emails_leads_to_the_gallery(aws: Container) -> None:
    assert "No email yet" in signed_in(Role.EDITOR).get(EMAILS).text


def test_a_starter_becomes_a_draft_that_publishes(editor: Browser) -> None:
    gallery = editor.get(f"{EMAILS}/new")
    assert gallery.html.count(".webp") > 10
    page = editor.submit(f"{EMAILS}/new/receipt", name="My receipt")
    match = re.fullmatch(rf"{EMAILS}/(\d+)/visual", page.path)
    assert match
    created = int(match[1])
    assert email(created).name == "My receipt"
    assert document(created)["from"]["replyTo"] == "no-reply@example.com"
    assert (
        "is published" in editor.submit(f"{page.path.removesuffix('visual')}publish", page=page.path, version="1").text
    )


@pytest.mark.parametrize("name", starters.names())
def test_every_starter_has_its_picture(name: str) -> None:
    """`make gallery` makes them."""
    assert picture(name)


def test_a_blank_email_has_a_body_to_begin_with(editor: Browser) -> None:
    page = editor.submit(f"{EMAILS}/new/blank", name="Mine")
    assert "mj-text" in page.html


def test_publishing_a_broken_draft_shows_its_errors(editor: Browser) -> None:
    page = editor.submit(f"{DRAFTED}/publish", page=f"{DRAFTED}/write", version="1")
    assert page.status == 400
    assert "Nothing was changed" in page.text
    assert not email(DRAFT).is_published


def test_publishing_what_another_changed_meanwhile_is_refused(editor: Browser) -> None:
    before = email().revisions
    page = editor.submit(f"{EMAIL}/publish", page=f"{EMAIL}/write", version="1")
    assert page.status == 400
    assert email().revisions == before


def test_converting_publishes_and_shows_the_code(editor: Browser) -> None:
    wiring.get(wiring.emails.edit_emails).update(PUBLISHED, {"subcategory": "batch"}, AUTHOR)
    page = editor.submit(f"{EMAIL}/convert")
    assert page.path == f"{EMAIL}/code"
    assert email().subcategory is Subcategory.SINGLE_SEND_API
    assert f'id="email-id">{PUBLISHED}<' in page.html
    for text in (
        "curl",
        "Python",
        "Node.js",
        "PHP",
        "https://api.example.com/marketing/v3/transactional/single-email/send",
    ):
        assert text in page.text


def test_an_email_for_automations_is_published_as_one(editor: Browser) -> None:
    editor.submit(f"{EMAIL}/automation")
    assert email().subcategory is Subcategory.AUTOMATED


def test_unpublish_archive_and_restore(editor: Browser) -> None:
    assert "are refused from now on" in editor.get(f"{EMAIL}/unpublish").text
    editor.submit(f"{EMAIL}/unpublish")
    assert not email().is_published
    assert editor.submit(f"{EMAIL}/archive").path == EMAILS
    assert email().archived_at
    editor.submit(f"{EMAIL}/restore-archived", page=f"{EMAILS}?state=archived")
    assert not email().archived_at
    assert [action for action, subject in reversed(actions()) if subject == str(PUBLISHED)] == [
        AuditAction.EMAIL_UNPUBLISHED,
        AuditAction.EMAIL_ARCHIVED,
        AuditAction.EMAIL_CHANGED,
    ]


def test_a_clone_has_the_draft_and_no_figures(editor: Browser) -> None:
    page = editor.submit(f"{EMAIL}/clone", name="Second")
    match = re.fullmatch(rf"{EMAILS}/(\d+)/write", page.path)
    assert match
    copy = int(match[1])
    assert (email(copy).name, email(copy).cloned_from) == ("Second", PUBLISHED)
    assert document(copy)["subject"] == document()["subject"]


def test_settings_are_saved_in_the_draft(editor: Browser) -> None:
    fields = {"name": "Order", "from_name": "Shop", "from": "hello@example.com", "reply_to": "help@example.net"}
    page = editor.submit(
        f"{EMAIL}/settings",
        version=str(email().version),
        subscription="TRANSACTIONAL",
        language="en",
        track_clicks="on",
        **fields,
    )
    assert "count as soon as you publish" in page.text
    stored = document()
    assert stored["from"] == {"fromName": "Shop", "replyTo": "hello@example.com", "customReplyTo": "help@example.net"}
    assert (stored["content"]["trackOpens"], stored["content"]["trackClicks"]) == (False, True)
    assert "sensitive" not in stored["content"]
    assert stored["content"]["translations"]["de"]
    page = editor.submit(
        f"{EMAIL}/settings", version="1", **{**fields, "from": "x"}, subscription="TRANSACTIONAL", language="xx-no"
    )
    assert page.status == 400
    assert 'value="xx-no"' in page.html


def settings(**changed: str) -> dict[str, str]:
    return {
        "version": str(email().version),
        "name": "Order",
        "from": "hello@example.com",
        "subscription": "TRANSACTIONAL",
        "language": "en",
        **changed,
    }


def test_publishing_from_the_settings_has_what_is_entered(editor: Browser) -> None:
    before = email().revisions
    page = editor.submit(
        f"{EMAIL}/settings/publish", page=f"{EMAIL}/settings", **settings(name="New", from_name="Shop")
    )
    assert "is what is sent from now on" in page.text
    assert page.path == f"{EMAIL}/settings"
    assert (email().name, email().revisions) == ("New", before + 1)
    live = wiring.get(wiring.emails.edit_emails).get(PUBLISHED).document
    assert live["from"]["fromName"] == "Shop"
    assert actions()[0] == (AuditAction.EMAIL_PUBLISHED, str(PUBLISHED))


def test_settings_that_cannot_be_published_are_shown_again(editor: Browser) -> None:
    before = email(), document()
    page = editor.submit(f"{EMAIL}/settings/publish", page=f"{EMAIL}/settings", **settings(name="New", **{"from": "x"}))
    assert page.status == 400
    assert 'name="name" type="text" value="New"' in page.html
    assert (email(), document()) == before


def test_publishing_from_the_write_page_has_what_is_entered(editor: Browser) -> None:
    fields = {"language": "en", "syntax": "mjml", "subject": "Newer", "body": MJML, "view": "visual"}
    page = editor.submit(f"{EMAIL}/write/publish", page=f"{EMAIL}/write", version=str(email().version), **fields)
    assert page.path == f"{EMAIL}/visual"
    assert wiring.get(wiring.emails.edit_emails).get(PUBLISHED).document["subject"] == "Newer"


def test_a_text_that_cannot_be_published_is_shown_again(editor: Browser) -> None:
    before = email(), document()
    fields = {"language": "en", "syntax": "mjml", "subject": "Newer", "body": "<mjml>{% foo %}"}
    page = editor.submit(f"{EMAIL}/write/publish", page=f"{EMAIL}/write", version=str(email().version), **fields)
    assert page.status == 400
    assert "&lt;mjml&gt;{% foo %}" in page.html
    assert (email(), document()) == before


def test_publishing_a_text_over_a_later_one_shows_both(editor: Browser) -> None:
    wiring.get(wiring.emails.edit_emails).update(PUBLISHED, {"subject": "Theirs"}, unrestricted("ada@example.com"))
    fields = {"language": "en", "syntax": "mjml", "subject": "Mine", "body": MJML, "version": "1"}
    page = editor.submit(f"{EMAIL}/write/publish", page=f"{EMAIL}/write", **fields)
    assert "ada@example.com saved a later version" in page.text
    assert document()["subject"] == "Theirs"


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("settings", {"name": "Mine", "language": "en"}),
        ("settings/publish", {"name": "Mine", "language": "en"}),
        ("languages", {"new_language": "fr"}),
        ("publish", {}),
    ],
)
def test_a_page_opened_before_a_change_names_its_author(editor: Browser, path: str, fields: dict[str, str]) -> None:
    version = str(email().version)
    wiring.get(wiring.emails.edit_emails).update(PUBLISHED, {"name": "Theirs"}, unrestricted("ada@example.com"))
    page = editor.submit(f"{EMAIL}/{path}", page=f"{EMAIL}/settings", version=version, **fields)
    assert "ada@example.com changed this email since you opened the page" in page.text
    assert document()["name"] == "Theirs"
    assert all(f'value="{value}"' in page.html for value in fields.values())


def test_the_name_of_the_reply_address_stays(editor: Browser) -> None:
    wiring.get(wiring.emails.edit_emails).update(
        PUBLISHED, {"from": {"customReplyTo": "Help <help@example.net>"}}, AUTHOR
    )
    fields = {"subscription": "TRANSACTIONAL", "language": "en", "name": "Order", "from": "hello@example.com"}
    for entered, stored in (
        ("help@example.net", "Help <help@example.net>"),
        ("other@example.net", "other@example.net"),
    ):
        editor.submit(f"{EMAIL}/settings", version=str(email().version), reply_to=entered, **fields)
        assert document()["from"]["customReplyTo"] == stored


@pytest.mark.parametrize(
    "path", [f"{EMAILS}?after=²", f"{EMAIL}/revisions?after=²", f"{EMAIL}/revisions?after={'9' * 5000}"]
)
def test_a_page_that_does_not_exist_is_the_first(editor: Browser, path: str) -> None:
    assert editor.get(path).status == 200


def test_a_number_too_long_names_nothing(editor: Browser) -> None:
    for path in (
        f"{EMAILS}/{'9' * 60}/write",
        f"{EMAIL}/revisions/{'9' * 60}",
        f"{EMAIL}/revisions/1?with={'9' * 5000}",
    ):
        assert editor.get(path).status == 404


@pytest.mark.parametrize("action", ["convert", "automation", "lists"])
def test_a_refused_publication_changes_nothing(editor: Browser, action: str) -> None:
    before = (document(DRAFT), email(DRAFT))
    page = editor.submit(f"{DRAFTED}/{action}")
    assert page.status == 400
    assert "Nothing was changed" in page.text
    assert (document(DRAFT), email(DRAFT)) == before


def test_transactional_is_explained_where_it_is_chosen(editor: Browser) -> None:
    assert "Never use it for advertising" in editor.get(f"{EMAIL}/settings").text


def test_a_language_is_added_with_the_text_and_removed(editor: Browser) -> None:
    page = editor.submit(
        f"{EMAIL}/languages", page=f"{EMAIL}/settings", version=str(email().version), new_language="IT"
    )
    assert document()["content"]["translations"]["it"]["subject"] == document()["subject"]
    assert 'lang="it" aria-current="page"' in page.html
    editor.submit(f"{EMAIL}/languages/it/remove")
    assert "it" not in document()["content"]["translations"]
    for wrong in ("de", "klingonese-x"):
        page = editor.submit(
            f"{EMAIL}/languages", page=f"{EMAIL}/settings", version=str(email().version), new_language=wrong
        )
        assert page.status == 400


def test_revisions_show_who_published_what(editor: Browser) -> None:
    page = editor.get(f"{EMAIL}/revisions")
    assert "ada@example.com" in page.text
    assert "is sent now" in page.text
    changed = editor.get(f"{EMAIL}/revisions/2").text
    assert "-Subject: Order {{ custom.order.number }}" in changed
    assert "+Subject: Your order {{ custom.order.number }}" in changed
    assert "Nothing differs" in editor.get(f"{EMAIL}/revisions/draft").text
    assert editor.get(f"{EMAIL}/revisions/9").status == 404
    assert editor.get(f"{EMAIL}/revisions/x").status == 404


def test_a_revision_comes_back_as_draft_or_live(editor: Browser) -> None:
    assert "What was written since the last publication is lost" in editor.get(f"{EMAIL}/revisions/1/draft").text
    editor.submit(f"{EMAIL}/revisions/1/draft")
    assert document()["subject"] == "Order {{ custom.order.number }}"
    assert email().revisions == 2
    editor.submit(f"{EMAIL}/revisions/1/restore")
    assert (email().revisions, email().published_revision) == (3, 3)


CALL = SendCall(
    host="https://api.example.com",
    email_id=7,
    transactional=True,
    contact={"firstname": "O'Neil"},
    custom={"order": {"paid": True, "note": 'a \\ "b" $HOME', "none": None}},
)
BODY = json.loads(CALL.body())


def test_the_shell_sends_the_same_body() -> None:
    words = shlex.split(CALL.snippet("curl").replace("\\\n", " "))
    assert json.loads(words[words.index("--data") + 1]) == BODY


def test_python_sends_the_same_body() -> None:
    body = CALL.snippet("python").split("headers = ")[0]
    printed = subprocess.run(
        [sys.executable, "-c", f"{body}\nprint(json.dumps(body))"], capture_output=True, check=True
    )
    assert json.loads(printed.stdout) == BODY
    compile(CALL.snippet("python"), "snippet", "exec")


def test_node_sends_the_same_body(tmp_path: Any) -> None:
    script = tmp_path / "snippet.mjs"
    script.write_text(CALL.snippet("node").split("const response")[0] + "console.log(JSON.stringify(body))")
    assert json.loads(node.run(script)) == BODY


def test_php_has_the_same_body_as_text() -> None:
    literal = CALL.snippet("php").split("$body = '")[1].split("';\n$headers")[0]
    assert json.loads(literal.replace("\\'", "'").replace("\\\\", "\\")) == BODY


def test_starters_are_described_in_the_persons_language(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    browser.submit("/console/you", language="it", zone="")
    gallery = browser.get("/console/emails/new").text
    assert "Ricevuta Riporta a un cliente che cosa ha comprato" in gallery
    assert "Tells" not in gallery
    assert 'value="Ricevuta"' in browser.get("/console/emails/new/receipt").html
    assert "Sends the link" not in browser.get("/console/automations/create").text
