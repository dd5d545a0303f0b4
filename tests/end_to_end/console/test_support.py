"""What a support person does: find a mail, read what became of it, send it again, and look at its person."""

from __future__ import annotations

from tests.end_to_end.console.window import Window, signed_in
from tests.end_to_end.service import Service
from tests.end_to_end.support.messages import sent
from tests.end_to_end.support.preferences import bounced_at_ses


def test_a_mail_is_found_read_and_sent_again(service: Service, window: Window) -> None:
    sent(service, "found@browser.example.net")
    service.settle()
    signed_in(window, service, "support@example.com")
    window.follow("Messages")
    window.fill({"Recipient\u2019s address": "found@browser.example.net"})
    window.press("Search")
    (row,) = window.page.locator("tbody tr").all()
    subject = row.get_by_role("link").inner_text()
    window.follow(subject)
    assert "Delivered" in window.text
    mail = window.page.frame_locator("iframe.body").locator("body")
    assert service.starter.sample["customProperties"]["items"][0]["name"] in mail.inner_text()
    assert window.page.get_by_role("link", name="Open in the mailbox").count() == 1
    window.follow("Send again")
    window.press("Send again")
    service.settle()
    assert len(service.mails("to:found@browser.example.net")) == 2


def test_a_person_is_released_and_erased(service: Service, window: Window) -> None:
    sent(service, "person@browser.example.net")
    service.settle()
    bounced_at_ses(service, "person@browser.example.net")
    signed_in(window, service, "people@example.com")
    window.follow("Contacts")
    window.fill({"Words": "person@browser.example.net"})
    window.press("Search")
    window.follow("Release from quarantine")
    window.press("Release")
    assert "gets mail again" in window.notice
    window.follow("Erase this person")
    assert "cannot be undone" in window.text
    window.follow("Go back")
    window.follow("Erase this person")
    window.press("Erase for good")
    assert "under way" in window.text


def test_a_person_is_created_found_and_edited(service: Service, window: Window) -> None:
    signed_in(window, service, "crm@example.com")
    window.follow("Contacts")
    window.follow("Create contact")
    window.fill({"Email": "hedy@browser.example.net", "First name": "Hedy", "City": "Vienna"})
    window.press("Create contact")
    assert window.title == "Hedy"
    window.follow("Contacts")
    window.page.get_by_text("Conditions").click()
    row = window.page.get_by_role("group", name="Condition 1")
    row.get_by_label("Property or list").select_option("city")
    row.get_by_role("textbox", name="Value").fill("vienna")
    window.press("Search")
    assert "Found: 1, of " in window.text
    window.follow("hedy@browser.example.net")
    window.follow("Edit")
    window.fill({"Last name": "Lamarr"})
    window.press("Save")
    assert (window.notice, window.title) == ("The contact is saved.", "Hedy Lamarr")
