"""The visual view in a real browser: an email is built from nothing and sent, and a change of a starter changes that block's octets only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import JSHandle, expect

from functions.adapters.templates import starters
from functions.core.emails import images
from functions.core.templates.blocks import palette
from tests.end_to_end.console.conftest import Windows
from tests.end_to_end.console.visual import VisualView
from tests.end_to_end.console.window import Window, signed_in
from tests.end_to_end.service import Service
from tests.support.images import png

ROOT = Path(__file__).parents[3]
STARTER = ROOT.joinpath("templates/email/receipt/email.mjml").read_text("utf-8")
ITEMS = [{"name": "Linen notebook", "price": 38}, {"name": "Pen", "price": 64.5}]
TEXT = ["Thank you for your order", "Hi there", "Item Price", "Linen notebook 38", "Pen 64.5", "Total: 102.5"]
BLANK = {
    "name": "Receipt from nothing",
    "subject": "Your receipt {{ custom.number }}",
    "from": {"fromName": "Acme", "replyTo": "shop@mail.example.com"},
    "content": {
        "mjml": palette.EMPTY,
        "trackClicks": False,
        "sample": {
            "contactProperties": {"firstname": "Ada"},
            "customProperties": {"items": ITEMS, "number": "42", "total": 102.5},
        },
    },
}


def create(service: Service, document: dict[str, Any]) -> int:
    answer = service.http.post("/marketing/v3/emails", json=document)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def address(test: str) -> str:
    return f"{test.removeprefix('test_')[:40]}@example.com"


@pytest.fixture
def view(window: Window, service: Service, request: pytest.FixtureRequest) -> VisualView:
    signed_in(window, service, address(request.node.name))
    return VisualView(window)


def test_a_receipt_is_built_published_and_sent(service: Service, view: VisualView) -> None:
    email_id = create(service, BLANK)
    view.open(email_id)
    view.add("heading")
    view.write("mj-text", "Thank you for your order")
    view.add("text")
    view.write("mj-text", "Hi ", 1)
    view.chip("contact.firstname", "there")
    view.add("table")
    view.add("text")
    view.write("mj-text", "Total: ", 2)
    view.chip("custom.total")
    view.add("button")
    view.write("mj-button", "View your receipt")
    view.set("Link", "https://example.com/receipts/{{ custom.number }}")
    view.add("footer")
    view.settled()
    assert '{{ contact.firstname|default("there") }}' in view.body
    assert service.http.post(f"/marketing/v3/emails/{email_id}/publish").status_code == 204
    mail = sent(service, email_id, "visual-receipt@example.com", number="7", items=ITEMS, total=102.5)
    assert mail["Subject"] == "Your receipt 7"
    lines = [" ".join(line.split()) for line in mail["Text"].splitlines() if line.strip()]
    assert lines[:6] == TEXT
    assert mail["HTML"].count("<h2") == 1
    assert 'href="https://example.com/receipts/7"' in mail["HTML"]


def test_a_change_of_each_starter_is_its_only_difference(service: Service, view: VisualView) -> None:
    for name in starters.names():
        source = ROOT.joinpath(f"templates/email/{name}/email.mjml").read_text("utf-8")
        email_id = create(service, {**BLANK, "name": name, "content": {"mjml": source}})
        view.open(email_id)
        first = view.window.page.locator(".block.mj-text .ProseMirror").first
        first.click()
        first.press("End")
        view.changes(lambda place=first: place.press_sequentially("!"))
        view.settled()
        before, after = source.splitlines(), stored(service, email_id).splitlines()
        changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
        assert len(changed) == 1, name
        assert changed[0][1].replace("!", "", 1) == changed[0][0]


def test_everything_goes_by_keyboard(service: Service, view: VisualView) -> None:
    view.open(create(service, {**BLANK, "content": {"mjml": STARTER}}))
    keys = view.window.page.keyboard
    view.block("mj-button").focus()
    view.changes(lambda: keys.press("Alt+ArrowUp"))
    assert view.body.index("<mj-button") < view.body.index('{% include "items" %}')
    view.changes(lambda: keys.press("Control+d"))
    assert view.body.count("<mj-button") == 2
    view.changes(lambda: keys.press("Delete"))
    view.changes(lambda: keys.press("Control+z"))
    view.changes(lambda: keys.press("Control+z"))
    view.changes(lambda: keys.press("Control+z"))
    assert view.body == STARTER
    view.changes(lambda: keys.press("Control+y"))
    view.block("mj-button").focus()
    keys.press("Enter")
    view.changes(lambda: keys.type("Now: "))
    keys.press("Escape")
    assert view.window.page.evaluate("document.activeElement.dataset.path") == view.selected
    assert view.window.findings() == []


def test_a_condition_is_built_and_removed(service: Service, view: VisualView) -> None:
    view.open(create(service, {**BLANK, "content": {"mjml": STARTER}}))
    view.block("mj-button").focus()
    panel = view.window.page.locator("#panel")
    panel.locator("summary").first.click()
    panel.get_by_label("Property", exact=True).first.fill("custom.receipt_url")
    view.changes(panel.get_by_role("button", name="Apply").first.click)
    assert "{% if custom.receipt_url %}\n<mj-button" in view.body
    view.block("branch").focus()
    view.changes(panel.get_by_role("button", name="Show always").click)
    assert view.body == STARTER


def test_a_block_is_dragged_to_another_place(service: Service, view: VisualView) -> None:
    view.open(create(service, {**BLANK, "content": {"mjml": STARTER}}))
    view.window.page.set_viewport_size({"width": 1200, "height": 2400})
    handle = view.block("mj-button").locator(".handle").first
    view.changes(lambda: handle.drag_to(view.block("mj-text"), target_position={"x": 30, "y": 3}))
    assert view.body.index("<mj-button") < view.body.index("<mj-text")


def test_what_is_typed_without_a_connection_is_saved_later(service: Service, view: VisualView) -> None:
    email_id = create(service, BLANK)
    view.open(email_id)
    view.add("text")
    view.settled()
    network = view.window.page.context
    network.set_offline(True)
    view.text("mj-text").click()
    view.text("mj-text").press_sequentially("Typed offline.")
    expect(view.window.page.locator(".state")).to_contain_text("No connection")
    network.set_offline(False)
    view.settled()
    assert "Typed offline." in service.http.get(f"/marketing/v3/emails/{email_id}/draft").json()["content"]["mjml"]


def test_what_is_typed_after_the_session_is_saved_later(
    service: Service, view: VisualView, request: pytest.FixtureRequest
) -> None:
    email_id = create(service, BLANK)
    view.open(email_id)
    view.add("text")
    view.settled()
    context = view.window.page.context
    context.clear_cookies()
    view.text("mj-text").click()
    view.text("mj-text").press_sequentially("Typed signed out.")
    expect(view.window.page.locator(".state")).to_contain_text("Your session is over")
    other = Window(context.new_page(), view.window.base)
    other.sign_in(address(request.node.name))
    view.settled()
    assert "Typed signed out." in service.http.get(f"/marketing/v3/emails/{email_id}/draft").json()["content"]["mjml"]


def test_a_translation_is_written_next_to_the_original(service: Service, view: VisualView) -> None:
    words = {"subject": "Ricevuta", "mjml": STARTER}
    content = {"mjml": STARTER, "translations": {"it": words}}
    view.open(create(service, {**BLANK, "content": content}), language="it")
    expect(view.block("mj-text")).to_have_class(re.compile("untranslated"))
    view.block("mj-text").focus()
    assert "Not translated yet" in view.window.text_of("#panel")
    view.write("mj-text", "Ciao, ecco la tua ricevuta.")
    expect(view.block("mj-text")).not_to_have_class(re.compile("untranslated"))
    assert '<mj-text css-class="ink">Ciao, ecco la tua ricevuta.</mj-text>' in view.body


def test_two_people_see_each_other_and_overwrite_nothing(
    service: Service, windows: Windows, view: VisualView, request: pytest.FixtureRequest
) -> None:
    email_id = create(service, BLANK)
    view.open(email_id)
    mine = address(request.node.name)
    other = VisualView(signed_in(windows.open(), service, f"other-{mine}"))
    other.open(email_id)
    expect(other.window.page.locator("#others")).to_contain_text(mine)
    view.add("text")
    view.settled()
    expect(view.window.page.locator("#others")).to_contain_text(f"other-{mine}")
    other.add("divider")
    expect(other.window.page.locator(".state")).to_contain_text(f"{mine} saved a later version")
    assert "<mj-text" in stored(service, email_id)
    assert "<mj-divider" in other.body
    other.window.press("Compare with the later version", within=".bar")
    page = other.window.page
    expect(page.locator("details[open] pre")).to_contain_text(re.compile(r"\+\s*<mj-divider"))
    page.locator("#canvas .block").first.wait_for()
    assert "<mj-divider" in other.body
    assert "<mj-text" in stored(service, email_id)


def test_a_chip_warns_as_the_check_does(service: Service, view: VisualView) -> None:
    email_id = create(service, BLANK)
    view.open(email_id)
    view.add("text")
    view.write("mj-text", "Hi ")
    view.chip("contact.firstname")
    chip, issues = view.window.page.locator("#canvas .chip"), view.window.page.locator("#issues")
    expect(chip).to_have_class(re.compile("warn"))
    expect(issues).to_contain_text("prints contact.firstname, which a contact may lack")
    view.block("mj-body").focus()
    issues.get_by_role("button", name="Show the block").first.click()
    expect(view.window.page.locator(".block.selected")).to_have_class(re.compile("mj-text"))
    view.text("mj-text").click()
    view.text("mj-text").press("Control+a")
    view.text("mj-text").press("Delete")
    view.chip("contact.firstname", "there")
    expect(chip).not_to_have_class(re.compile("warn"))
    expect(issues).not_to_contain_text("may lack")


def test_arrows_go_through_the_tools(service: Service, view: VisualView) -> None:
    view.open(create(service, {**BLANK, "content": {"mjml": STARTER}}))
    page = view.window.page
    stops = "() => [...document.querySelectorAll('#text-tools button, #text-tools input')].filter(one => one.tabIndex === 0).length"
    view.text("mj-text").click()
    assert page.evaluate(stops) == 1
    page.keyboard.press("Alt+F10")
    expect(page.get_by_role("button", name="Bold", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Italic", exact=True)).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("button", name="Insert", exact=True)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    field = page.get_by_label("Default", exact=True).first
    expect(field).to_be_focused()
    field.fill("you")
    page.keyboard.press("ArrowLeft")
    expect(field).to_be_focused()  # the cursor moves in its text
    page.keyboard.press("Escape")
    expect(view.text("mj-text").locator("css=.ProseMirror").or_(view.text("mj-text")).first).to_be_focused()
    assert view.window.findings() == []


def test_a_finding_leads_to_its_block_at_once(service: Service, view: VisualView) -> None:
    view.window.page.route("**/draft", lambda route: route.abort())  # so that no check follows the page's own
    body = palette.EMPTY.replace("<mj-column>", "<mj-column>\n<mj-text>Hi {{ contact.firstname }}</mj-text>")
    email_id = create(service, {**BLANK, "content": {"mjml": body}})
    view.window.page.goto(f"{view.window.base}/console/emails/{email_id}/visual")
    view.window.page.locator("#issues").get_by_role("button", name="Show the block").first.click()
    expect(view.window.page.locator(".block.selected")).to_have_class(re.compile("mj-text"))


def test_a_layout_is_edited_in_its_own_place(service: Service, view: VisualView) -> None:
    head = '<mj-head><mj-attributes><mj-all font-family="Arial" /></mj-attributes></mj-head>'
    layout = f"<mjml>{head}<mj-body><mj-section><mj-column><mj-text>Acme</mj-text>{{% block content %}}{{% endblock %}}</mj-column></mj-section></mj-body></mjml>"
    assert service.http.request("PUT", "/staffetta/v1/partials/brand/frame", json={"text": layout}).ok
    body = '{% extends "brand/frame" %}\n{% block content %}\n<mj-text>Hello</mj-text>\n{% endblock %}\n'
    view.open(create(service, {**BLANK, "content": {"mjml": body}}))
    expect(view.block("frame")).to_contain_text("Header and footer come from this layout.")
    expect(view.block("frame")).not_to_contain_text("extends")
    view.block("frame").focus()
    panel, pages = view.window.page.locator("#panel"), view.window.page.context
    with pages.expect_page() as opened:
        panel.get_by_role("link", name="Edit it (in a new tab)").click()
    place = Window(opened.value, view.window.base)
    place.page.wait_for_load_state()
    assert (place.title, place.findings()) == ("brand/frame", [])
    place.page.get_by_role("textbox", name="Text").fill(layout.replace("Acme", "Acme Corporation"))
    mail = place.page.frame_locator("iframe[name=mail]")
    expect(mail.get_by_text("Acme Corporation")).to_be_visible()
    expect(mail.get_by_text("Hello")).to_be_visible()  # in the email that uses it
    assert place.findings() == []
    place.press("Save", within="main")
    assert "brand/frame" in place.text
    view.changes(lambda: view.text("mj-text").press_sequentially("!"))
    view.settled()
    expect(view.window.page.frame_locator("iframe[name=mail]").get_by_text("Acme Corporation")).to_be_visible()
    assert '{% extends "brand/frame" %}' in view.body


def test_every_panel_passes_axe(service: Service, view: VisualView) -> None:
    """One block of each kind: its panel, with all that it opens."""
    view.open(create(service, {**BLANK, "content": {"mjml": STARTER}}))
    for block in ("social", "image", "spacer", "html"):
        view.add(block)
    page = view.window.page
    kinds = page.eval_on_selector_all("#canvas .block", "every => [...new Set(every.map(one => one.classList[1]))]")
    assert {"frame", "area", "include", "mj-text", "mj-button", "mj-image", "mj-table", "mj-raw"} <= set(kinds)
    for kind in kinds:
        view.block(kind).focus()
        page.eval_on_selector_all("#panel details, #palette", "every => every.forEach(one => (one.open = true))")
        assert view.window.findings() == [], kind
    page.emulate_media(color_scheme="dark")  # a mail stays light
    assert view.window.findings() == []


def test_a_later_version_is_not_overwritten(service: Service, view: VisualView) -> None:
    email_id = create(service, BLANK)
    view.open(email_id)
    view.add("text")
    view.settled()
    assert (
        service.http.request("PATCH", f"/marketing/v3/emails/{email_id}/draft", json={"subject": "Theirs"}).status_code
        == 200
    )
    view.add("divider")
    expect(view.window.page.locator(".state")).to_contain_text("saved a later version")
    assert "<mj-divider" in view.body
    assert service.http.get(f"/marketing/v3/emails/{email_id}/draft").json()["subject"] == "Theirs"


def test_a_phone_shows_and_edits_text(service: Service, windows: Windows) -> None:
    window = signed_in(windows.open(width=390), service, "visual-phone@example.com")
    view = VisualView(window)
    view.open(create(service, {**BLANK, "content": {"mjml": STARTER}}))
    first = view.text("mj-text")
    first.click()
    view.changes(lambda: first.press_sequentially("Hello "))
    view.settled()
    assert window.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_views_keep_the_place(service: Service, view: VisualView) -> None:
    view.open(create(service, {**BLANK, "content": {"mjml": STARTER}}))
    view.block("mj-button").focus()
    view.window.follow("Code", within=".bar")
    code = view.window.page
    expect(code.locator(".cm-activeLine")).to_contain_text("<mj-button")
    view.window.follow("Visual", within=".bar")
    expect(code.locator(".block.selected")).to_have_class(re.compile("mj-button"))


def stored(service: Service, email_id: int) -> str:
    """Returns the body of the draft."""
    mjml: str = service.http.get(f"/marketing/v3/emails/{email_id}/draft").json()["content"]["mjml"]
    return mjml


def sent(service: Service, email_id: int, to: str, **custom: Any) -> dict[str, Any]:
    """Sends through the API, and returns the mail of the mailbox."""
    answer = service.http.post(
        "/marketing/v4/email/single-send",
        json={"emailId": email_id, "message": {"to": to}, "customProperties": custom},
    )
    assert answer.status_code == 200, answer.text
    service.settle()
    message: dict[str, Any] = service.mailbox.get(f"/api/v1/message/{service.mails(f'to:{to}')[0]['ID']}").json()
    return message


def _transfer(view: VisualView, octets: bytes) -> JSHandle:
    """A file as a browser hands it to a page that it is dropped on or pasted into."""
    return view.window.page.evaluate_handle(
        """octets => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(octets)], "shop.png", { type: "image/png" }));
            return transfer;
        }""",
        list(octets),
    )


def _finish(view: VisualView, alt: str) -> None:
    dialog = view.window.page.get_by_role("dialog", name="Image")
    dialog.get_by_role("button", name="Use the image").click()
    expect(dialog.get_by_role("alert")).to_have_text("Describe the image, or mark it as an ornament.")
    dialog.get_by_label("What the image shows").fill(alt)
    view.changes(lambda: dialog.get_by_role("button", name="Use the image").click())
    expect(dialog).to_be_hidden()
    view.settled()


def test_a_dropped_image_is_made_small_and_described(service: Service, view: VisualView) -> None:
    view.open(create(service, {**BLANK, "content": {"mjml": STARTER}}))
    transfer = _transfer(view, png(3000, 100))
    for event in ("dragover", "drop"):
        view.block("mj-button").dispatch_event(event, {"dataTransfer": transfer})
    _finish(view, "Our shop")
    match = re.search(r'<mj-image src="([^"]+/images/[0-9a-f]{32}\.(?:png|jpg))" alt="Our shop" />', view.body)
    assert match
    served = requests.get(match[1], timeout=10)
    assert images.format_of(served.content).width == 1200
    expect(view.block("mj-image").locator("img")).to_have_js_property("complete", value=True)


def test_a_pasted_image_can_be_picked_again(service: Service, view: VisualView) -> None:
    view.open(create(service, {**BLANK, "content": {"mjml": STARTER}}))
    view.block("mj-button").focus()
    view.block("mj-button").evaluate(
        "(block, clipboardData) => block.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))",
        _transfer(view, png(30, 20)),
    )
    _finish(view, "A pen")
    source = re.search(r'<mj-image src="([^"]+)"', view.body)
    assert source
    view.add("image")
    view.window.page.get_by_role("button", name="Choose an image").click()
    dialog = view.window.page.get_by_role("dialog", name="Image")
    dialog.get_by_role("button", name="A pen").first.click()
    assert view.window.findings() == []
    view.changes(lambda: view.window.page.get_by_role("button", name="Use the image").click())
    assert view.body.count(f'src="{source[1]}" alt="A pen"') == 2
