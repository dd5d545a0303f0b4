"""The visual view: what the page has, and what a change answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions import wiring
from tests.support.console import email_examples
from tests.support.console.browser import Browser
from tests.support.console.email_examples import BODY, DRAFT, EMAIL, EMAILS, PUBLISHED

VISUAL, BLOCKS = f"{EMAIL}/visual", f"{EMAIL}/blocks"


def edit(browser: Browser, operation: object = None, *, status: int = 200, **fields: str) -> Any:
    form = {"language": "en", "syntax": "mjml", "body": BODY, **fields}
    if operation is not None:
        form["operation"] = json.dumps(operation)
    answer = browser.post(BLOCKS, csrf=browser.get(VISUAL).csrf, **form)
    assert answer.status == status, answer.html
    return json.loads(answer.html)


def find(view: Any, kind: str) -> list[Any]:
    return [view] * (view["kind"] == kind) + [one for child in view.get("children", ()) for one in find(child, kind)]


def test_the_page_has_the_body_and_the_palette(editor: Browser) -> None:
    page = editor.get(VISUAL)
    assert "&lt;mj-text&gt;Dear {{ contact.firstname" in page.html
    assert 'data-block="table"' in page.html
    assert "visual.js" in page.html


def test_the_text_part_stays_with_the_form(editor: Browser) -> None:
    wiring.get(wiring.emails.edit_emails).update(
        PUBLISHED, {"content": {"plainTextVersion": "By <hand>\nonly"}}, email_examples.AUTHOR
    )
    assert '<textarea name="text" hidden' in editor.get(VISUAL).html
    assert "By &lt;hand&gt;\nonly</textarea>" in editor.get(VISUAL).html


def test_blocks_have_texts_chips_and_samples(editor: Browser) -> None:
    answer = edit(editor)
    assert answer["body"] == BODY
    (text,) = find(answer["document"], "mj-text")
    assert text["path"] == "0.0.0.0.0"
    assert answer["chips"]['{{ contact.firstname|default("customer") }}'] == {
        "path": "contact.firstname",
        "default": "customer",
        "simple": True,
        "sample": "Ada",
    }
    assert BODY[text["start"] : text["end"]].startswith("<mj-text>Dear")


def test_a_change_answers_the_new_body(editor: Browser) -> None:
    answer = edit(editor, {"do": "add", "near": "0.0.0.0.0", "name": "divider"})
    assert answer["path"] == "0.0.0.0.1"
    assert answer["body"].replace('\n<mj-divider border-width="1px" border-color="#e4e2db" />', "") == BODY
    assert wiring.get(wiring.emails.edit_emails).draft(PUBLISHED).document["content"]["mjml"] == BODY


@pytest.mark.parametrize(
    "operation", [{"do": "delete", "path": "9"}, {"do": "fly"}, {"do": "text", "path": "0", "nodes": 1}]
)
def test_a_change_that_cannot_be_is_refused(editor: Browser, operation: object) -> None:
    assert edit(editor, operation, status=400)["errors"]


def test_places_count_as_a_browser_counts(editor: Browser) -> None:
    body = BODY.replace("Dear", "🙂 Dear")
    (text,) = find(edit(editor, body=body)["document"], "mj-text")
    units = body.encode("utf-16-le")[text["start"] * 2 : text["end"] * 2].decode("utf-16-le")
    assert units.endswith("</mj-text>")


def test_a_translation_shows_the_original(editor: Browser) -> None:
    (text,) = find(edit(editor, language="de")["document"], "mj-text")
    assert text["untranslated"] is True
    assert text["original"].startswith("Dear {{ contact.firstname")
    (text,) = find(edit(editor, language="de", body=BODY.replace("Dear", "Liebe"))["document"], "mj-text")
    assert "untranslated" not in text


def test_html_is_one_locked_block(editor: Browser) -> None:
    (block,) = edit(editor, syntax="html", body="<p>Hello</p>")["document"]["children"]
    assert (block["kind"], block["code"]) == ("locked", "<p>Hello</p>")


def test_a_starters_layout_gives_its_parts_a_place(editor: Browser) -> None:
    starter = wiring.get(wiring.emails.starter_gallery).draft("receipt")
    answer = edit(editor, body=starter.source.body)
    content = next(area for area in find(answer["document"], "area") if area["name"] == "content")
    assert content["holds"] == "content"
    (text, *_) = find(content, "mj-text")
    assert text["look"]["font-size"] == "16px"  # of the layout's own defaults


def test_a_loops_chips_show_the_first_entry(editor: Browser) -> None:
    body = BODY.replace(
        "<mj-text>", "{% for part in custom.order.parts %}<mj-text>{{ part.name }}</mj-text>{% endfor %}<mj-text>"
    )
    wiring.get(wiring.emails.edit_emails).update(
        PUBLISHED,
        {"content": {"sample": {"customProperties": {"order": {"parts": [{"name": "Pen"}]}}}}},
        email_examples.AUTHOR,
    )
    assert edit(editor, body=body)["chips"]["{{ part.name }}"]["sample"] == "Pen"


def test_a_draft_that_cannot_be_read_opens_locked(editor: Browser) -> None:
    assert "{{ foo" in editor.get(f"{EMAILS}/{DRAFT}/visual").html
