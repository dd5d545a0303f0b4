"""Unpublish an email, copy it, archive it and bring it back."""

from __future__ import annotations

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import CONTENT
from functions.core.emails.email import NAME_MAX, copy_name
from functions.http.responses import HtmlPage
from functions.pages.emails.email_page import EMAIL, EMAILS, Tab, editor, email_id, email_of, email_page, path_of
from functions.pages.once import once
from functions.pages.page import get, post
from functions.pages.visit import PageVisit


def confirm_unpublish(visit: PageVisit) -> HtmlPage:
    email = email_of(visit)
    return visit.confirm(
        visit.gettext("Unpublish this email?"),
        visit.gettext(
            "Sends of “%(name)s” are refused from now on. Accepted sends still go out. You can publish it again.",
            name=email.name,
        ),
        visit.gettext("Unpublish"),
        path_of(email.id, Tab.WRITE),
    )


def unpublish(visit: PageVisit) -> HtmlPage:
    number = email_id(visit)
    editor().unpublish(number, visit.actor)
    _log(AuditAction.EMAIL_UNPUBLISHED, visit, number)
    return visit.redirect(path_of(number, Tab.WRITE), visit.gettext("The email is a draft again."))


def show_clone(visit: PageVisit) -> HtmlPage:
    email = email_of(visit)
    return email_page(visit, "emails/clone.html", email, Tab.WRITE, suggested=copy_name(email.name), name_max=NAME_MAX)


def clone(visit: PageVisit) -> HtmlPage:
    number = email_id(visit)
    copy = editor().clone(number, visit.value("name"), None, visit.actor).email
    _log(AuditAction.EMAIL_CREATED, visit, copy.id, cloned_from=number)
    return visit.redirect(path_of(copy.id, Tab.WRITE), visit.gettext("This is the copy, as a draft."))


def confirm_archive(visit: PageVisit) -> HtmlPage:
    email = email_of(visit)
    return visit.confirm(
        visit.gettext("Archive this email?"),
        visit.gettext(
            "“%(name)s” leaves the list, and sends of it are refused. Its figures stay, and you can restore it from the archived ones.",
            name=email.name,
        ),
        visit.gettext("Archive"),
        path_of(email.id, Tab.WRITE),
    )


def archive(visit: PageVisit) -> HtmlPage:
    number = email_id(visit)
    editor().archive(number, visit.actor)
    _log(AuditAction.EMAIL_ARCHIVED, visit, number)
    return visit.redirect(EMAILS, visit.gettext("The email is archived."))


def restore_archived(visit: PageVisit) -> HtmlPage:
    number = email_id(visit)
    editor().unarchive(number, visit.actor)
    _log(AuditAction.EMAIL_CHANGED, visit, number)
    return visit.redirect(path_of(number, Tab.WRITE), visit.gettext("The email is back in the list."))


PAGES = (
    get(f"{EMAIL}/unpublish", confirm_unpublish, CONTENT),
    post(f"{EMAIL}/unpublish", unpublish, CONTENT, back=confirm_unpublish),
    get(f"{EMAIL}/clone", show_clone, CONTENT),
    post(f"{EMAIL}/clone", once(clone), CONTENT, back=show_clone),
    get(f"{EMAIL}/archive", confirm_archive, CONTENT),
    post(f"{EMAIL}/archive", archive, CONTENT, back=confirm_archive),
    post(f"{EMAIL}/restore-archived", restore_archived, CONTENT, back=confirm_archive),
)


def _log(action: AuditAction, visit: PageVisit, number: int, **detail: int) -> None:
    wiring.get(wiring.access.audit_log)(action, visit.actor, str(number), **detail)
