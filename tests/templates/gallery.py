"""The starters as the tests look at them: published, and rendered with data."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

from msgspec.structs import replace

from functions.adapters.templates import starters
from functions.adapters.templates.starters import Starter
from functions.core.addresses import Address
from functions.core.emails.email import EmailDraft, TemplateSource
from functions.core.templates import rendering
from functions.core.templates.rendering import Rendered
from functions.ports.emails import Emails
from functions.steps.emails.publish import PublishEmail, PublishResult
from tests.fakes import Clock
from tests.fakes.contacts import MemorySubscriptionTypes
from tests.fakes.domains import connected
from tests.fakes.emails import MemoryEmails, MemoryImages
from tests.fakes.templates import MemorySiteSettings
from tests.support.examples import a_subscription_type

SENDER = Address("hello@example.com", "Staffetta")
NAMES = starters.names()
SOURCE = "en"

ARABIC = TemplateSource(
    subject="إيصالك {{ custom.order_number }}",
    body="""{% extends "layout" %}
{% block labels %}{% set labels = {"item": "المنتج", "quantity": "الكمية", "amount": "المبلغ", "subtotal": "المجموع الفرعي", "shipping": "الشحن",
  "tax": "الضريبة", "questions": "هل لديك أسئلة؟ اكتب إلى"} %}{% endblock %}
{% block title %}شكرًا على طلبك{% endblock %}
{% block why %}وصلتك هذه الرسالة لأنك اشتريت منا شيئًا.{% endblock %}
{% block content %}
<mj-text css-class="ink">مرحبًا {{ contact.firstname | default("") }}، هذا إيصال دفعتك.</mj-text>
{% set total_label = "المجموع" %}
{% include "items" %}
<mj-button css-class="button" href="{{ custom.receipt_url }}" background-color="{{ accent }}" color="{{ on_accent }}">اعرض الإيصال</mj-button>
{% endblock %}""",
    preview="دُفع في {{ custom.order_date }}.",
)

Data = dict[str, dict[str, Any]]  # "contact" and "custom": their properties


@cache
def starter(name: str) -> Starter:
    return starters.load(name, SENDER)


def publish(name: str, emails: Emails) -> PublishResult:
    return publish_draft(starter(name).draft, emails)


def publish_draft(draft: EmailDraft, emails: Emails) -> PublishResult:
    return PublishEmail(
        domains=connected("example.com"),
        emails=emails,
        images=MemoryImages(),
        subscription_types=MemorySubscriptionTypes({"7": a_subscription_type(id="7")}),
        partial=starters.partial,
        site_settings=MemorySiteSettings(),
        clock=Clock(),
        sleep=Clock().sleep,
    )(draft)


@cache
def _compiled(name: str) -> rendering.Compiled:
    return rendering.compiled(publish(name, MemoryEmails()).revision)


def sample(name: str) -> Data:
    reported = starter(name).sample
    return {"contact": reported["contactProperties"], "custom": reported["customProperties"]}


def rendered(name: str, data: Data | None = None, language: str = SOURCE) -> Rendered:
    """Renders a starter with its sample, or with other data, for a contact who reads the language."""
    data = data or sample(name)
    contact = {**data["contact"], "hs_language": language}
    return rendering.render(_compiled(name), contact, data["custom"], now=0)


def arabic(data: Data | None = None) -> Rendered:
    """Renders the receipt's translation into Arabic, for a contact who reads it."""
    draft = replace(starter("receipt").draft, variants={"ar": ARABIC})
    data = data or sample("receipt")
    revision = rendering.compiled(publish_draft(draft, MemoryEmails()).revision)
    custom = data["custom"] | {
        "items": [{"name": "دفتر من الكتان", "detail": "A5, لون أخضر", "quantity": 2, "price": 181.92}]
    }
    return rendering.render(revision, {"firstname": "ليلى", "hs_language": "ar-eg"}, custom, now=0)


class Page(HTMLParser):
    """What a mail client shows and follows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))
        self.links += [value or "" for key, value in attrs if key in {"href", "src", "background"}]

    def handle_data(self, data: str) -> None:
        self.text += data

    def attributes(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def text_links(text: str) -> list[str]:
    return re.findall(r"\w+://\S+", text)
