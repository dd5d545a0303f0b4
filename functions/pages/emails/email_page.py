"""What the pages of one email share: its address, its tabs, and what may be done with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import CONTENT, MARKETING_EMAIL, REPORTS, TRANSACTIONAL_EMAIL
from functions.core.emails.email import Email, EmailDraft, Subcategory, TemplateSyntax
from functions.core.emails.email_document import draft_of
from functions.core.errors import Conflict, NotFound
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages import fields
from functions.pages.visit import PageVisit
from functions.steps.emails.edit_emails import EmailEditor
from functions.steps.emails.read_emails import EmailWithDocument, get_email

EMAILS = "/console/emails"
EMAIL = f"{EMAILS}/{{emailId}}"
PUBLISHED = N_("The email is published: this is what is sent from now on.")
TRANSACTIONAL_TO_LISTS = N_(
    "It is transactional: people who unsubscribed get it too, and it has no unsubscribe link. News and offers need a subscription type: choose one in the settings of the email."
)
VISUAL = "visual"  # the view of the Write page that needs no code
READ = (CONTENT, REPORTS)
SEND = (MARKETING_EMAIL, TRANSACTIONAL_EMAIL)
TYPES = {
    Subcategory.SINGLE_SEND_API: N_("Single-send API"),
    Subcategory.MARKETING_SINGLE_SEND_API: N_("Single-send API, marketing"),
    Subcategory.AUTOMATED: N_("Automation"),
    Subcategory.BATCH: N_("Broadcast"),
    Subcategory.SMTP_TOKEN: N_("SMTP token"),
}


class Tab(StrEnum):
    """The tabs of an email, in their order."""

    WRITE = "write"
    SETTINGS = "settings"
    SEND = "send"
    PERFORMANCE = "performance"
    REVISIONS = "revisions"


LABELS = {
    Tab.WRITE: N_("Write"),
    Tab.SETTINGS: N_("Settings"),
    Tab.SEND: N_("Send or schedule"),
    Tab.PERFORMANCE: N_("Performance"),
    Tab.REVISIONS: N_("Revisions"),
}
SCOPES_OF = {
    Tab.WRITE: (CONTENT,),
    Tab.SETTINGS: (CONTENT,),
    Tab.SEND: SEND,
    Tab.PERFORMANCE: READ,
    Tab.REVISIONS: (CONTENT,),
}


def email_id(visit: PageVisit) -> int:
    """Raises NotFound."""
    text = visit.path("emailId")
    number = fields.number(text)
    if number is None:
        raise NotFound(f"there is no email {text}")
    return number


def email_of(visit: PageVisit) -> Email:
    """Returns the email that the path names. Raises NotFound for an archived one, and for one of an SMTP token."""
    return _without_token(get_email(wiring.get(wiring.adapters.emails.emails), email_id(visit)))


def archived_or_not(visit: PageVisit) -> Email:
    """Returns the email that the path names, for its figures, which stay after archiving. Raises NotFound."""
    email = wiring.get(wiring.adapters.emails.emails).get(email_id(visit), consistent=True)
    if email is None:
        raise NotFound(f"there is no email {email_id(visit)}")
    return _without_token(email)


def _without_token(email: Email) -> Email:
    if email.subcategory is Subcategory.SMTP_TOKEN:
        raise NotFound(f"email {email.id} belongs to an SMTP token")
    return email


def content_of(stored: EmailWithDocument) -> EmailDraft:
    """Returns the draft in a document. It may be incomplete."""
    return draft_of(stored.email.id, stored.document, editor().starters, drafting=True)


def syntax_of(visit: PageVisit, stored: TemplateSyntax) -> TemplateSyntax:
    """Returns the syntax that the form names, or else the stored one."""
    entered = visit.value("syntax")
    return TemplateSyntax(entered) if entered in list(TemplateSyntax) else stored


def path_of(email_id_: int, tab: str = "") -> str:
    return f"{EMAILS}/{email_id_}{f'/{tab}' if tab else ''}"


def editor() -> EmailEditor:
    return wiring.get(wiring.emails.edit_emails)


def version_of(visit: PageVisit) -> int | None:
    """Returns the version of the email that the form was made from."""
    return fields.number(visit.value("version"))


def publish_draft(visit: PageVisit, changes: Mapping[str, Any] | None = None) -> None:
    """Publishes the draft with what is entered in a form. A refusal stores neither. Raises Rejected and Conflict."""
    number = email_id(visit)
    editor().publish(number, visit.actor, version_of(visit), changes)
    wiring.get(wiring.access.audit_log)(AuditAction.EMAIL_PUBLISHED, visit.actor, str(number))


@contextmanager
def explained_conflict(visit: PageVisit) -> Iterator[None]:
    """A person reads who changed the email since they opened the page, and no version's number. The form has what they entered."""
    try:
        yield
    except Conflict:
        email = editor().draft(email_id(visit)).email
        if version_of(visit) in {None, email.version}:
            raise
        raise Conflict(
            visit.gettext(
                "%(name)s changed this email since you opened the page. Nothing that you entered is lost: look it over, and send it again.",
                name=email.updated_by or "?",
            )
        ) from None


def email_page(visit: PageVisit, template: str, email: Email, tab: Tab, **values: Any) -> HtmlPage:
    """Answers with a template that extends emails/email.html. An archived email has its figures only."""
    tabs = [
        (str(one), path_of(email.id, one), LABELS[one], one is tab)
        for one in ((Tab.PERFORMANCE,) if email.archived_at else Tab)
        if visit.actor.may(*SCOPES_OF[one])
    ]
    return visit.page(
        template,
        email=email,
        path=path_of(email.id),
        type_name=TYPES[email.subcategory],
        tabs=tabs,
        may_write=visit.actor.may(CONTENT) and not email.archived_at,
        may_send=visit.actor.may(*SEND) and not email.archived_at,
        **values,
    )
