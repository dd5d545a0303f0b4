"""A CSV file of a form. A script puts a file that is too large for a form to a presigned URL, and the form has its id instead."""

from __future__ import annotations

from functions import wiring
from functions.core.access.scopes import ACCOUNT, CONTACT_DATA, MARKETING_EMAIL, TRANSACTIONAL_EMAIL
from functions.core.errors import FieldError, Rejected
from functions.core.sending.attachments import FILE_MAX
from functions.http.responses import HtmlPage
from functions.pages import fields, home
from functions.pages.page import post
from functions.pages.visit import BAD_REQUEST, PageVisit

UPLOADS = "/console/uploads"
UPLOAD_ID_MAX = 36  # characters
FORM_MAX = 4_000_000  # octets of a file in a form: Lambda takes 6 MB, in base64


def offer(visit: PageVisit) -> HtmlPage:
    """Answers a script with the URL for a file, and with the file's id."""
    size = fields.number(visit.value("size")) or 0
    if not 0 < size <= FILE_MAX:
        return visit.json({"error": visit.gettext("A file has at most 500 MB.")}, BAD_REQUEST)
    upload = wiring.get(wiring.sending.create_upload)(size, is_file=True)
    return visit.json({"url": upload.url, "file": upload.upload_id})


def policy() -> dict[str, str]:
    """Returns what a page with an upload adds to the browser's policy: the host of the presigned URLs."""
    return {"connect_src": wiring.get(wiring.adapters.sending.uploads).origin()}


def file_of(visit: PageVisit) -> str:
    """Returns the id of the form's file, or an empty text without one. Raises Rejected for a file that is too large."""
    if uploaded := visit.value("uploaded"):
        return upload_id(uploaded)
    octets = visit.file("file") if visit.value("file") else b""
    if len(octets) > FORM_MAX:
        raise Rejected([FieldError("file", "must be a CSV file of at most 4 MB; JavaScript uploads a larger one")])
    return wiring.get(wiring.contacts.manage_imports).upload(octets) if octets else ""


def upload_id(text: str) -> str:
    """Raises Rejected for a text that is no id: storage refuses one that is too long."""
    if len(text) > UPLOAD_ID_MAX:
        raise Rejected([FieldError("file", "is not stored any more: choose it again")])
    return text


PAGES = (post(UPLOADS, offer, CONTACT_DATA, ACCOUNT, MARKETING_EMAIL, TRANSACTIONAL_EMAIL, back=home.show_home),)
