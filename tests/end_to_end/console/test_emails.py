"""A person who writes no code writes an email, sees it, publishes it, and sends it."""

from __future__ import annotations

import re

from playwright.sync_api import Dialog

from tests.end_to_end.console.conftest import Windows
from tests.end_to_end.console.window import Window, signed_in
from tests.end_to_end.service import Service
from tests.end_to_end.support.console.session import PASSWORD, add_user

SAVED = "Saved as a draft"


def write(window: Window, text: str) -> None:
    """Replaces the body in CodeMirror, as a person does."""
    window.page.locator(".cm-content").click()
    window.page.keyboard.press("Control+a")
    window.page.keyboard.insert_text(text)


def created(window: Window, name: str) -> str:
    """Creates a blank email, and opens it as code. Returns its path."""
    window.follow("Emails")
    window.go("/console/emails/new")
    window.follow("Blank An empty page with one greeting.")
    window.fill({"Name": name})
    window.press("Create the draft")
    match = re.match(r"(/console/emails/\d+)/visual", window.path)
    assert match, window.path
    window.follow("Code", within=".bar")
    return match[1]


def mail(window: Window) -> str:
    return window.page.frame_locator("iframe[name=mail]").locator("body").inner_text()


def body(text: str) -> str:
    """Without MJML's own font, which is loaded from another host."""
    column = f'<mj-column><mj-text font-family="Arial">{text}</mj-text></mj-column>'
    return f"<mjml><mj-body><mj-section>{column}</mj-section></mj-body></mjml>"


def test_an_email_is_written_with_a_live_preview(service: Service, window: Window) -> None:
    signed_in(window, service, "writer@example.com")
    path = created(window, "Browser letter")
    window.fill({"Subject": "A letter"})
    write(window, body("Dear {{ contact.firstname|default('friend') }}, it works."))
    window.shows(SAVED)
    frame = window.page.frame_locator("iframe[name=mail]")
    frame.get_by_text("Dear friend, it works.").wait_for()
    assert window.findings() == []
    window.page.get_by_label("Text", exact=True).check()
    frame.locator("pre").wait_for()
    window.page.get_by_label("Phone").check()
    assert window.page.locator("iframe[name=mail]").bounding_box()["width"] <= 377  # type: ignore[index]  # it is there
    assert window.problems == []
    window.press("Publish")
    assert "is what is sent from now on" in window.notice
    window.go(f"{path}/revisions")
    assert "writer@example.com" in window.text
    assert window.problems == []


def test_an_error_is_marked_at_its_line_and_completed(service: Service, window: Window) -> None:
    signed_in(window, service, "errors@example.com")
    created(window, "Browser errors")
    window.fill({"Subject": "Errors"})
    write(window, body("\n\n{% foo %}\n"))
    window.page.locator(".cm-lint-marker-error").wait_for()
    assert "there is no tag 'foo'" in window.text_of("#issues")
    write(window, "{{ contact.first")
    window.page.locator(".cm-tooltip-autocomplete").get_by_text("contact.firstname").click()
    assert window.page.locator("textarea[name=body]").input_value() == "{{ contact.firstname"
    assert window.problems == []


def test_two_editors_see_each_other_and_overwrite_nothing(service: Service, windows: Windows) -> None:
    ada, bob = (
        signed_in(windows.open(), service, "ada-two@example.com"),
        signed_in(windows.open(), service, "bob-two@example.com"),
    )
    path = created(ada, "Browser two")
    bob.go(f"{path}/write")
    bob.fill({"Subject": "Bob's"})
    bob.shows(SAVED)
    bob.shows("ada-two@example.com")
    write(ada, body("Ada's"))
    ada.page.get_by_role("button", name="Compare with the later version").wait_for()
    assert "bob-two@example.com saved a later version" in ada.text_of(".state")
    ada.press("Compare with the later version")
    assert "Ada's" in ada.text
    assert ada.field("Subject").input_value() != "Bob's"
    ada.press("Save the draft")
    assert "The draft is saved" in ada.notice


def test_nothing_is_lost_when_the_session_ends(service: Service, windows: Windows) -> None:
    window = signed_in(windows.open(), service, "ended@example.com")
    created(window, "Browser ended")
    cookies = window.page.context.cookies()
    window.page.context.clear_cookies()
    window.fill({"Subject": "Still here"})
    window.shows("Your session is over")
    window.page.context.add_cookies(cookies)  # type: ignore[arg-type]  # the same person signs in again
    window.fill({"Subject": "Still here!"})
    window.shows(SAVED)


def test_nothing_is_lost_without_a_connection(service: Service, windows: Windows) -> None:
    window = signed_in(windows.open(), service, "offline@example.com")
    created(window, "Browser offline")
    window.page.context.set_offline(True)
    window.fill({"Subject": "Later"})
    window.shows("No connection")
    window.page.context.set_offline(False)
    window.shows(SAVED)


def test_nothing_that_is_entered_is_left_without_a_confirmation(service: Service, window: Window) -> None:
    signed_in(window, service, "unsaved@example.com")
    path = created(window, "Browser unsaved")
    window.fill({"Subject": "Unsaved"})
    window.press("Publish")
    assert "is what is sent from now on" in window.notice
    assert window.field("Subject").input_value() == "Unsaved"
    window.go(f"{path}/settings")
    window.fill({"From name": "Shop"})
    window.press("Publish")
    assert "is what is sent from now on" in window.notice
    assert window.field("From name").input_value() == "Shop"
    window.go(f"{path}/settings")
    window.fill({"Campaign": "Spring"})
    with window.page.expect_navigation():
        window.field("Campaign").press("Enter")
    assert "saved in the draft" in window.notice, "Enter in a field publishes nothing"
    dialogs: list[str] = []

    def stay(dialog: Dialog) -> None:
        dialogs.append(dialog.type)
        dialog.dismiss()

    window.page.on("dialog", stay)
    window.follow("Performance")
    assert dialogs == []
    window.go(f"{path}/settings")
    window.fill({"Campaign": "Summer"})
    window.page.locator(".tabs").get_by_role("link", name="Performance").click()
    assert dialogs == ["beforeunload"]
    assert window.field("Campaign").input_value() == "Summer"


def test_an_email_is_converted_for_programs(service: Service, window: Window) -> None:
    signed_in(window, service, "programs@example.com")
    path = created(window, "Browser code")
    window.fill({"Subject": "Code"})
    window.shows(SAVED)
    window.page.get_by_text("Actions", exact=True).click()
    window.follow("Convert to single-send API")
    window.press("Publish for the API")
    assert window.text_of("#email-id") == path.rpartition("/")[2]
    assert "curl" in window.text
    window.page.get_by_role("button", name="Copy").first.wait_for()


def test_an_email_is_sent_to_people_after_a_count(service: Service, window: Window) -> None:
    signed_in(window, service, "bulk@example.com")
    created(window, "Browser news")
    window.fill({"Subject": "Browser news"})
    window.shows(SAVED)
    window.follow("Send or schedule")
    window.fill({"To": "test@browser-news.example.net"})
    window.press("Send the test mail")
    assert "test@browser-news.example.net" in window.notice
    window.follow("Use this email for lists")
    window.press("Publish for lists")
    window.fill({"Send to these addresses": "a@browser-news.example.net\nb@browser-news.example.net"})
    window.press("Count the recipients")
    service.settle()
    window.shows("in the audience")
    window.follow("Send now")
    assert "Recipients: 2." in window.text
    window.press("Send now")
    service.settle()
    assert len(service.mails("to:a@browser-news.example.net")) == 1
    assert service.mails("to:test@browser-news.example.net")[0]["Subject"] == "[Test] Browser news"


def test_the_page_works_on_a_phone_without_scripts(service: Service, windows: Windows) -> None:
    """axe-core needs scripts, so this flow does not run it."""
    window = windows.open(width=390, script=False)
    add_user(service, "plain@example.com")
    window.page.goto(f"{window.base}/console/sign-in")
    window.fill({"Email address": "plain@example.com", "Password": PASSWORD})
    window.page.get_by_role("button", name="Sign in").click()
    window.page.get_by_role("link", name="API keys", exact=True).wait_for()
    window.page.goto(f"{window.base}/console/emails/new/blank")
    window.fill({"Name": "Browser plain"})
    window.page.get_by_role("button", name="Create the draft").click()
    window.fill({"Subject": "Plain", "Body (MJML)": body("Without scripts")})
    window.page.get_by_role("button", name="Save the draft").click()
    window.shows("The draft is saved")
    window.page.get_by_role("button", name="Show the preview").click()
    window.page.frame_locator("iframe[name=mail]").get_by_text("Without scripts").wait_for()
