"""Errors as people read them: labels of fields, and messages in their language."""

from __future__ import annotations

import re

import pytest

from functions.core.access.roles import Role
from functions.i18n.catalogs import catalog
from functions.pages import error_words
from functions.wiring import Container
from tests.support.console.people import signed_in

ITALIAN = catalog("it").gettext


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
        ("100% wrong", "100% wrong"),
    ],
)
def test_a_message_has_the_readers_language(message: str, translated: str) -> None:
    assert error_words.message_of(message, ITALIAN) == translated


@pytest.mark.parametrize("text", error_words._MESSAGES)
def test_each_message_is_itself_in_english(text: str) -> None:
    message = re.sub(r"%\((\w+)\)s", "<7>", text)
    assert error_words.message_of(message, catalog("en").gettext) == message


def test_a_refused_form_is_in_the_persons_language(aws: Container) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    browser.submit("/console/you", language="it", zone="")
    page = browser.submit("/console/subscription-types", name="x" * 101, description="", purpose="")
    assert "Nome deve essere una riga di al massimo 100 caratteri" in page.text
    assert page.text.count("deve essere una riga di al massimo 100 caratteri") == 2, "above, and at the field"
