"""Lists, imports and broadcasts: from a file on a person's disk to the report of who got the mail."""

from __future__ import annotations

from functions.routes.statistics.table import EMAILS_PATH
from tests.end_to_end.console.window import Window, signed_in
from tests.end_to_end.service import Service
from tests.end_to_end.support import broadcasts

FILE = b"Email;Given name;Shoe size\nann@import.example.net;Ann;39\nbob@import.example.net;Bob;44\nnobody;Cy;40\n"
DONE = "#progress strong:text-is('Done')"


def test_a_file_becomes_a_list_and_its_mail(service: Service, window: Window) -> None:
    signed_in(window, service, "audience@example.com")
    window.follow("Lists")
    window.fill({"Name": "Browser guests"})
    window.press("Create the list")
    list_path = window.path
    window.follow("Import contacts")
    file = {"name": "guests.csv", "mimeType": "text/csv", "buffer": FILE}
    window.field("CSV file").set_input_files(file)  # type: ignore[arg-type]
    window.press("Next")
    window.field("Given name").select_option("firstname")
    window.press("Start the import")
    window.page.locator(DONE).wait_for()  # without loading the page again
    assert window.findings() == []
    assert "lines with an error" in window.text
    with window.page.expect_download() as errors:
        window.page.get_by_role("link", name="All errors (CSV)").click()
    assert "4,email," in errors.value.path().read_text("utf-8-sig")
    window.go(list_path)
    assert "ann@import.example.net" in window.text
    window.page.get_by_role("row").filter(has_text="bob@import.example.net").get_by_role("button").click()
    window.page.get_by_text("no longer in the list").wait_for()
    assert "bob@import.example.net" not in window.text
    broadcast_to(service, window, list_path.rpartition("/")[2])


def broadcast_to(service: Service, window: Window, list_id: str) -> None:
    email_id = broadcasts.batch_email(service)
    to = {"contactIlsLists": {"include": [int(list_id)]}}
    created = broadcasts.create(service, email_id, to, name="Browser broadcast")
    window.follow("Broadcasts")
    window.follow("Browser broadcast")
    assert "Draft" in window.text
    broadcasts.act(service, created["id"], "send")
    window.go(window.path)
    window.page.locator(DONE).wait_for()
    assert "1 of 1 recipients" in window.text
    with window.page.expect_download() as report:
        window.page.get_by_role("link", name="Report (CSV)").click()
    assert "ann@import.example.net,,SENT" in report.value.path().read_text("utf-8-sig")
    service.http.request("DELETE", f"{EMAILS_PATH}/{email_id}")


def test_a_broadcast_is_paused_resumed_and_canceled(service: Service, window: Window) -> None:
    email_id = broadcasts.batch_email(service)
    to = {"contactIds": {"include": ["later@browser.example.net"]}}
    created = broadcasts.create(service, email_id, to, name="Browser later", sendAt="2027-06-01T10:00:00Z")
    broadcasts.act(service, created["id"], "send")
    signed_in(window, service, "broadcasts@example.com")
    window.go(f"/console/broadcasts/{created['id']}")
    assert "Scheduled" in window.text
    window.follow("Cancel for good")
    window.press("Cancel the broadcast")
    assert "The broadcast is canceled." in window.notice
    service.http.request("DELETE", f"{EMAILS_PATH}/{email_id}")
