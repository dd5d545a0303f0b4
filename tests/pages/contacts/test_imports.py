"""Imports of contacts in a browser: the file, its columns, progress and errors."""

from __future__ import annotations

import re

from msgspec.structs import replace

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.roles import Role
from functions.core.broadcasts.jobs import ImportJob
from functions.core.contacts.property_definitions import PropertyType
from functions.wiring import Container
from tests.support.console import audience_examples
from tests.support.console.audience_examples import IMPORT
from tests.support.console.browser import Answer, Browser
from tests.support.console.paging import two_pages
from tests.support.console.people import signed_in

NEW = "/console/imports/new"
CSV = b"E-mail,Given name,Shoe size\nada@example.net,Ada,39\nnot an address,Bob,41\n"


def upload(browser: Browser, octets: bytes, **fields: str) -> Answer:
    """Sends the file as a browser does."""
    form = {"csrf": browser.get(NEW).csrf, **fields}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in form.items()]
    file = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + octets.decode("latin-1")
    body = "".join(parts) + file + "\r\n--x--\r\n"
    answer = browser.send("POST", NEW, body, content_type="multipart/form-data; boundary=x")
    return browser.get(answer.headers["location"]) if "location" in answer.headers else answer


def test_a_file_is_imported_by_its_columns(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert "No import yet" in browser.get("/console/imports").text
    page = upload(browser, CSV)
    assert "Shoe size" in page.text
    assert "ada@example.net" in page.text
    assert 'href="/console/contact-properties">Contact properties</a>.' in page.html
    assert re.search(r'name="name" type="text" value="Import of \d', page.html), "imports are told apart"
    file = page.html.partition('name="file" value="')[2].partition('"')[0]
    fields = {"column0": "email", "column1": "firstname", "column2": "", "name": "Guests", "file": file}
    started = browser.submit("/console/imports/columns", page=f"/console/imports/columns?file={file}", **fields)
    assert "Starting" in started.text
    assert 'hx-trigger="every 2s"' in started.html
    import_id = started.path.rpartition("/")[2]
    wiring.get(wiring.contacts.import_contacts)(ImportJob(import_id), until=float("inf"))
    contact = wiring.get(wiring.adapters.contacts.contacts).get("ada@example.net")
    assert contact
    assert contact.values == {"firstname": "Ada"}
    done = browser.get(started.path)
    assert "every 2s" not in done.html
    assert "Done" in done.text
    assert 'href="/console/contacts">See the contacts' in done.html
    assert "not an address" in browser.get(f"{started.path}/errors.csv").html
    assert aws.get(wiring.adapters.access.audit_entries).latest(1)[0].action == "contact_import.started"


def columns_page(browser: Browser, octets: bytes) -> tuple[str, dict[str, str]]:
    """Returns the path of the form of the columns, and its fields for an address in the first one."""
    file = upload(browser, octets).html.partition('name="file" value="')[2].partition('"')[0]
    return f"/console/imports/columns?file={file}", {"column0": "email", "name": "Guests", "file": file}


def test_a_column_becomes_a_new_property(aws: Container) -> None:
    """The second import finds the property of the first."""
    browser = signed_in(Role.EDITOR)
    for _ in range(2):
        page, fields = columns_page(browser, CSV)
        assert "New property: number" in browser.get(page).text
        fields |= {"column1": "new.string", "column2": "new.number"}
        started = browser.submit("/console/imports/columns", page=page, **fields)
        assert "Given name" in started.text
    wiring.get(wiring.contacts.import_contacts)(ImportJob(started.path.rpartition("/")[2]), until=float("inf"))
    contact = wiring.get(wiring.adapters.contacts.contacts).get("ada@example.net")
    assert contact
    assert contact.values == {"given_name": "Ada", "shoe_size": "39"}
    created = wiring.get(wiring.contacts.contact_properties).get("shoe_size")
    assert (created.label, created.type) == ("Shoe size", PropertyType.NUMBER)
    entries = wiring.get(wiring.adapters.access.audit_entries).latest(10)
    assert [one.action for one in entries].count(AuditAction.PROPERTY_CREATED) == 2


def test_a_new_property_needs_a_latin_letter(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    page, fields = columns_page(browser, b"email,2026\nada@example.net,Ada\n")
    refused = browser.submit("/console/imports/columns", page=page, **fields, column1="new.string")
    assert refused.status == 400
    assert "has no Latin letter for a name" in refused.text


def test_an_import_creates_its_list(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    page, fields = columns_page(browser, b"email\nada@example.net\n")
    started = browser.submit("/console/imports/columns", page=page, **fields, newList="Guests")
    wiring.get(wiring.contacts.import_contacts)(ImportJob(started.path.rpartition("/")[2]), until=float("inf"))
    (created,) = wiring.get(wiring.contacts.list_editor).all()
    assert (created.name, created.size) == ("Guests", 1)
    assert f'href="/console/lists/{created.id}">Guests</a>' in browser.get(started.path).html
    actions = [one.action for one in aws.get(wiring.adapters.access.audit_entries).latest(2)]
    assert sorted(actions) == ["contact_import.started", "contact_list.created"]


def test_a_taken_name_is_reported_at_its_field(aws: Container) -> None:
    audience_examples.prepare(aws)
    browser = signed_in(Role.EDITOR)
    page, fields = columns_page(browser, b"email\nada@example.net\n")
    refused = browser.submit("/console/imports/columns", page=page, **fields, newList="shop <b>")
    assert refused.status == 400
    assert 'id="newList-error"' in refused.html
    assert 'name="newList" type="text" value="shop &lt;b&gt;"' in refused.html


def test_a_list_of_filters_is_not_offered(aws: Container) -> None:
    audience_examples.prepare(aws)
    browser = signed_in(Role.EDITOR)
    page, _ = columns_page(browser, b"email\nada@example.net\n")
    choices = browser.get(page).html.partition('name="list"')[2].partition("</select>")[0]
    lists = wiring.get(wiring.contacts.list_editor).all()
    assert [one.name for one in lists if one.is_dynamic], "the examples have one"
    assert [one.name for one in lists if f'value="{one.id}"' in choices] == [
        one.name for one in lists if not one.is_dynamic
    ]


def test_a_file_that_cannot_be_read_is_refused(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert "must be a CSV file" in upload(browser, b"").text
    unmapped = upload(browser, b"name\nAda\n")
    file = unmapped.html.partition('name="file" value="')[2].partition('"')[0]
    fields = {"column0": "firstname", "name": "Guests", "file": file}
    refused = browser.submit("/console/imports/columns", page=f"/console/imports/columns?file={file}", **fields)
    assert (refused.status, "one column must be the email" in refused.text) == (400, True)
    assert browser.get("/console/imports/columns?file=gone").status == 400


def test_errors_are_shown_and_an_import_is_canceled(aws: Container) -> None:
    audience_examples.prepare(aws)
    browser = signed_in(Role.EDITOR)
    page = browser.get(IMPORT)
    assert "must be an <address>" in page.text
    assert browser.get(f"{IMPORT}/errors.csv").html.endswith("3,email,must be an <address>\r\n")
    canceled = browser.submit("/console/imports/901/cancel")
    assert "The import is canceled" in canceled.text
    assert "Canceled" in canceled.text


def test_a_file_that_a_script_uploaded_is_imported(aws: Container) -> None:
    stored = wiring.get(wiring.contacts.manage_imports).upload(CSV)
    page = signed_in(Role.EDITOR).submit(NEW, uploaded=stored, list="")
    assert "Shoe size" in page.text
    assert f'name="file" value="{stored}"' in page.html


def test_columns_of_one_heading_have_their_number(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    page = upload(browser, b"email,Name,Name,\nada@example.net,Ada,Lovelace,x\n")
    for number in (2, 3):
        assert f'aria-label="Name (Column {number})"' in page.html
    file = page.html.partition('name="file" value="')[2].partition('"')[0]
    columns = {"column0": "email", "column1": "firstname", "column2": "lastname", "column3": ""}
    fields = {**columns, "name": "Guests", "file": file}
    started = browser.submit("/console/imports/columns", page=f"/console/imports/columns?file={file}", **fields)
    import_id = started.path.rpartition("/")[2]
    wiring.get(wiring.contacts.import_contacts)(ImportJob(import_id), until=float("inf"))
    contact = wiring.get(wiring.adapters.contacts.contacts).get("ada@example.net")
    assert contact
    assert contact.values == {"firstname": "Ada", "lastname": "Lovelace"}


def test_only_one_column_of_a_heading_is_guessed(aws: Container) -> None:
    page = upload(signed_in(Role.EDITOR), b"email,City,City\nada@example.net,Rome,Turin\n")
    assert page.html.count('<option value="city" selected>') == 1


def test_an_import_names_its_list_and_properties(aws: Container) -> None:
    audience_examples.prepare(aws)
    text = signed_in(Role.EDITOR).get(IMPORT).text
    assert "List Shop <b>" in text
    assert "Columns Email, First name" in text


def test_the_file_of_errors_is_in_the_persons_language(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    page = upload(browser, CSV)
    file = page.html.partition('name="file" value="')[2].partition('"')[0]
    fields = {"column0": "email", "column1": "firstname", "name": "Guests", "file": file}
    started = browser.submit("/console/imports/columns", page=f"/console/imports/columns?file={file}", **fields)
    wiring.get(wiring.contacts.import_contacts)(ImportJob(started.path.rpartition("/")[2]), until=float("inf"))
    browser.language = "it"
    lines = browser.get(f"{started.path}/errors.csv").html.splitlines()
    assert lines[0].endswith("Riga,Colonna,Errore")
    assert "non è un indirizzo email" in lines[1]


def test_the_list_has_pages(aws: Container) -> None:
    audience_examples.prepare(aws)
    imports = wiring.get(wiring.contacts.manage_imports).imports
    (one, *_) = imports.all()
    for number in range(60):
        imports.create(replace(one, id=f"p-{number}", created_at=f"2026-11-20T12:00:{number:02}.000Z"))
    browser = signed_in(Role.EDITOR)
    first, second = two_pages(browser, "/console/imports", r"/console/imports/(p-\w+)")
    assert (len(first | second), first & second) == (60, set())
