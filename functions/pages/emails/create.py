"""Create an email: from a starter of the gallery, or blank. It begins as a draft."""

from __future__ import annotations

from msgspec.structs import replace

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import CONTENT
from functions.core.emails.email import TRANSACTIONAL, EmailDraft, Subcategory, TemplateSource
from functions.core.errors import Rejected
from functions.core.templates.blocks import palette
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages import static_files
from functions.pages.emails.email_page import EMAILS, VISUAL, path_of
from functions.pages.emails.mail_view import error_page, mail_page
from functions.pages.once import once
from functions.pages.page import get, post
from functions.pages.visit import PageVisit
from functions.steps.emails.preview import PreviewData

NEW = f"{EMAILS}/new"
BLANK = "blank"
GREETING = '<mj-text>Hello {{ contact.firstname|default("there") }},</mj-text>'
PURPOSES = {
    Subcategory.SINGLE_SEND_API: (N_("A program"), N_("One mail at a time: a receipt, a code, an invitation.")),
    Subcategory.AUTOMATED: (
        N_("An automation"),
        N_("One mail at a time, by what happens: a sign-up, an order, a date."),
    ),
    Subcategory.BATCH: (
        N_("You, to lists"),
        N_("One mail to many: news, an offer, new terms."),
    ),
}


def show_gallery(visit: PageVisit) -> HtmlPage:
    starters = wiring.get(wiring.emails.starter_gallery).all()
    rows = [
        {
            "name": name,
            "title": visit.gettext(starter.draft.name),
            "text": visit.gettext(starter.description),
            "picture": picture(name),
        }
        for name, starter in starters.items()
    ]
    return visit.page("emails/gallery.html", rows=rows, blank=BLANK)


def picture(name: str) -> str:
    """Returns the file of a starter's picture. A new starter has none before `make gallery`."""
    file = f"{name}.webp"
    return file if static_files.exists(file) else ""


def show_starter(visit: PageVisit) -> HtmlPage:
    """The starter with its sample data, for a frame of the gallery."""
    draft = wiring.get(wiring.emails.starter_gallery).draft(visit.path("starter"))
    try:
        return mail_page(visit, wiring.get(wiring.emails.previews).of_draft(draft, PreviewData()).rendered)
    except Rejected as error:
        return error_page(visit, error.errors)


def show_name(visit: PageVisit) -> HtmlPage:
    name = visit.path("starter")
    draft = _draft(name)
    types = [
        one for one in wiring.get(wiring.contacts.subscriptions).list_types() if one.active and one.id != TRANSACTIONAL
    ]
    purposes = [(str(code), visit.gettext(label), visit.gettext(text)) for code, (label, text) in PURPOSES.items()]
    return visit.page(
        "emails/name.html",
        starter=name,
        suggested=_suggested(visit, draft.name),
        purposes=purposes,
        purpose=str(draft.subcategory),
        types=[(TRANSACTIONAL, visit.gettext("Transactional")), *((one.id, one.name) for one in types)],
    )


def create(visit: PageVisit) -> HtmlPage:
    draft = _chosen(visit, _draft(visit.path("starter"), visit.value("subscription") or TRANSACTIONAL))
    gallery = wiring.get(wiring.emails.starter_gallery)
    email = gallery.create(draft, visit.value("name"), visit.actor).email
    wiring.get(wiring.access.audit_log)(AuditAction.EMAIL_CREATED, visit.actor, str(email.id))
    return visit.redirect(path_of(email.id, VISUAL), visit.gettext("The email is created, as a draft."))


_STARTER = f"{NEW}/{{starter}}"
PAGES = (
    get(NEW, show_gallery, CONTENT),
    get(_STARTER, show_name, CONTENT),
    post(_STARTER, once(create), CONTENT, back=show_name),
    get(f"{_STARTER}/mail", show_starter, CONTENT),
)


def _suggested(visit: PageVisit, name: str) -> str:
    return visit.gettext(name) if name else ""


def _chosen(visit: PageVisit, draft: EmailDraft) -> EmailDraft:
    """Returns the draft for what the person chose as its sender."""
    purpose = visit.value("purpose")
    subcategory = Subcategory(purpose) if purpose in PURPOSES else draft.subcategory
    if subcategory is Subcategory.SINGLE_SEND_API and not draft.transactional:
        subcategory = Subcategory.MARKETING_SINGLE_SEND_API
    return replace(draft, subcategory=subcategory)


def _draft(name: str, subscription: str = TRANSACTIONAL) -> EmailDraft:
    """Raises NotFound."""
    gallery = wiring.get(wiring.emails.starter_gallery)
    if name != BLANK:
        return replace(gallery.draft(name), subscription=subscription)
    return EmailDraft(
        email_id=0, name="", source=_blank(subscription), sender=gallery.sender, subscription=subscription
    )


def _blank(subscription: str) -> TemplateSource:
    """A page with one greeting, and for marketing mail with the link that it needs."""
    blocks = [GREETING] if subscription == TRANSACTIONAL else [GREETING, palette.BLOCKS["unsubscribe"]]
    body = palette.EMPTY.replace("<mj-column>", "\n        ".join(["<mj-column>", *blocks]))
    return TemplateSource(subject="", body=body)
