"""The published revisions of an email: who published what, how one differs from another, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import CONTENT
from functions.core.emails.email import DRAFT, EmailDraft
from functions.core.errors import NotFound, Rejected
from functions.core.templates import differences
from functions.http.responses import HtmlPage
from functions.pages import fields
from functions.pages.emails.email_page import EMAIL, Tab, content_of, editor, email_of, email_page, path_of
from functions.pages.emails.mail_view import error_page, mail_page
from functions.pages.page import get, post
from functions.pages.visit import PageVisit
from functions.steps.emails.preview import PreviewData

REVISIONS = f"{EMAIL}/revisions"
_REVISION = f"{REVISIONS}/{{revision}}"
PAGE = 50
DRAFT_NAME = "draft"


def list_revisions(visit: PageVisit) -> HtmlPage:
    email = email_of(visit)
    after = visit.query.get("after", "")
    listed = wiring.get(wiring.emails.read_emails).revisions(
        email.id, after=fields.number(after), before=None, limit=PAGE
    )
    return email_page(
        visit,
        "emails/revisions.html",
        email,
        Tab.REVISIONS,
        revisions=listed.emails,
        after=listed.emails[-1].revision if listed.more else None,
    )


def show_revision(visit: PageVisit) -> HtmlPage:
    """A revision or the draft, compared with another: by default with the one before it."""
    email, number = email_of(visit), _number(visit.path("revision"))
    before = _number(visit.query.get("with", "")) if visit.query.get("with") else _before(number, email.revisions)
    new = _source(visit, email.id, number)
    names = (_name(visit, before), _name(visit, number))
    return email_page(
        visit,
        "emails/revision.html",
        email,
        Tab.REVISIONS,
        number=number,
        number_name=DRAFT_NAME if number == DRAFT else str(number),
        before=before,
        source=new,
        changes=_difference(_source(visit, email.id, before), new, names) if before else "",
    )


def show_mail(visit: PageVisit) -> HtmlPage:
    email, number = email_of(visit), _number(visit.path("revision"))
    try:
        return mail_page(visit, wiring.get(wiring.emails.previews)(email.id, number, PreviewData()).rendered)
    except Rejected as error:
        return error_page(visit, error.errors)


def confirm_restore_to_draft(visit: PageVisit) -> HtmlPage:
    email, number = email_of(visit), _number(visit.path("revision"))
    editor().revision(email.id, number)
    return visit.confirm(
        visit.gettext("Restore revision %(number)s as the draft?", number=number),
        visit.gettext(
            "It replaces the draft. What was written since the last publication is lost. What is sent does not change."
        ),
        visit.gettext("Restore as draft"),
        path_of(email.id, Tab.REVISIONS),
    )


def restore_to_draft(visit: PageVisit) -> HtmlPage:
    email, number = email_of(visit), _number(visit.path("revision"))
    editor().restore_to_draft(email.id, number, visit.actor)
    wiring.get(wiring.access.audit_log)(AuditAction.EMAIL_DRAFT_RESET, visit.actor, str(email.id))
    notice = visit.gettext("The draft has the text of revision %(number)s again.", number=number)
    return visit.redirect(path_of(email.id, Tab.WRITE), notice)


def confirm_restore(visit: PageVisit) -> HtmlPage:
    email, number = email_of(visit), _number(visit.path("revision"))
    return visit.confirm(
        visit.gettext("Publish revision %(number)s again?", number=number),
        visit.gettext(
            "It is sent from now on, under a new number, in place of revision %(live)s. The draft is replaced by it too.",
            live=email.published_revision or "-",
        ),
        visit.gettext("Publish it again"),
        path_of(email.id, Tab.REVISIONS),
        danger=False,
    )


def restore(visit: PageVisit) -> HtmlPage:
    email, number = email_of(visit), _number(visit.path("revision"))
    editor().restore(email.id, number, visit.actor)
    wiring.get(wiring.access.audit_log)(AuditAction.EMAIL_PUBLISHED, visit.actor, str(email.id))
    notice = visit.gettext("Revision %(number)s is published again, under a new number.", number=number)
    return visit.redirect(path_of(email.id, Tab.REVISIONS), notice)


PAGES = (
    get(REVISIONS, list_revisions, CONTENT),
    get(_REVISION, show_revision, CONTENT),
    get(f"{_REVISION}/mail", show_mail, CONTENT),
    get(f"{_REVISION}/draft", confirm_restore_to_draft, CONTENT),
    post(f"{_REVISION}/draft", restore_to_draft, CONTENT, back=confirm_restore_to_draft),
    get(f"{_REVISION}/restore", confirm_restore, CONTENT),
    post(f"{_REVISION}/restore", restore, CONTENT, back=confirm_restore),
)


def _number(text: str) -> int:
    """Raises NotFound."""
    if text == DRAFT_NAME:
        return DRAFT
    number = fields.number(text)
    if not number:
        raise NotFound(f"there is no revision {text}")
    return number


def _name(visit: PageVisit, number: int) -> str:
    return visit.gettext("draft") if number == DRAFT else visit.gettext("revision %(number)s", number=number)


def _before(number: int, revisions: int) -> int:
    return revisions if number == DRAFT else number - 1


def _difference(old: str, new: str, names: tuple[str, str]) -> str | None:
    """Returns None if the texts are too long to compare."""
    try:
        return differences.of_text(old, new, names)
    except Rejected:
        return None


def _source(visit: PageVisit, number: int, revision: int) -> str:
    """Returns everything that an author wrote, as one text: the fields of each language, then the settings. Raises NotFound."""
    stored = editor().draft(number) if revision == DRAFT else editor().revision(number, revision)
    return "\n".join(_lines(content_of(stored), visit.gettext))


def _lines(draft: EmailDraft, gettext: Callable[[str], str]) -> Iterator[str]:
    yield f"{gettext('From')}: {draft.sender.name} <{draft.sender.email}>"
    if draft.reply_to:
        yield f"{gettext('Reply to')}: {draft.reply_to.email}"
    yield f"{gettext('Subscription type')}: {draft.subscription}"
    for language, source in {draft.language: draft.source, **draft.variants}.items():
        yield f"--- {language}"
        yield f"{gettext('Subject')}: {source.subject}"
        if source.preview:
            yield f"{gettext('Preview text')}: {source.preview}"
        yield source.body
        if source.text:
            yield f"--- {gettext('Text part')}"
            yield source.text
