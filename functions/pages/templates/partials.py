"""Layouts and partials: the texts that many emails extend and include, each edited in its own place.

The editor is that of an email's source: the form `#draft` with `textarea[name=body]` is what `bundles/code.js` expects, and `static/partial.js`
reports each check as the event `draft:checked`. Only the button saves: a stored text counts for every email that is published next.
"""

from __future__ import annotations

from functions import wiring
from functions.core import ids
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import CONTENT
from functions.core.errors import Conflict, Rejected
from functions.core.templates import differences, layouts
from functions.core.templates.reading import readable
from functions.core.templates.source_map import MappedText
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.emails.draft_preview import LOOKS
from functions.pages.emails.mail_view import error_page, look_of, mail_page
from functions.pages.emails.words import words_page
from functions.pages.emails.write import issues
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.steps.emails.partial_preview import ITSELF, STARTER, PartialPreviews, Sample
from functions.steps.templates.partials import PartialLibrary
from functions.wiring.random_ids import new_secret

PARTIALS = "/console/partials"
EDIT, DELETE = f"{PARTIALS}/edit", f"{PARTIALS}/delete"  # a name may have slashes, so it is in the query
CHECK, MAIL, WORDS = f"{PARTIALS}/check", f"{PARTIALS}/mail", f"{PARTIALS}/words"


def show_partials(visit: PageVisit) -> HtmlPage:
    return visit.page("templates/partials.html", partials=_library().list())


def show_partial(visit: PageVisit) -> HtmlPage:
    """Shows a partial, or an empty one under a name that is free. After a refused save it shows what was entered, and how it differs."""
    name = _name(visit)
    text, bundled = _stored(name)
    entered = visit.text("body") if visit.value("before") else text
    changed = any(error.code == "CONFLICT" for error in visit.errors)
    nonce, samples = new_secret(), _previews().samples(name)
    return visit.page(
        "templates/partial.html",
        policy={"style_src": f"'nonce-{nonce}'"},
        nonce=nonce,
        name=name,
        text=entered,
        field=layouts.field_of(name),
        before=ids.digest(text),
        bundled=bundled,
        is_new=not text and not bundled,
        samples=[(one.key, _sample_name(visit, one)) for one in samples],
        sample=_sample(visit, samples[0].key),
        looks=[(str(look), label) for look, label in LOOKS.items()],
        theirs=differences.of_text(text, entered, (visit.gettext("stored"), visit.gettext("yours"))) if changed else "",
    )


def check(visit: PageVisit) -> HtmlPage:
    """Answers a script with what publishing the sample would report. Nothing is stored."""
    name = _name(visit)
    try:
        result = _previews().check(name, visit.text("body"), _sample(visit))
    except Rejected as refusal:
        return visit.json({"errors": issues(visit, refusal.errors), "warnings": []})
    return visit.json({"errors": issues(visit, result.errors), "warnings": issues(visit, result.warnings)})


def show_mail(visit: PageVisit) -> HtmlPage:
    """The sample with the stored text."""
    name = _name(visit)
    return _mail(visit, name, _stored(name)[0])


def preview(visit: PageVisit) -> HtmlPage:
    """The sample with the text that is entered. Nothing is stored."""
    return _mail(visit, _name(visit), visit.text("body"))


def show_words(visit: PageVisit) -> HtmlPage:
    return words_page(visit)


def save(visit: PageVisit) -> HtmlPage:
    """Stores a partial, unless it is another one than the form was made from."""
    name, text = _name(visit), visit.text("body")
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
    post(CHECK, check, CONTENT, back=show_partial),
    get(MAIL, show_mail, CONTENT),
    post(MAIL, preview, CONTENT, back=show_mail),
    get(WORDS, show_words, CONTENT),
    get(DELETE, confirm_delete, CONTENT),
    post(DELETE, delete, CONTENT, back=show_partials),
)


def _sample_name(visit: PageVisit, sample: Sample) -> str:
    """An email has the name that its author wrote, and a starter one of ours."""
    if not sample.name:
        return visit.gettext("Only this text, with sample data")
    return visit.gettext(sample.name) if sample.key.startswith(STARTER) else sample.name


def _library() -> PartialLibrary:
    return wiring.get(wiring.templates.partial_library)


def _previews() -> PartialPreviews:
    return wiring.get(wiring.emails.partial_previews)


def _sample(visit: PageVisit, default: str = ITSELF) -> str:
    return visit.value("sample") or visit.query.get("sample", "") or default


def _mail(visit: PageVisit, name: str, text: str) -> HtmlPage:
    try:
        rendered = _previews().preview(name, text, _sample(visit)).rendered
    except Rejected as error:
        return error_page(visit, error.errors)
    return mail_page(visit, rendered, look_of(visit.value("look")))


def _name(visit: PageVisit) -> str:
    return visit.value("name") or visit.query.get("name", "")


def _stored(name: str) -> tuple[str, bool]:
    """Returns the text that emails get now, and whether it is the one that comes with Staffetta."""
    text = _library().find(name)
    return (text, _library().get(name).bundled) if text is not None else ("", False)
