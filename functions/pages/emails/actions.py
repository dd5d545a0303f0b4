"""The actions of an email: publish it, choose what sends it, copy it, end it. A confirmation states what each does."""

from __future__ import annotations

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import CONTENT
from functions.core.emails.email import NAME_MAX, Subcategory, copy_name
from functions.core.emails.send_snippets import PROGRAMS, SendCall
from functions.http.responses import HtmlPage
from functions.pages.emails.email_page import (
    EMAIL,
    EMAILS,
    PUBLISHED,
    READ,
    TRANSACTIONAL_TO_LISTS,
    Tab,
    content_of,
    editor,
    email_id,
    email_of,
    email_page,
    explained_conflict,
    path_of,
    publish_draft,
)
from functions.pages.emails.write import show_code
from functions.pages.page import get, post
from functions.pages.visit import PageVisit

PROGRAM_NAMES = {"curl": "curl", "python": "Python", "node": "Node.js", "php": "PHP"}


def publish(visit: PageVisit) -> HtmlPage:
    """A page with a form of the draft publishes that: see write.py and settings.py."""
    with explained_conflict(visit):
        publish_draft(visit)
    return visit.redirect(path_of(email_id(visit), Tab.WRITE), visit.gettext(PUBLISHED))


def confirm_convert(visit: PageVisit) -> HtmlPage:
    email = email_of(visit)
    return visit.confirm(
        visit.gettext("Convert to single-send API?"),
        visit.gettext(
            "The draft of “%(name)s” is published, and programs send it with its id. The next page shows the id and ready code.",
            name=email.name,
        ),
        visit.gettext("Publish for the API"),
        path_of(email.id, Tab.WRITE),
        danger=False,
    )


def convert(visit: PageVisit) -> HtmlPage:
    number = email_id(visit)
    draft = content_of(editor().draft(number))
    kind = Subcategory.SINGLE_SEND_API if draft.transactional else Subcategory.MARKETING_SINGLE_SEND_API
    _publish_as(visit, kind)
    return visit.redirect(path_of(number, "code"), visit.gettext("The email is published for the API."))


def confirm_automation(visit: PageVisit) -> HtmlPage:
    email = email_of(visit)
    return visit.confirm(
        visit.gettext("Use in automations?"),
        visit.gettext(
            "The draft of “%(name)s” is published, and automations can send it. Programs can no longer send it with its id.",
            name=email.name,
        ),
        visit.gettext("Publish for automations"),
        path_of(email.id, Tab.WRITE),
        danger=False,
    )


def automate(visit: PageVisit) -> HtmlPage:
    _publish_as(visit, Subcategory.AUTOMATED)
    notice = visit.gettext("The email is published: choose it in a step of an automation.")
    return visit.redirect(path_of(email_id(visit), Tab.WRITE), notice)


def confirm_batch(visit: PageVisit) -> HtmlPage:
    email = email_of(visit)
    text = visit.gettext(
        "The draft of “%(name)s” is published, and can be sent to lists. Programs can no longer send it with its id: clone it "
        "first if they still need it.",
        name=email.name,
    )
    if content_of(editor().draft(email.id)).transactional:
        text = f"{text} {visit.gettext(TRANSACTIONAL_TO_LISTS)}"
    return visit.confirm(
        visit.gettext("Use this email for lists?"),
        text,
        visit.gettext("Publish for lists"),
        path_of(email.id, Tab.SEND),
        danger=False,
    )


def make_batch(visit: PageVisit) -> HtmlPage:
    _publish_as(visit, Subcategory.BATCH)
    notice = visit.gettext("The email is published for lists. Choose its recipients.")
    return visit.redirect(path_of(email_id(visit), Tab.SEND), notice)


def show_snippets(visit: PageVisit) -> HtmlPage:
    email = email_of(visit)
    sample = content_of(editor().draft(email.id)).sample
    call = SendCall(
        host=wiring.container().settings.public_url,
        email_id=email.id,
        transactional=email.subcategory is not Subcategory.MARKETING_SINGLE_SEND_API,
        contact=sample.contact,
        custom=sample.custom,
    )
    snippets = [(PROGRAM_NAMES[program], call.snippet(program)) for program in PROGRAMS]
    is_api = email.subcategory in {Subcategory.SINGLE_SEND_API, Subcategory.MARKETING_SINGLE_SEND_API}
    return email_page(visit, "emails/snippets.html", email, Tab.WRITE, snippets=snippets, call=call, is_api=is_api)


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
    post(f"{EMAIL}/publish", publish, CONTENT, back=show_code),
    get(f"{EMAIL}/convert", confirm_convert, CONTENT),
    post(f"{EMAIL}/convert", convert, CONTENT, back=show_code),
    get(f"{EMAIL}/automation", confirm_automation, CONTENT),
    post(f"{EMAIL}/automation", automate, CONTENT, back=show_code),
    get(f"{EMAIL}/lists", confirm_batch, CONTENT),
    post(f"{EMAIL}/lists", make_batch, CONTENT, back=confirm_batch),
    get(f"{EMAIL}/code", show_snippets, *READ),
    get(f"{EMAIL}/unpublish", confirm_unpublish, CONTENT),
    post(f"{EMAIL}/unpublish", unpublish, CONTENT, back=confirm_unpublish),
    get(f"{EMAIL}/clone", show_clone, CONTENT),
    post(f"{EMAIL}/clone", clone, CONTENT, back=show_clone),
    get(f"{EMAIL}/archive", confirm_archive, CONTENT),
    post(f"{EMAIL}/archive", archive, CONTENT, back=confirm_archive),
    post(f"{EMAIL}/restore-archived", restore_archived, CONTENT, back=confirm_archive),
)


def _publish_as(visit: PageVisit, kind: Subcategory) -> None:
    """Raises Rejected and Conflict."""
    publish_draft(visit, {"subcategory": str(kind)})


def _log(action: AuditAction, visit: PageVisit, number: int, **detail: int) -> None:
    wiring.get(wiring.access.audit_log)(action, visit.actor, str(number), **detail)
