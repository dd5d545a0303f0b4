"""The Write page: one draft, and two views of it.

Both views edit the same document with the same parts, so a view has only a template and a script:

- The frame `templates/pages/emails/write.html` has one form `#draft` with the subject, the preview text, the language and `version`, the
  token of optimistic locking; next to it is the preview. A view extends it: block `view` is its part of the form, block `view_script` its
  script. Its page is `show(visit, view)`: add the view to `View`, and its path to `PAGES`.
- The form has one `textarea[name=body]`: the source of the body. A view's script writes it there, and dispatches an `input` event.
  `static/draft.js` does the rest for both: it saves the form after a pause in typing (POST .../draft, the only route that saves in the
  background), shows the state, other editors and conflicts, and renders the preview again. It reports the answer of each check as
  the event `draft:checked` on the form: `{errors, warnings}` with `where`, `message`, `line` and `column`.
- Without scripts, the form's own buttons save it (POST .../write), publish it (POST .../write/publish), and show the preview in the
  frame (POST .../mail).
- Bundles: `infra/node/editors/<view>.js` becomes `templates/pages/static/bundles/<view>.js` by `make bundles`, and is committed.
  The page's nonce for styles is in `<form data-nonce>`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from functions import wiring
from functions.core import timestamps
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import CONTENT
from functions.core.emails import source_changes
from functions.core.emails.email import Email, EmailDraft, TemplateSource
from functions.core.emails.merge_patch import merged
from functions.core.emails.presence import REPORT_SECONDS, OpenEditor
from functions.core.errors import Conflict, FieldError, NotFound, Rejected, abridged
from functions.core.templates import differences
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.emails.draft_preview import LOOKS, mail_of, sample_form
from functions.pages.emails.email_page import (
    EMAIL,
    PUBLISHED,
    SEND,
    VISUAL,
    Tab,
    content_of,
    editor,
    email_id,
    email_of,
    email_page,
    path_of,
    publish_draft,
    syntax_of,
    version_of,
)
from functions.pages.page import get, post
from functions.pages.visit import BAD_REQUEST, PageVisit
from functions.steps.emails.check_email import check_email
from functions.steps.emails.publish import CheckResult
from functions.steps.emails.read_emails import EmailWithDocument
from functions.wiring.random_ids import new_secret

CONFLICT = 409
ENTRY_SECONDS = 600  # saves of one person within it have one entry in the audit log


class View(StrEnum):
    VISUAL = "visual"
    CODE = "code"


VIEWS = {View.VISUAL: (VISUAL, N_("Visual")), View.CODE: ("write", N_("Code"))}
TAB_MAX = 100  # characters of a tab's own id
_PICTURES = {View.VISUAL: {"img_src": "https: data: blob:"}}  # the mail's own, as its preview shows them


def show_code(visit: PageVisit) -> HtmlPage:
    return show(visit, View.CODE)


def show_visual(visit: PageVisit) -> HtmlPage:
    return show(visit, View.VISUAL)


def show_again(visit: PageVisit) -> HtmlPage:
    """Shows the view from which a form came."""
    return show(visit, _view_of(visit))


def show(visit: PageVisit, view: View) -> HtmlPage:
    """Shows a view of the draft. After a refused save it shows what was entered, and how a later version differs from it."""
    email = email_of(visit)
    stored = editor().draft(email.id)
    draft = content_of(stored)
    language = _language(visit, draft)
    source = _stored_source(draft, language)
    entered = _entered(visit, source) if visit.value("syntax") else source
    nonce = new_secret()
    check = _check(stored)
    refused = any(error.code == "CONFLICT" for error in visit.errors)
    return email_page(
        visit,
        f"emails/{view}.html",
        stored.email,
        Tab.WRITE,
        policy={"style_src": f"'nonce-{nonce}'", **_PICTURES.get(view, {})},
        nonce=nonce,
        view=view,
        views=[(path_of(email.id, path), label, one is view) for one, (path, label) in VIEWS.items()],
        edited=language,
        languages=[draft.language, *draft.variants],
        source=entered,
        **sample_form(visit, draft, check.contract),
        theirs=differences.of_text(source.body, entered.body, (visit.gettext("stored"), visit.gettext("yours")))
        if refused
        else "",
        looks=[(str(look), label) for look, label in LOOKS.items()],
        listed=[] if visit.errors else _listed(visit, check),
        report_seconds=REPORT_SECONDS,
        may_see_contacts=visit.actor.may(*SEND),
    )


def save(visit: PageVisit) -> HtmlPage:
    _save(visit)
    return visit.redirect(_page_of(visit), visit.gettext("The draft is saved."))


def publish(visit: PageVisit) -> HtmlPage:
    publish_draft(visit, _changes(visit, _unchanged(visit)))
    return visit.redirect(_page_of(visit), visit.gettext(PUBLISHED))


def save_draft(visit: PageVisit) -> HtmlPage:
    """Saves in the background. It answers a script with the new version, the check, and who else edits the email."""
    number, tab = email_id(visit), visit.value("tab")[:TAB_MAX]
    others = wiring.get(wiring.emails.report_presence)(number, visit.actor, tab) if tab else []
    try:
        stored = _save(visit)
    except Conflict as refusal:
        return visit.json(_conflict(visit, editor().draft(number).email, refusal, others), CONFLICT)
    except Rejected as refusal:
        return visit.json({"errors": issues(visit, refusal.errors), "others": _people(visit, others)}, BAD_REQUEST)
    result = _check(stored)
    return visit.json(
        {
            "version": stored.email.version,
            "savedAt": stored.email.updated_at,
            "errors": issues(visit, result.errors),
            "warnings": issues(visit, result.warnings),
            "others": _people(visit, others),
        }
    )


def show_mail(visit: PageVisit) -> HtmlPage:
    """The draft as it is stored, rendered with its sample."""
    return mail_of(visit, editor().draft(email_id(visit)).document)


def preview(visit: PageVisit) -> HtmlPage:
    """The mail as it would be with what is entered. Nothing is stored."""
    stored = editor().draft(email_id(visit))
    return mail_of(visit, merged(stored.document, _changes(visit, stored)))


PAGES = (
    get(f"{EMAIL}/{VISUAL}", show_visual, CONTENT),
    get(f"{EMAIL}/write", show_code, CONTENT),
    post(f"{EMAIL}/write", save, CONTENT, back=show_again),
    post(f"{EMAIL}/write/publish", publish, CONTENT, back=show_again),
    post(f"{EMAIL}/draft", save_draft, CONTENT, back=show_again),
    get(f"{EMAIL}/mail", show_mail, CONTENT),
    post(f"{EMAIL}/mail", preview, CONTENT, back=show_mail),
)


def _view_of(visit: PageVisit) -> View:
    return View.VISUAL if visit.value("view") == View.VISUAL else View.CODE


def _page_of(visit: PageVisit) -> str:
    """Returns the address of the page from which the form came."""
    path, _ = VIEWS[_view_of(visit)]
    language = visit.value("language")
    return f"{path_of(email_id(visit), path)}{f'?language={quote(language)}' if language else ''}"


def _language(visit: PageVisit, draft: EmailDraft) -> str:
    """Returns the language that the page edits: the email's own, unless the address names another of its languages. A form keeps its own,
    also one that was removed meanwhile: its text is of no other language.
    """
    named = visit.query.get("language", "")
    return visit.value("language") or (named if named in draft.variants else draft.language)


def _stored_source(draft: EmailDraft, language: str) -> TemplateSource:
    """Returns an empty source for a language that was removed."""
    is_stored = language in {draft.language, *draft.variants}
    return source_changes.source_of(draft, language) if is_stored else TemplateSource(subject="", body="")


def _entered(visit: PageVisit, before: TemplateSource) -> TemplateSource:
    return TemplateSource(
        subject=visit.value("subject"),
        body=visit.text("body"),
        syntax=syntax_of(visit, before.syntax),
        text=visit.text("text"),
        preview=visit.value("preview"),
    )


def _changes(visit: PageVisit, stored: EmailWithDocument) -> dict[str, Any]:
    """Returns the merge patch of what was entered. A form without a body only reports that the editor is open."""
    language = visit.value("language")
    if not language:
        return {}
    draft = content_of(stored)
    try:
        before = source_changes.source_of(draft, language)
    except NotFound as error:
        raise Rejected([FieldError("language", str(error), "UNKNOWN_LANGUAGE")]) from error
    return source_changes.changes(draft, language, _entered(visit, before))


def _save(visit: PageVisit) -> EmailWithDocument:
    """Raises Conflict if the form was made from an earlier version, and Rejected."""
    stored = _unchanged(visit)
    number = stored.email.id
    changes = _changes(visit, stored)
    if not changes:
        return stored
    saved = editor().update(number, changes, visit.actor, stored.email.version)
    if _begins_an_entry(visit, stored.email):
        wiring.get(wiring.access.audit_log)(AuditAction.EMAIL_CHANGED, visit.actor, str(number))
    return saved


def _unchanged(visit: PageVisit) -> EmailWithDocument:
    """Returns the draft from which the form was made. Raises Conflict if there is a later version."""
    stored = editor().draft(email_id(visit))
    if version_of(visit) != stored.email.version:
        raise Conflict(_stale(visit, stored.email))
    return stored


def _stale(visit: PageVisit, email: Email) -> str:
    return visit.gettext(
        "%(name)s saved a later version. Yours is below and nothing of it is lost: compare, then save it again to replace theirs.",
        name=email.updated_by or "?",
    )


def _begins_an_entry(visit: PageVisit, before: Email) -> bool:
    now = wiring.container().clock()
    by_same = before.updated_by == visit.actor.name
    return not (by_same and now - timestamps.parse(before.updated_at) < ENTRY_SECONDS)


def _conflict(visit: PageVisit, email: Email, refusal: Conflict, others: Sequence[OpenEditor]) -> Mapping[str, Any]:
    return {"message": visit.error_message(str(refusal)), "version": email.version, "others": _people(visit, others)}


def _check(stored: EmailWithDocument) -> CheckResult:
    publication = wiring.get(wiring.emails.publish_email)
    return check_email(publication, stored.email.id, stored.document, editor().starters)


def _listed(visit: PageVisit, result: CheckResult) -> list[tuple[dict[str, Any], str]]:
    """Returns the errors and then the warnings, each with its style."""
    errors, warnings = issues(visit, result.errors), issues(visit, result.warnings)
    return [*((one, "error") for one in errors), *((one, "warning") for one in warnings)]


def issues(visit: PageVisit, errors: Sequence[FieldError]) -> list[dict[str, Any]]:
    """Returns what a script lists."""
    return [
        {
            "where": one.field,
            "label": visit.field_label(one.field),
            "message": visit.error_message(one.message),
            "line": one.line,
            "column": one.column,
        }
        for one in abridged(errors)
    ]


def _people(visit: PageVisit, others: Sequence[OpenEditor]) -> list[str]:
    me = visit.gettext("you, in another window")
    return list(dict.fromkeys(me if one.email == visit.actor.name else one.email for one in others))
