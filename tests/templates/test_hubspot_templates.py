"""The fifteen kinds of email template that people bring from HubSpot, in our own words: each is sent, or refused with every error."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from functions.core.addresses import Address
from functions.core.emails.email import EmailDraft, TemplateSource, TemplateSyntax
from functions.core.errors import Rejected
from functions.steps.emails.publish import PublishEmail
from tests.fakes import Clock
from tests.fakes.contacts import MemorySubscriptionTypes
from tests.fakes.domains import connected
from tests.fakes.emails import MemoryEmails
from tests.fakes.templates import MemorySiteSettings
from tests.support.delivering import DeliverScenario, read
from tests.support.examples import DOMAIN, a_send, a_subscription_type

TEMPLATES = Path(__file__).parent / "hubspot"
NEWS = MemorySubscriptionTypes({"news": a_subscription_type(id="news", name="Monthly news")})
SETTINGS = MemorySiteSettings(
    {
        "company_name": "Acme",
        "company_street_address_1": "1 Lane",
        "company_city": "Rome",
        "company_domain": "acme.example.com",
        "company_phone": "555",
        "company_privacy_policy_url": "https://acme.example.com/privacy",
        "background_color": "#ffffff",
        "secondary_font_color": "#333333",
    }
)
REFUSED: dict[str, list[str]] = {
    "abandoned_cart.html": ["'crm_associations' is HubSpot's", "'crm_object' is HubSpot's"],
    "cart_summary.html": ["there is no tag 'email_each'", "'item' is not defined", "'deal' is HubSpot's"],
    "social_icons.html": ["'follow_me_links' is HubSpot's", "'module_asset_url' is HubSpot's"],
    "back_to_cart.html": ["'deal' is HubSpot's", "'module' is HubSpot's"],
    "promotion.html": [
        "'subject' is HubSpot's",
        "'module' is HubSpot's",
        "'site_settings.companyDomain' is HubSpot's",
    ],
    "base_email.html": ["'email_header' is HubSpot's", "'email_footer' is HubSpot's"],
    "white_paper.html": ["'cta' is HubSpot's"],
    "follow_up.html": ["'owner' is HubSpot's"],
}
SENT = {
    "default_email.html": "Read it in a browser (https://api.example.com/web-version/",
    "example_text.txt": "Read this mail in a browser: https://api.example.com/web-version/",
    "sequence_mail.html": "Hello there,\n\nshall we talk this week?\n\nStop all mail (https:",
    "by_industry.html": "Hi friend, here is the news.\n\n© 2026 Privacy (https://acme.example.com/privacy)",
    "clinic_footer.html": "your appointment is near.\n\nAcme | 555",
    "podcast.html": "Episode seven\n\nListen",
    "drag_and_drop.html": "Hello you\n\nOpen (https://acme.example.com/a?b=1)",
}
# What remains once the refused names are taken out.
REPAIRED: dict[str, tuple[Mapping[str, str], str]] = {
    "white_paper.html": (
        {'{{ cta("2b0c-11") }}': '<a href="https://acme.example.com">Read</a>'},
        "Acme, acme.example.com",
    ),
    "follow_up.html": (
        {
            "{{ owner.signature }}": "{{ owner.signature|default('Bye') }}",
        },
        "It was good to meet you.\n\nBye",
    ),
    "base_email.html": ({"{{ email_header }}": "", "{{ email_footer }}": ""}, "Words"),
}


def source_of(name: str, changes: Mapping[str, str]) -> TemplateSource:
    text = (TEMPLATES / name).read_text("utf-8")
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    if name.endswith(".txt"):
        body = '<p><a href="{{ unsubscribe_link }}">Leave</a></p>'
        return TemplateSource(subject="A subject", body=body, syntax=TemplateSyntax.HTML, text=text)
    return TemplateSource(subject="A subject", body=text, syntax=TemplateSyntax.HTML)


def published(name: str, changes: Mapping[str, str], emails: MemoryEmails) -> None:
    """Raises Rejected."""
    publish = PublishEmail(
        domains=connected(DOMAIN),
        emails=emails,
        images=emails.images,
        subscription_types=NEWS,
        partial=lambda _: None,
        site_settings=SETTINGS,
        clock=Clock(),
        sleep=Clock().sleep,
    )
    source, sender = source_of(name, changes), Address(f"shop@{DOMAIN}")
    publish(EmailDraft(email_id=7, name="Letter", source=source, sender=sender, subscription="news"))


def mail_text(name: str, changes: Mapping[str, str]) -> str:
    emails = MemoryEmails()
    published(name, changes, emails)
    scenario = DeliverScenario(
        send=replace(a_send(), contact={}, custom={}),
        revision=emails.revisions[7, 1],
        site_settings=SETTINGS,
        types=NEWS,
    )
    scenario.worker()(scenario.send, 1)
    (mail,) = scenario.mailer.taken
    part = read(mail).get_body(("plain",))
    assert part
    content = part.get_content().replace("\r\n", "\n")
    assert "{{" not in content
    assert "{%" not in content
    return str(content)


def test_all_fifteen_kinds_are_here() -> None:
    assert {path.name for path in TEMPLATES.iterdir()} == REFUSED.keys() | SENT.keys()
    assert len(REFUSED) + len(SENT) == 15


@pytest.mark.parametrize("name", SENT)
def test_a_template_is_sent_as_it_is(name: str) -> None:
    assert SENT[name] in mail_text(name, {})


@pytest.mark.parametrize("name", REFUSED)
def test_a_template_is_refused_with_every_error(name: str) -> None:
    with pytest.raises(Rejected) as caught:
        published(name, {}, MemoryEmails())
    assert all(error.line and error.column for error in caught.value.errors)
    messages = [error.message for error in caught.value.errors]
    assert len(messages) == len(REFUSED[name]), messages
    for message, start in zip(messages, REFUSED[name], strict=True):
        assert message.startswith(start)


@pytest.mark.parametrize("name", REPAIRED)
def test_a_repaired_template_is_sent(name: str) -> None:
    changes, text = REPAIRED[name]
    assert text in mail_text(name, changes)
