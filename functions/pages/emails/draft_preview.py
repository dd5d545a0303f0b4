"""The preview of a draft: its mail with the sample, with a contact's properties, or with data that is entered for it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from functions import wiring
from functions.core import addresses
from functions.core.addresses import Address
from functions.core.emails.email import EmailDraft
from functions.core.errors import FieldError, NotFound, Rejected
from functions.core.models import json_text
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.emails.data_form import CONTACT, CUSTOM, data_fields_of, entered_data, indented
from functions.pages.emails.email_page import (
    SEND,
    email_id,
)
from functions.pages.emails.mail_view import Look, error_page, look_of, mail_page
from functions.pages.visit import PageVisit
from functions.steps.emails.preview import PreviewData

_OBJECTS = msgspec.json.Decoder(dict[str, dict[str, Any]])
LOOKS = {
    Look.DESKTOP: N_("Desktop"),
    Look.PHONE: N_("Phone"),
    Look.DARK: N_("Dark"),
    Look.TEXT: N_("Text"),
}


class DataSource(StrEnum):
    """Whose data a preview has."""

    SAMPLE = "sample"
    CONTACT = "contact"
    ENTERED = "entered"


def sample_form(visit: PageVisit, draft: EmailDraft, contract: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the form of the preview's data, with the sample."""
    contact, more_contact = data_fields_of(visit, CONTACT, contract, draft.sample.contact)
    custom, more_custom = data_fields_of(visit, CUSTOM, contract, draft.sample.custom)
    more = {group: rest for group, rest in ((CONTACT, more_contact), (CUSTOM, more_custom)) if rest}
    return {"contact_data": contact, "custom_data": custom, "more_data": indented(more)}


def mail_of(visit: PageVisit, document: Mapping[str, Any]) -> HtmlPage:
    try:
        rendered = wiring.get(wiring.emails.previews).of_document(email_id(visit), document, _data(visit)).rendered
    except Rejected as error:
        return error_page(visit, error.errors)
    except NotFound as error:
        return error_page(visit, [FieldError("", str(error))])
    return mail_page(visit, rendered, look_of(visit.value("look")))


def _data(visit: PageVisit) -> PreviewData:
    """Raises Rejected, and Forbidden: a person who may not send sees no contact's properties."""
    language, data = visit.value("language") or visit.query.get("language", ""), visit.value("data")
    if data == DataSource.CONTACT:
        visit.actor.require(*SEND)
        return PreviewData(contact=_contact(visit.value("contact")), language=language)
    if data == DataSource.ENTERED:
        more = _entered_json(visit.text("own_data"))
        contact, custom = (entered_data(visit, group, more.get(group) or {}, "own_data") for group in (CONTACT, CUSTOM))
        texts = {name: value if isinstance(value, str) else json_text.compact(value) for name, value in contact.items()}
        return PreviewData(contact_properties=texts, custom_properties=custom, language=language)
    return PreviewData(language=language)


def _contact(text: str) -> Address:
    try:
        return addresses.parse(text)
    except ValueError as error:
        raise Rejected([FieldError("contact", str(error), "INVALID_EMAIL")]) from error


def _entered_json(text: str) -> dict[str, Any]:
    must = 'must be JSON: {"contactProperties": {...}, "customProperties": {...}}'
    return json_text.read(text or "{}", "own_data", _OBJECTS.decode, must)
