"""Layouts and partials: the texts that many emails extend and include, each edited in its own place."""

from __future__ import annotations

from functions import wiring
from functions.core import ids
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import CONTENT
from functions.core.errors import Conflict, Rejected
from functions.core.templates import differences
from functions.core.templates.reading import readable
from functions.core.templates.source_map import MappedText
from functions.http.responses import HtmlPage
from functions.pages.page import N_, MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.steps.templates.partials import PartialLibrary

PARTIALS = "/console/partials"
EDIT, DELETE = f"{PARTIALS}/edit", f"{PARTIALS}/delete"  # a name may have slashes, so it is in the query


def show_partials(visit: PageVisit) -> HtmlPage:
    return visit.page("templates/partials.html", partials=_library().list())


def show_partial(visit: PageVisit) -> HtmlPage:
    """Shows a partial, or an empty one under a name that is free. After a refused save it shows what was entered, and how it differs."""
    name = _name(visit)
    text, bundled = _stored(name)
    entered = visit.text("text") if visit.value("before") else text
    changed = any(error.code == "CONFLICT" for error in visit.errors)
    return visit.page(
        "templates/partial.html",
        name=name,
        text=entered,
        before=ids.digest(text),
        bundled=bundled,
        is_new=not text and not bundled,
        theirs=differences.of_text(text, entered, (visit.gettext("stored"), visit.gettext("yours"))) if changed else "",
    )


def save(visit: PageVisit) -> HtmlPage:
    """Stores a partial, unless it is another one than the form was made from."""
    name, text = _name(visit), visit.text("text")
    if visit.value("before") != ids.digest(_stored(name)[0]):
        raise Conflict(
            visit.gettext(
                "Another person saved it meanwhile. Yours is below: compare, then save it again to replace theirs."
            )
        )
    _, errors = readable(MappedText.of("text", text))
    if errors:
        raise Rejected(errors)
    _library().put(name, text)
    wiring.get(wiring.access.audit_log)(AuditAction.PARTIAL_STORED, visit.actor, name)
    return visit.redirect(PARTIALS, visit.gettext("It is saved. Emails use it when they are published next."))


def confirm_delete(visit: PageVisit) -> HtmlPage:
    name = _name(visit)
    return visit.confirm(
        visit.gettext("Delete %(name)s?", name=name),
        visit.gettext(
            "Published emails stay as they are. An email that uses it cannot be published again, unless one of this name comes with Staffetta."
        ),
        visit.gettext("Delete"),
        PARTIALS,
        name=name,
    )


def delete(visit: PageVisit) -> HtmlPage:
    name = _name(visit)
    _library().delete(name)
    wiring.get(wiring.access.audit_log)(AuditAction.PARTIAL_DELETED, visit.actor, name)
    return visit.redirect(PARTIALS, visit.gettext("It is deleted."))


PAGES = (
    get(PARTIALS, show_partials, CONTENT, menu=(MenuGroup.EMAIL, N_("Layouts"))),
    get(EDIT, show_partial, CONTENT),
    post(EDIT, save, CONTENT, back=show_partial),
    get(DELETE, confirm_delete, CONTENT),
    post(DELETE, delete, CONTENT, back=show_partials),
)


def _library() -> PartialLibrary:
    return wiring.get(wiring.templates.partial_library)


def _name(visit: PageVisit) -> str:
    return visit.value("name") or visit.query.get("name", "")


def _stored(name: str) -> tuple[str, bool]:
    """Returns the text that emails get now, and whether it is the one that comes with Staffetta."""
    text = _library().find(name)
    return (text, _library().get(name).bundled) if text is not None else ("", False)
