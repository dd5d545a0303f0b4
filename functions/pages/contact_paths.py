"""The addresses of a contact's pages. Several rooms link to them."""

from __future__ import annotations

from urllib.parse import quote

from functions.pages.visit import PageVisit

CONTACTS = "/console/contacts"
CONTACT = f"{CONTACTS}/{{email}}"


def contact_path(email: str) -> str:
    return f"{CONTACTS}/{quote(email, safe='')}"


def email_of(visit: PageVisit) -> str:
    """Returns the address that the path names, as contacts have it."""
    return visit.path("email").lower()
