"""The visual view in a real browser: an email is built from nothing and sent, and a change of a starter changes that block's octets only."""

from __future__ import annotations

from typing import Any

import pytest

from tests.end_to_end.console.visual import VisualView
from tests.end_to_end.console.window import Window, signed_in
from tests.end_to_end.service import Service

ITEMS = [{"name": "Linen notebook", "price": 38}, {"name": "Pen", "price": 64.5}]
TEXT: list[str] = []
BLANK = {
    "name": "Receipt from nothing",
    "subject": "Your receipt {{ custom.number }}",
    "from": {"fromName": "Acme", "replyTo": "shop@mail.example.com"},
    "content": {
        "mjml": "<mjml>\n  <mj-body>\n  </mj-body>\n</mjml>\n",
        "sample": {"contactProperties": {"firstname": "Ada"}, "customProperties": {"items": ITEMS, "number": "42", "total": 102.5}},
    },
}


def create(service: Service, document: dict[str, Any]) -> int:
    answer = service.http.post("/marketing/v3/emails", json=document)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


@pytest.fixture
def view(window: Window, service: Service, request: pytest.FixtureRequest) -> VisualView:
    signed_in(window, service, f"{request.node.name[:40].replace('[', '-').replace(']', '')}@example.com")
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
    assert [line for line in map(str.strip, mail["Text"].splitlines()) if line] == TEXT
    assert 'href="https://example.com/receipts/7"' in mail["HTML"]


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
