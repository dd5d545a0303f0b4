"""Errors as people read them: labels of fields, and messages in their language."""

from __future__ import annotations

import re
from typing import Any

import pytest

from functions.core.access.roles import Role
from functions.i18n.catalogs import catalog, error_messages
from functions.pages import error_words
from functions.pages.table import PAGES
from functions.pages.visit import PageVisit
from functions.wiring import Container
from tests.support.console.examples import EXAMPLES, prepare
from tests.support.console.people import signed_in
from tests.support.processor_time import within

ITALIAN = catalog("it").gettext
PAUSE_REASON = "wrong <prices>"  # of the examples: a person wrote it
ENDS_THE_SESSION = {"/console/sign-out", "/console/you/sign-out-everywhere", "/console/you/password"}
FORMS = [
    example
    for page in PAGES
    if page.method == "POST" and page.path not in ENDS_THE_SESSION
    for example in EXAMPLES[f"POST {page.path}"]
]
# Each form with too much in every field, with nothing, and as a person sends it.
REFUSED_FORMS: list[tuple[str, dict[str, Any]]] = [
    *((form.path, dict.fromkeys(form.fields, "<wrong>" * 100)) for form in FORMS),
    *((form.path, dict.fromkeys(form.fields, "")) for form in FORMS),
    *((form.path, dict(form.fields)) for form in FORMS),
]


@pytest.mark.parametrize(
    ("field", "label"),
    [
        ("from.replyTo", "Indirizzo del mittente"),
        ("content.mjml", "Corpo"),
        ("content.translations.de.subject", "Oggetto (de)"),
        ("content.translations.de.html", "Corpo (de)"),
        ("properties.shoe_size", "shoe_size"),
        ("partial layout", "partial layout"),
    ],
)
def test_a_field_has_its_label(field: str, label: str) -> None:
    assert error_words.label_of(field, ITALIAN) == label


@pytest.mark.parametrize(
    ("message", "translated"),
    [
        ("must be one line of at most 100 characters", "deve essere una riga di al massimo 100 caratteri"),
        ("must be a subdomain of 50%.example", "deve essere un sottodominio di 50%.example"),
        ("is no time zone", "non è un fuso orario"),
        ("nobody translated this", "nobody translated this"),
        ("nobody translated this: is empty", "nobody translated this: è vuoto"),
        (
            "the column 'Stadt': there is no contact property 'stadt'; did you mean state?: create it, or map the column",
            "la colonna 'Stadt': non esiste la proprietà dei contatti 'stadt'; intendevi state?: creala, oppure mappa la colonna",
        ),
        ("100% wrong", "100% wrong"),
    ],
)
def test_a_message_has_the_readers_language(message: str, translated: str) -> None:
    assert error_words.message_of(message, "it", "UTC") == translated


@pytest.mark.parametrize("part", ["-", ": ", ", ", "'", " is ", ", and : is not ", "must be "])
def test_no_message_takes_long(part: str) -> None:
    """Regular expressions took nine seconds for a thousand dashes."""
    message = (part * error_words.LENGTH_MAX)[: error_words.LENGTH_MAX]
    with within(5):
        assert error_words.message_of(message, "it", "UTC")


def test_english_stays_as_the_step_wrote_it() -> None:
    assert error_words.message_of("must be one line", "en", "UTC") == "must be one line"


@pytest.mark.parametrize("text", [text for text, _ in error_messages("it")])
def test_each_message_is_found_with_its_values(text: str) -> None:
    message = re.sub(r"%\((\w+)\)s", "<7>", text).replace("%%", "%")
    assert error_words.message_of(message, "it", "UTC") != message


def test_no_message_needs_knowledge_of_the_api() -> None:
    """A person at a page cannot send a PATCH. The one exception answers HubSpot's v3, which no page calls."""
    needs = re.compile(r"\b(GET|PUT|POST|PATCH|DELETE)\b|/(v\d|staffetta|crm|marketing|communication-preferences)/")
    assert [text for text, _ in error_messages("it") if needs.search(text) and "only their own link" not in text] == []


def test_no_error_of_a_form_is_left_in_english(aws: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    read_by: dict[str, set[str]] = {"en": set(), "it": set()}

    def recorded(visit: PageVisit, message: str) -> str:
        read_by[visit.visitor.language].add(message)
        return message

    monkeypatch.setattr(PageVisit, "error_message", recorded)
    prepare(aws)
    browser = signed_in(Role.ADMINISTRATOR)
    token = browser.get("/console").csrf
    for path, fields in REFUSED_FORMS:
        for browser.language in read_by:
            browser.post(path, csrf=token, **fields)
    of_steps = (read_by["en"] & read_by["it"]) - {PAUSE_REASON}  # a page's own is translated already
    assert len(of_steps) > 30
    assert sorted(message for message in of_steps if error_words.message_of(message, "it", "UTC") == message) == []


def test_a_refused_form_is_in_the_persons_language(aws: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    browser.submit("/console/you", language="it", zone="")
    page = browser.submit("/console/subscription-types", name="x" * 101, description="", purpose="")
    assert "Nome deve essere una riga di al massimo 100 caratteri" in page.text
    assert page.text.count("deve essere una riga di al massimo 100 caratteri") == 2, "above, and at the field"


def test_an_error_page_is_in_the_persons_language(aws: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    browser.language = "it"
    assert "email 404" in browser.get("/console/emails/404/write").text


def test_a_forbidden_page_names_no_scope(aws: Container) -> None:
    page = signed_in(Role.VIEWER).get("/console/keys")
    assert (page.status, "scope" in page.text) == (403, False)
    assert "An administrator can give you another role" in page.text
