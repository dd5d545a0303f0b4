"""The list of emails: what there is, in which state, and how it did in the last 30 days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from functions import wiring
from functions.core.access.scopes import CONTENT
from functions.core.emails import email_listing
from functions.core.emails.email import Email, Subcategory
from functions.core.emails.email_listing import Filter, listing
from functions.core.errors import NotFound
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages import fields
from functions.pages.emails.email_page import EMAILS, READ, TYPES, Tab, path_of
from functions.pages.page import MenuGroup, get
from functions.pages.statistics.figures import counters, figures
from functions.pages.visit import PageVisit

PAGE = 50
ALL = ""
STATES = {
    ALL: N_("All but archived"),
    "draft": N_("Draft"),
    "published": N_("Published"),
    "archived": N_("Archived"),
}
_WRITABLE = [type_ for type_ in Subcategory if type_ is not Subcategory.SMTP_TOKEN]
_FILTER_FIELDS = ("text", "state", "type")


def list_emails(visit: PageVisit) -> HtmlPage:
    chosen = {name: visit.query.get(name, "").strip() for name in _FILTER_FIELDS}
    after = visit.query.get("after", "")
    stored = wiring.get(wiring.adapters.emails.emails).all()
    try:
        listed = listing(stored, _filter(chosen), ("-updatedAt",), fields.number(after))
    except LookupError as error:
        raise NotFound(str(error)) from error
    emails = listed.emails[:PAGE]
    return visit.page(
        "emails/emails.html",
        rows=_rows(emails, may_write=visit.actor.may(CONTENT)),
        any=any(email.subcategory is not Subcategory.SMTP_TOKEN for email in stored),
        total=listed.total,
        after=emails[-1].id if len(listed.emails) > PAGE else None,
        chosen=chosen,
        states=[(code, visit.gettext(text)) for code, text in STATES.items()],
        types=[(ALL, visit.gettext("All types")), *((str(one), visit.gettext(TYPES[one])) for one in _WRITABLE)],
        may_write=visit.actor.may(CONTENT),
        host=wiring.container().settings.public_url,
    )


PAGES = (get(EMAILS, list_emails, *READ, menu=(MenuGroup.EMAIL, N_("Emails"))),)


def _filter(chosen: Mapping[str, str]) -> Filter:
    types = [type_ for type_ in _WRITABLE if chosen["type"] in {ALL, type_}]
    state = chosen["state"]
    return Filter(
        archived=state == "archived",
        types=frozenset(email_listing.TYPES[type_] for type_ in types),
        published=state == "published" if state in {"draft", "published"} else None,
        text=chosen["text"],
    )


def _rows(emails: Sequence[Email], *, may_write: bool) -> list[dict[str, object]]:
    """A draft leads to its text, for a person who may write it."""
    counted = counters([email.id for email in emails])
    return [
        {
            "email": email,
            "path": path_of(email.id, Tab.WRITE if may_write and not email.is_published else Tab.PERFORMANCE),
            "type": TYPES[email.subcategory],
            **figures(counted[email.id]),
        }
        for email in emails
    ]
