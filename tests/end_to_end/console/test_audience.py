"""Lists, imports and broadcasts: from a file on a person's disk to the report of who got the mail."""

from __future__ import annotations

from functions.routes.statistics.table import EMAILS_PATH
from tests.end_to_end.console.window import Window, signed_in
from tests.end_to_end.service import Service
from tests.end_to_end.support.records import created as record
from tests.end_to_end.support.sending import broadcasts

FILE = b"Email;Given name;Shoe size\nann@import.example.net;Ann;39\nbob@import.example.net;Bob;44\nnobody;Cy;40\n"
SLOW = 15  # recipients
LARGE_LINES = 60_000  # of 80 octets and more: more than a form takes
DONE = "#progress strong:text-is('Done')"


def test_a_file_becomes_a_list_and_its_mail(service: Service, window: Window) -> None:
    signed_in(window, service, "audience@example.com")
    window.follow("Lists")
    window.fill({"Name": "Browser guests"})
    window.press("Create the list")
    list_path = window.path
    window.follow("Import contacts")
    file = {"name": "guests.csv", "mimeType": "text/csv", "buffer": FILE}
    window.field("CSV file").set_input_files(file)  # type: ignore[arg-type]  # accepts the path
    window.press("Next")
    window.field("Given name (Column 2)").select_option("firstname")
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
    assert "1 of 1 recipient" in window.text
    with window.page.expect_download() as report:
        window.page.get_by_role("link", name="Report (CSV)").click()
    assert "ann@import.example.net,,SENT" in report.value.path().read_text("utf-8-sig")
    service.http.request("DELETE", f"{EMAILS_PATH}/{email_id}")


def test_a_running_broadcast_is_paused_and_resumed(service: Service, window: Window) -> None:
    """SES takes one mail a second, so that there is time to pause."""
    email_id = broadcasts.batch_email(service)
    people = [f"slow{number}@browser.example.net" for number in range(SLOW)]
    created = broadcasts.create(service, email_id, {"contactIds": {"include": people}}, name="Browser slow")
    signed_in(window, service, "slow@example.com")
    quota = service.stack.ses.account.quota
    rate, quota.max_send_rate = quota.max_send_rate, 1
    try:
        broadcasts.act(service, created["id"], "send")
        broadcasts.wait_for(service, created["id"], "SENDING")
        window.go(f"/console/broadcasts/{created['id']}")
        window.follow("Pause")
        window.fill({"Reason": "wrong prices"})
        window.press("Pause")
        assert "The broadcast is paused." in window.notice
        assert "wrong prices" in window.text
    finally:
        quota.max_send_rate = rate
    window.press("Resume")
    window.page.locator(DONE).wait_for()
    assert window.findings() == []
    assert f"{SLOW} of {SLOW} recipients" in window.text
    assert all(len(service.mails(f"to:{person}")) == 1 for person in people)
    service.http.request("DELETE", f"{EMAILS_PATH}/{email_id}")


def test_a_list_is_written_by_filters_and_exported(service: Service, window: Window) -> None:
    record(service, "romulus@browser.example.net", city="Rome")
    record(service, "paris@browser.example.net", city="Paris")
    signed_in(window, service, "filters@example.com")
    window.follow("Lists")
    window.follow("Create a list by filters")
    window.fill({"Name": "Browser Romans"})
    first = window.page.get_by_role("group", name="Condition 1").first
    first.get_by_label("Property or list").select_option("city")
    first.get_by_role("textbox", name="Value").fill("Rome")
    window.press("One more condition")
    assert window.page.get_by_role("group", name="Condition 3").count() == 1
    window.press("Create the list")
    path = window.path
    service.wait_until(lambda: "romulus@browser.example.net" in text_at(window, path))
    assert "paris@browser.example.net" not in window.text
    window.follow("Change the filters")
    assert (
        window.page.get_by_role("group", name="Condition 1").get_by_role("textbox", name="Value").input_value()
        == "Rome"
    )
    window.go(path)
    window.follow("Export")
    with window.page.expect_download() as download:
        window.page.get_by_role("button", name="Download the file").click()
    text = download.value.path().read_text("utf-8-sig")
    assert "romulus@browser.example.net" in text
    assert "paris@browser.example.net" not in text


def test_a_large_file_is_uploaded_with_its_progress(service: Service, window: Window) -> None:
    lines = b"".join(b"large%d@import.example.net;%s\n" % (number, b"x" * 60) for number in range(LARGE_LINES))
    signed_in(window, service, "large@example.com")
    window.go("/console/imports/new")
    file = {"name": "large.csv", "mimeType": "text/csv", "buffer": b"Email;Notes\n" + lines}
    window.field("CSV file").set_input_files(file)  # type: ignore[arg-type]  # accepts the path
    window.press("Next")
    assert window.title == "What are the columns?"
    assert "large0@import.example.net" in window.text


def text_at(window: Window, path: str) -> str:
    window.go(path)
    return window.text


def test_a_scheduled_broadcast_is_canceled(service: Service, window: Window) -> None:
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


def test_a_list_of_a_broadcasts_data_grows(service: Service, window: Window) -> None:
    email_id = broadcasts.batch_email(service)
    to = {"contactIds": {"include": ["later@browser.example.net"]}}
    values = {"changes": [{"title": "Refunds", "days": 14}]}
    created = broadcasts.create(service, email_id, to, name="Browser data", customProperties=values)
    signed_in(window, service, "data@example.com")
    path = f"/console/emails/{email_id}/broadcasts/{created['id']}/change"
    window.go(path)
    for title in ("Deletion", "Prices"):  # the third row is new
        window.page.get_by_role("button", name="One more entry").click()
        window.page.keyboard.type(title)
    assert window.findings() == []
    window.press("Save the changes")
    stored = service.http.get(f"/staffetta/v1/broadcasts/{created['id']}").json()
    titles = [one["title"] for one in stored["customProperties"]["changes"]]
    assert titles == ["Refunds", "Deletion", "Prices"]
    service.http.request("DELETE", f"{EMAILS_PATH}/{email_id}")


def test_a_property_is_defined_and_archived(service: Service, window: Window) -> None:
    signed_in(window, service, "properties@example.com")
    window.follow("Contact properties")
    window.follow("Create property")
    window.fill({"Label": "Browser tier", "Options": "Gold\nSilver"})
    window.choose("Kind", "One of several options, in a menu")
    window.press("Create property")
    window.follow("Browser tier")
    window.fill({"Label of Gold": "Golden"})
    window.check("Remove Silver")
    window.press("Save")
    assert window.notice == "The property is saved."
    window.follow("Archive")
    window.press("Archive the property")
    assert "is archived" in window.notice
