"""A tour of the console's pages of emails, by one signed-in person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from functions import wiring
from functions.core import ids
from functions.core.emails import images
from functions.core.emails.images import ImageType
from tests.end_to_end.service import Service
from tests.end_to_end.support.emails import once_published
from tests.support.images import png

if TYPE_CHECKING:
    from tests.end_to_end.support.console.session import Person

EMAILS = "/console/emails"
BODY = "<mjml><mj-body><mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section></mj-body></mjml>"


def tour_console_emails(service: Service, person: Person) -> None:
    """Writes an email, publishes it, tests it, and sends it to people."""
    created = person.submit(f"{EMAILS}/new/blank", name="Tour of the console")
    match = re.search(rf"{EMAILS}/(\d+)/visual", created.url)
    assert match, created.url
    email = f"{EMAILS}/{match[1]}"
    fields: dict[str, Any] = {"language": "en", "syntax": "mjml", "subject": "Hello", "body": BODY}
    saved = person.submit(f"{email}/draft", f"{email}/write", tab="tour", version="1", **fields).json()
    assert (saved["version"], saved["errors"]) == (2, [])
    assert "Hello" in person.submit(f"{email}/mail", f"{email}/write", **fields).text
    assert "contact.email" in person.get(f"{email}/words").text
    published = person.submit(f"{email}/write/publish", f"{email}/write", view="code", version="2", **fields)
    assert "is published" in published.text
    person.submit("/console/images", upload=png(2, 1, 250), alt="Our shop")
    name = images.name_of(png(2, 1, 250), ImageType.PNG)
    once_published(service, f"{service.ready.api_url}/images/{name}")
    assert "The image is deleted" in person.submit(f"/console/images/{name}/delete").text
    change_layout(person)
    assert "published for lists" in person.submit(f"{email}/lists").text
    to: dict[str, Any] = {"to": "test@console.example.net", "what": "live"}
    assert "on its way" in person.submit(f"{email}/test", f"{email}/send", **to).text
    send_to_people(service, person, email)
    for page in ("", f"{email}/settings", f"{email}/revisions/1", f"{email}/code"):
        assert person.get(page or EMAILS).ok
    assert "is archived" in person.submit(f"{email}/archive").text


def send_to_people(service: Service, person: Person, email: str) -> None:
    fields: dict[str, Any] = {"broadcast_name": "Tour", "contacts": "one@console.example.net", "when": "now"}
    page = person.submit(f"{email}/broadcasts", f"{email}/send", **fields).url.removeprefix(person.base)
    service.settle()
    html = person.get(page).text
    assert "one@console.example.net" in html, html
    assert "Hello" in person.get(f"{page}/previews/0").text
    fields |= {"contacts": "two@console.example.net", "version": "1"}
    assert "Nothing is sent yet" in person.submit(f"{page}/change", **fields).text
    service.settle()
    person.submit(f"{page}/start")
    service.settle()
    broadcast = service.stack.container.get(wiring.adapters.broadcasts.broadcast_store).get(page.rpartition("/")[2])
    assert broadcast


def change_layout(person: Person) -> None:
    """Writes a partial and deletes it again."""
    edit = "/console/partials/edit"
    assert "It is new" in person.get(f"{edit}?name=tour/x").text
    fields: dict[str, Any] = {"name": "tour/x", "body": "<p>x</p>", "before": ids.digest("")}
    assert "tour/x" in person.submit(edit, f"{edit}?name=tour/x", **fields).text
    assert (
        "It is deleted"
        in person.submit("/console/partials/delete", "/console/partials/delete?name=tour/x", name="tour/x").text
    )
