"""Examples of the pages of emails, and what they show: a published email in two languages, a draft, and an archived one."""

from __future__ import annotations

from functions import wiring
from functions.core.access.actor import unrestricted
from functions.wiring import Container
from tests.support.console.example import Example

EMAILS = "/console/emails"
PUBLISHED, DRAFT, ARCHIVED = 4201, 4202, 4203
EMAIL = f"{EMAILS}/{PUBLISHED}"
AUTHOR = unrestricted("ada@example.com")
BODY = """<mjml><mj-body><mj-section><mj-column>
<mj-text>Dear {{ contact.firstname|default("customer") }}, your order {{ custom.order.number }} is <a href="https://example.com/track">on its way</a>.</mj-text>
</mj-column></mj-section></mj-body></mjml>"""
DOCUMENT = {
    "name": "Order <b>",
    "subject": "Order {{ custom.order.number }}",
    "from": {"fromName": "Acme", "replyTo": "shop@example.com"},
    "content": {
        "mjml": BODY,
        "sample": {"contactProperties": {"firstname": "Ada"}, "customProperties": {"order": {"number": "42"}}},
        "translations": {"de": {"subject": "Bestellung {{ custom.order.number }}", "html": "<p>Unterwegs.</p>"}},
    },
}
FORM = {"version": "1", "language": "en", "syntax": "mjml", "subject": "Hello", "body": BODY, "look": "desktop"}

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "GET /console/emails": (
        Example(EMAILS),
        Example(f"{EMAILS}?text=order&state=published&type=single_send_api"),
        Example(f"{EMAILS}?state=archived"),
        Example(f"{EMAILS}?text=nothing-like-it"),
    ),
    "GET /console/emails/new": (Example(f"{EMAILS}/new"),),
    "GET /console/emails/new/{starter}": (Example(f"{EMAILS}/new/receipt"), Example(f"{EMAILS}/new/blank")),
    "POST /console/emails/new/{starter}": (Example(f"{EMAILS}/new/receipt", {"name": "Till"}),),
    "GET /console/emails/new/{starter}/mail": (Example(f"{EMAILS}/new/receipt/mail"),),
    "GET /console/emails/{emailId}/visual": (
        Example(f"{EMAIL}/visual"),
        Example(f"{EMAIL}/visual?language=de"),
        Example(f"{EMAILS}/{DRAFT}/visual"),
    ),
    "POST /console/emails/{emailId}/blocks": (
        Example(f"{EMAIL}/blocks", {**FORM, "operation": '{"do": "delete", "path": "9"}'}),
        Example(f"{EMAIL}/blocks", FORM),
    ),
    "GET /console/emails/{emailId}/write": (
        Example(f"{EMAIL}/write"),
        Example(f"{EMAIL}/write?language=de"),
        Example(f"{EMAILS}/{DRAFT}/write"),
    ),
    "POST /console/emails/{emailId}/write": (Example(f"{EMAIL}/write", {**FORM, "own_data": "{"}),),
    "POST /console/emails/{emailId}/draft": (Example(f"{EMAIL}/draft", {**FORM, "tab": "t"}),),
    "GET /console/emails/{emailId}/mail": (Example(f"{EMAIL}/mail"), Example(f"{EMAIL}/mail?language=xx")),
    "POST /console/emails/{emailId}/mail": (Example(f"{EMAIL}/mail", FORM),),
    "GET /console/emails/{emailId}/words": (Example(f"{EMAIL}/words"),),
}


def prepare(container: Container) -> None:
    editor = container.get(wiring.emails.edit_emails)
    editor.create(DOCUMENT, AUTHOR, PUBLISHED)
    editor.publish(PUBLISHED, AUTHOR)
    editor.create(
        {"name": "Draft", "subject": "{{ foo", "content": {"mjml": "<mjml><mj-body><p></mj-body></mjml>"}},
        AUTHOR,
        DRAFT,
    )
    editor.create({**DOCUMENT, "name": "Old"}, AUTHOR, ARCHIVED)
    editor.archive(ARCHIVED, AUTHOR)
