"""Previews, tests and differences of emails. Ours: HubSpot has them in its editor alone."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from functions import wiring
from functions.core import addresses
from functions.core.addresses import Address
from functions.core.emails.email import DRAFT
from functions.core.errors import FieldError, Rejected
from functions.routes.emails.email_queries import email_id, id_of
from functions.routes.emails.preview_models import EmailDiff, EmailPreview, EmailTest
from functions.routes.http.dispatch import Operation, Request
from functions.routes.http.route import MARKETING_EMAIL, TRANSACTIONAL_EMAIL
from functions.routes.sending.send_views import status_view
from functions.steps.emails.preview import PreviewData, RenderedPreview
from functions.steps.emails.send_test import RECIPIENTS_MAX

_DRAFT = "draft"
ANSWER_MAX = 4_000_000  # bytes: Lambda answers with 6 MB at most, and JSON writes some characters as two or more


def preview_email(request: Request) -> EmailPreview:
    raw = request.flag("raw")
    reader = _PreviewReader(request.json() if request.body else {})
    number, data = reader.revision(), reader.data()
    reader.finish()
    if data.contact:  # whoever sends may see what a send would say of a contact
        request.caller.require((TRANSACTIONAL_EMAIL, MARKETING_EMAIL))
    return _view(number, wiring.get(wiring.emails.previews)(email_id(request), number, data), raw=raw)


def send_test_email(request: Request) -> EmailTest:
    reader = _PreviewReader(request.json())
    number, data, to = reader.revision(), reader.data(), reader.recipients()
    reader.finish()
    messages = wiring.get(wiring.emails.send_test)(email_id(request), number, data, to, request.caller.key_id)
    return EmailTest(results=[status_view(message) for message in messages])


def diff_email(request: Request) -> EmailDiff:
    reader = _PreviewReader({name: text for name, text in request.query.items() if name in {"from", "to", "language"}})
    before, after = reader.revision("from", default=None), reader.revision("to")
    data = reader.data()
    reader.finish()
    told = wiring.get(wiring.emails.previews).differences(email_id(request), before, after, data)
    _refuse_large(told.subject, told.text, told.html)
    return EmailDiff(subject=told.subject, text=told.text, html=told.html, missing=list(told.missing))


OPERATIONS: dict[str, Operation] = {
    "preview_email": preview_email,
    "send_test_email": send_test_email,
    "diff_email": diff_email,
}


class _PreviewReader(Struct):
    """Reads all of a request before it complains."""

    given: dict[str, Any]
    faults: list[FieldError] = field(default_factory=list)

    def finish(self) -> None:
        """Raises Rejected with every fault."""
        if self.faults:
            raise Rejected(self.faults)

    def revision(self, name: str = "revision", default: str | None = _DRAFT) -> int:
        value = self.given.get(name, default)
        number = DRAFT if value == _DRAFT else id_of(value)
        if number is None or (number == DRAFT and value != _DRAFT):
            self.faults.append(
                FieldError(name, f'must be the number of a published revision or "draft", not {value!r}')
            )
        return number or DRAFT

    def data(self) -> PreviewData:
        address, contact = self.given.get("contact"), self._object("contactProperties")
        for name, value in (contact or {}).items():
            if not isinstance(value, str):
                self.faults.append(FieldError(f"contactProperties.{name}", "must be a text"))
        language = self.given.get("language") or ""
        if not isinstance(language, str):
            self.faults.append(FieldError("language", "must be a text"))
        return PreviewData(
            contact=None if address is None else self._address("contact", address),
            contact_properties=contact,
            custom_properties=self._object("customProperties"),
            language=str(language),
        )

    def recipients(self) -> list[Address]:
        given = self.given.get("to")
        if isinstance(given, str):
            given = [given]
        if not isinstance(given, list) or not 1 <= len(given) <= RECIPIENTS_MAX:
            told = f"must be a list of 1 to {RECIPIENTS_MAX} addresses"
            self.faults.append(FieldError("to", told, "REQUIRED_FIELD" if given is None else "INVALID_VALUE"))
            return []
        read = (self._address(f"to[{number}]", one) for number, one in enumerate(given))
        return [address for address in read if address]

    def _address(self, where: str, value: Any) -> Address | None:
        try:
            return addresses.parse(value)
        except (TypeError, ValueError, AttributeError):
            self.faults.append(FieldError(where, "must be an address like 'Ada <ada@example.com>'", "INVALID_EMAIL"))
            return None

    def _object(self, name: str) -> dict[str, Any] | None:
        value = self.given.get(name)
        if not isinstance(value, dict | None):
            self.faults.append(FieldError(name, "must be an object"))
            return None
        return value


def _view(number: int, preview: RenderedPreview, *, raw: bool) -> EmailPreview:
    mail = preview.rendered
    written = preview.raw.decode("ascii") if raw else ""
    _refuse_large(mail.subject, mail.html, mail.text, written)
    return EmailPreview(
        revision=number or _DRAFT,
        language=preview.language,
        subject=mail.subject,
        html=mail.html,
        text=mail.text,
        missing=list(preview.missing),
        html_size=len(mail.html.encode("utf-8", "replace")),
        size=len(preview.raw),
        preview_text=preview.preview_text or None,
        raw=written or None,
    )


def _refuse_large(*texts: str) -> None:
    size = sum(len(text.encode("utf-8", "replace")) for text in texts)
    if size > ANSWER_MAX:
        told = f"reads too long to be shown: {size:,} bytes; {ANSWER_MAX:,} can be"
        raise Rejected([FieldError("content", told, "TOO_LARGE")])
