"""Every starter in the folder keeps what we promise of it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from functions.adapters.templates import starters
from functions.core.emails.email import SINGLE_SEND, TRANSACTIONAL, EmailDraft, TemplateSource
from functions.core.errors import PermanentFailure
from functions.core.outcomes import SendResult
from tests.fakes.emails import MemoryEmails
from tests.templates.gallery import (
    NAMES,
    SOURCE,
    Data,
    Page,
    arabic,
    publish,
    publish_draft,
    rendered,
    sample,
    starter,
    text_links,
)

GMAIL_CLIPS_AT = 102 * 1024  # bytes of HTML
SUBJECT_MAX = 78  # characters: RFC 5322 section 2.1.1
INBOX_SHOWS = 120  # characters of the preview, in the widest of inboxes

ALWAYS_OPTIONAL = {"contact.firstname", "contact.plan_name", "contact.renewal_date", "custom.locale"}
# Paths into the sample data, list positions left out.
OPTIONAL = {
    "check-in": set[str](),
    "first-steps": set[str](),
    "payment-reminder": {"last"},
    "renewal-notice": set[str](),
    "review-request": set[str](),
    "account-changed": {"device", "location", "changes[].before", "changes[].after"},
    "data-export": {"file_format", "file_size"},
    "invoice": {
        "discount",
        "shipping",
        "tax",
        "tax_name",
        "tax_rate",
        "tax_note",
        "seller_tax_number",
        "customer_tax_number",
        "supplied_on",
        "document_url",
        "payment_terms",
        "items[].detail",
        "items[].unit_price",
    },
    "one-time-code": {"device", "location"},
    "order-confirmation": {"shipping", "tax", "items[].detail"},
    "password-reset": {"device", "location"},
    "payment-failed": {"reason", "retry_on"},
    "receipt": {"shipping", "tax", "items[].detail"},
    "security-alert": {"ip_address"},
    "shipping-notice": {"items[].detail"},
    "subscription-renewal": {"tax_note"},
    "team-invitation": {"inviter_email", "role", "message"},
    "terms-update": {"choice"},
    "welcome": {"email"},
}
SETTINGS = {"custom.currency", "custom.locale"}  # they control how a value is written, and are not written themselves
SENSITIVE = {"data-export", "one-time-code", "password-reset", "security-alert", "team-invitation", "welcome"}

every_starter = pytest.mark.parametrize("name", NAMES)
every_translation = pytest.mark.parametrize(
    ("name", "language"), [(name, language) for name in NAMES for language in (SOURCE, *starter(name).draft.variants)]
)


def _properties(data: Data) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Every property, however deep: the mapping that holds it, its key, its path."""
    for label, properties in data.items():
        yield from _below(properties, label)


def _below(value: Any, path: str) -> Iterator[tuple[dict[str, Any], str, str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield value, key, f"{path}.{key}"
            yield from _below(one, f"{path}.{key}")
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _below(one, f"{path}[{number}]")


def _is_optional(name: str, path: str) -> bool:
    path = re.sub(r"\[\d+\]", "[]", path)
    own = {f"custom.{one}" for one in OPTIONAL[name]}
    return path in own | ALWAYS_OPTIONAL or path.startswith("custom.brand")


def _required_only(name: str) -> Data:
    data = copy.deepcopy(sample(name))
    for holder, key, path in list(_properties(data)):
        if _is_optional(name, path):
            del holder[key]
    return data


def _views(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else (str(value), f"{value:,.2f}")


def test_the_gallery_is_complete() -> None:
    """Nineteen mails that every product sends, each under a number of its own."""
    assert sorted(OPTIONAL) == NAMES
    assert {starter(name).draft.email_id for name in NAMES} == set(range(1001, 1020))


def test_an_error_of_an_unknown_starter_lists_the_existing() -> None:
    with pytest.raises(LookupError, match=r"there is no starter '_partials'; there are: account-changed, .*welcome"):
        starters.load("_partials", starter("receipt").draft.sender)


def test_the_layout_serves_emails_of_ones_own() -> None:
    """The examples of templates/email/README.md publish unchanged, and the first has its unsubscribe link."""
    lines = (starters.ROOT / "README.md").read_text("utf-8").splitlines()
    text = "\n".join(line.strip() for line in lines if line.startswith("    "))
    _, *bodies = text.split('{% extends "layout" %}')
    sale, german = (publish_draft(_own_draft(body), MemoryEmails()) for body in bodies)
    assert (sale.warnings, german.warnings) == ((), ())
    assert 'href="{{ unsubscribe_link }}"' in sale.revision.content.html
    assert "Artikel" in german.revision.content.html


def _own_draft(body: str) -> EmailDraft:
    source = TemplateSource(subject="Sale", body='{% extends "layout" %}' + body, preview="Half")
    subscription = "7" if "unsubscribe_link" in body else TRANSACTIONAL
    return replace(starter("receipt").draft, subscription=subscription, source=source)


@every_starter
def test_publishes_without_a_warning_as_a_revision_that_stays_live(name: str) -> None:
    """A starter is published under its own number, and publishing it again makes no second revision."""
    emails = MemoryEmails()
    first, again = publish(name, emails), publish(name, emails)
    assert first.warnings == ()
    assert first.revision == again.revision
    email = emails.get(first.revision.email_id)
    assert email
    assert email.published_revision == 1
    assert email.sendable_as(SINGLE_SEND)


@every_starter
def test_requires_what_the_mail_is_about(name: str) -> None:
    """A send that lacks a required value of the sample is refused before it is accepted. A missing argument of a filter is reported later."""
    needed = {f"custom.{key}" for key in _required_only(name)["custom"]}
    reported = {f"custom.{path}" for path in publish(name, MemoryEmails()).revision.required_properties}
    assert needed - SETTINGS <= reported <= needed


@every_starter
def test_is_transactional(name: str) -> None:
    revision = publish(name, MemoryEmails()).revision
    assert revision.transactional
    assert revision.sensitive == (name in SENSITIVE)
    assert (revision.track_opens, revision.track_clicks) == ((False, False) if name in SENSITIVE else (True, True))


@every_starter
def test_describes_itself(name: str) -> None:
    """A list of starters describes the purpose of each in a line, for people who write no code."""
    assert 20 < len(starter(name).description) < 160
    assert "`" not in starter(name).description


@every_translation
def test_shows_a_preview_that_adds_to_its_subject(name: str, language: str) -> None:
    """The preview after the subject in an inbox is ours, fits, and differs from the subject."""
    mail = rendered(name, language=language)
    preview = Page(mail.html.partition("<body")[2]).text.partition("\u034f")[0].partition(">")[2].strip()
    assert 20 < len(preview) < INBOX_SHOWS
    assert preview not in mail.subject
    assert len(mail.subject) < SUBJECT_MAX


@every_translation
def test_both_parts_show_every_fact_of_its_sample(name: str, language: str) -> None:
    """The text part and the HTML without its images each show everything."""
    mail = rendered(name, language=language)
    page = Page(mail.html)
    parts = " ".join(mail.text.split()), " ".join([*page.text.split(), *page.links])
    for holder, key, path in _properties(sample(name)):
        if not isinstance(holder[key], (dict, list)) and path not in SETTINGS:
            for part in parts:
                assert any(view in part for view in _views(holder[key])), path


@every_starter
def test_names_each_required_property_that_is_missing(name: str) -> None:
    """Leaving out one property of the sample is refused by that property's name, unless it is optional or in a list: a list's
    entries are as long as their sender made them, and what they lack prints nothing, as at HubSpot.
    """
    for _, _, path in _properties(sample(name)):
        data = copy.deepcopy(sample(name))
        holder, key = next((holder, key) for holder, key, here in _properties(data) if here == path)
        del holder[key]
        if _is_optional(name, path) or "[" in path:
            assert rendered(name, data).subject
            continue
        with pytest.raises(PermanentFailure, match=re.escape(path)) as refused:
            rendered(name, data)
        assert refused.value.result is SendResult.MISSING_TEMPLATE_PROPERTIES


@every_translation
def test_reads_well_with_little_data(name: str, language: str) -> None:
    """Without everything that is optional the mail is whole: no None, no empty brackets, no comma before nothing."""
    mail = rendered(name, _required_only(name), language)
    for part in (mail.subject, mail.text, Page(mail.html).text):
        assert re.findall(r"None|\(\)|\s[,.;](?:\s|$)|  from|\bin \.", part) == []
    assert not re.search(r"\n{3}", mail.text.replace("\r", ""))


@every_starter
def test_takes_the_colours_and_the_logo_of_a_brand(name: str) -> None:
    data = copy.deepcopy(sample(name))
    data["custom"]["brand"] |= {"color": "#7a1f5c", "on_color": "#fff4fb", "logo_url": "https://a.example.com/logo.png"}
    html = rendered(name, data).html
    assert [image["alt"] for image in Page(html).attributes("img")] == [data["custom"]["brand"]["name"]]
    assert html.count("#7a1f5c") >= 2
    assert "#1d5443" not in html


@every_starter
def test_escapes_what_the_caller_gave(name: str) -> None:
    """A property that holds markup is shown as text."""
    data = copy.deepcopy(sample(name))
    for holder, key, path in list(_properties(data)):
        if isinstance(holder[key], str) and path not in SETTINGS:
            holder[key] = "<blink>&"
    assert Page(rendered(name, data).html).attributes("blink") == []


@every_translation
def test_text_part_keeps_its_lines(name: str, language: str) -> None:
    """Mail programs wrap a line to the width of their screen, so that a line ends only at its author's end."""
    draft = starter(name).draft
    source = draft.source if language == SOURCE else draft.variants[language]
    lines = {line.strip() for line in rendered(name, language=language).text.splitlines()}
    assert {line.strip() for line in source.text.splitlines() if not re.search(r"[{}]", line)} <= lines


@every_starter
def test_html_is_not_clipped(name: str) -> None:
    """Gmail shows the whole mail."""
    assert len(rendered(name).html.encode()) < GMAIL_CLIPS_AT


@every_translation
def test_both_parts_lead_to_the_same_pages(name: str, language: str) -> None:
    """Every link is https and is in both parts. A mailto: opens a mail, not a page."""
    mail = rendered(name, language=language)
    links = {link for link in Page(mail.html).links if not link.startswith("mailto:")}
    assert links == set(text_links(mail.text))
    assert {urlsplit(link).scheme for link in links} <= {"https"}
    assert links or name == "one-time-code"


@every_starter
def test_loads_nothing_from_a_third_party(name: str) -> None:
    """Opening the mail loads no font, style sheet or image."""
    html = rendered(name).html
    page = Page(html)
    assert [page.attributes(tag) for tag in ("link", "img", "script")] == [[], [], []]
    assert re.findall(r"@import|@font-face|fonts\.g\w+|url\(", html) == []


@every_translation
def test_is_made_for_screen_readers(name: str, language: str) -> None:
    """The HTML has a language, title and heading, and each header of a table has a scope."""
    html = rendered(name, language=language).html
    page = Page(html)
    title, heading = re.search(r"<title>(.*?)</title>", html), re.search(r"<h1[^>]*>(.*?)</h1>", html)
    assert page.attributes("html")[0]["lang"] == language
    assert title
    assert heading
    assert title[1] == heading[1] != ""
    assert len(page.attributes("h1")) == 1
    assert all(one.get("scope") in {"row", "col"} for one in page.attributes("th"))


@every_starter
def test_declares_its_dark_colours(name: str) -> None:
    html = rendered(name).html
    assert '<meta name="color-scheme" content="light dark" />' in html
    assert "@media (prefers-color-scheme: dark)" in html


@pytest.mark.parametrize("name", NAMES)
def test_its_sample_satisfies_its_contract(name: str) -> None:
    contract = dict(publish(name, MemoryEmails()).revision.contract)
    Draft202012Validator.check_schema(contract)
    Draft202012Validator(contract).validate(starter(name).sample)
    assert contract["properties"]["customProperties"]["properties"]["brand"]["default"] == {}


LOCALES = {
    "de": ("181,92\xa0€", "ltr"),
    "de-AT": ("€\xa0181,92", "ltr"),
    "fr-DE": ("181,92\xa0€", "ltr"),
    "ja-JP": ("€181.92", "ltr"),
    "xx-XX": ("€181.92", "ltr"),
    "deutsch": ("€181.92", "ltr"),
    "": ("€181.92", "ltr"),
    "he-IL": ("\u200f181.92\xa0\u200f€", "rtl"),
    "ar": ("\u200f181.92\xa0€", "rtl"),
}


@pytest.mark.parametrize("locale", LOCALES)
def test_any_locale_renders_the_receipt(locale: str) -> None:
    """An unknown one falls back, and one of a right-to-left language turns the page."""
    data = copy.deepcopy(sample("receipt"))
    data["custom"]["locale"] = locale
    mail, (amount, direction) = rendered("receipt", data), LOCALES[locale]
    assert (amount in mail.html, amount in mail.text) == (True, True), re.findall(r".*181.92.*", mail.text)
    assert Page(mail.html).attributes("html")[0]["dir"] == direction


def test_an_arabic_translation_shares_the_layout() -> None:
    mail = arabic()
    (html,) = Page(mail.html).attributes("html")
    assert (html["lang"], html["dir"]) == ("ar", "rtl")
    assert [word for word in ("Item", "Qty", "Amount", "Subtotal", "Questions") if word in Page(mail.html).text] == []


def test_an_invoice_shows_each_of_its_tax_rates() -> None:
    data = copy.deepcopy(sample("invoice"))
    items = [{**item, "tax_rate": rate} for item, rate in zip(data["custom"]["items"], (19, 7.5), strict=True)]
    taxes = [{"rate": 19, "net": 216, "amount": 41.04}, {"rate": 7.5, "net": 480, "amount": 36}]
    data["custom"] = {key: value for key, value in data["custom"].items() if key not in {"tax", "tax_rate"}}
    mail = rendered("invoice", {**data, "custom": {**data["custom"], "items": items, "taxes": taxes}})
    for part in (" ".join(mail.text.split()), " ".join(Page(mail.html).text.split())):
        assert "VAT 19% on €216.00" in part
        assert "VAT 7.5% on €480.00" in part
        assert "Unit price" in part
