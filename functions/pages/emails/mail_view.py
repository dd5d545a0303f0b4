"""A rendered mail as a document of its own, for a sandboxed frame: its policy allows the mail's styles and pictures, and no script or form."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from functions import wiring
from functions.core.errors import FieldError
from functions.core.templates.html.colour_scheme import in_dark_mode
from functions.core.templates.rendering import Rendered
from functions.http.mail_document import mail_document
from functions.http.responses import HtmlPage
from functions.pages.rendering import render
from functions.pages.visit import PageVisit

NOTHING = "<!doctype html><title>\N{EN DASH}</title>"


class Look(StrEnum):
    """How a preview shows a mail. The width of a phone is the frame's."""

    DESKTOP = "desktop"
    PHONE = "phone"
    DARK = "dark"
    TEXT = "text"


def look_of(text: str) -> Look:
    return Look(text) if text in list(Look) else Look.DESKTOP


def mail_page(visit: PageVisit, mail: Rendered, look: Look = Look.DESKTOP) -> HtmlPage:
    if look is Look.TEXT:
        return _page(visit, "emails/text_part.html", text=mail.text)
    html = in_dark_mode(mail.html) if look is Look.DARK else mail.html
    return _document(html)


def error_page(visit: PageVisit, errors: Iterable[FieldError]) -> HtmlPage:
    """Explains in the frame why there is no mail to show."""
    return _page(visit, "emails/no_preview.html", errors=list(errors))


def _page(visit: PageVisit, template: str, **values: object) -> HtmlPage:
    return _document(render(template, visit.visitor.language, visit.visitor.zone, visit=visit, **values))


def _document(html: str) -> HtmlPage:
    return mail_document(html, wiring.container().settings.images_url)
