"""The settings of an email: which kind of mail it is, who sends it, what is tracked, and its languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import CONTENT
from functions.core.addresses import Address
from functions.core.contacts.subscriptions.subscription import SubscriptionType
from functions.core.emails.email import TRANSACTIONAL, TemplateSource
from functions.core.emails.languages import is_language
from functions.core.errors import FieldError, NotFound, Rejected
from functions.http.responses import HtmlPage
from functions.pages.emails.email_page import (
    EMAIL,
    PUBLISHED,
    Tab,
    content_of,
    editor,
    email_id,
    email_of,
    email_page,
    explained_conflict,
    path_of,
    publish_draft,
    version_of,
)
from functions.pages.page import get, post
from functions.pages.visit import PageVisit

LANGUAGES = f"{EMAIL}/languages"


def show_settings(visit: PageVisit) -> HtmlPage:
    stored = editor().draft(email_of(visit).id)
    types = wiring.get(wiring.contacts.subscriptions).list_types()
    content = stored.document.get("content") or {}
    return email_page(
        visit,
        "emails/settings.html",
        stored.email,
        Tab.SETTINGS,
        draft=content_of(stored),
        document=stored.document,
        choices=[
            (
                TRANSACTIONAL,
                visit.gettext("Transactional"),
                visit.gettext(
                    "A person expects it because of something that they did: a receipt, a code, a change of their account. It is sent "
                    "whatever they are subscribed to, and has no unsubscribe link. Never use it for advertising: that is against the law "
                    "in many countries, and costs your reputation."
                ),
            ),
            *(
                (
                    type_.id,
                    type_.name,
                    type_.description or visit.gettext("Sent only to people who did not leave this type."),
                )
                for type_ in types
                if type_.id != TRANSACTIONAL
            ),
        ],
        subscription=_type_id(stored.document, types),
        track_opens=content.get("trackOpens") is not False,
        track_clicks=content.get("trackClicks") is not False,
        domains=", ".join(domain.name for domain in wiring.get(wiring.domains.read_domains)()),
    )


def save(visit: PageVisit) -> HtmlPage:
    number = email_id(visit)
    with explained_conflict(visit):
        editor().update(number, _changes(visit), visit.actor, version_of(visit))
    _log(visit, number)
    notice = visit.gettext("The settings are saved in the draft. They count as soon as you publish it.")
    return visit.redirect(path_of(number, Tab.SETTINGS), notice)


def publish(visit: PageVisit) -> HtmlPage:
    with explained_conflict(visit):
        publish_draft(visit, _changes(visit))
    return visit.redirect(path_of(email_id(visit), Tab.SETTINGS), visit.gettext(PUBLISHED))


def add_language(visit: PageVisit) -> HtmlPage:
    """The new language begins with the text of the email's own."""
    number, language = email_id(visit), visit.value("new_language").lower()
    draft = content_of(editor().draft(number))
    if not is_language(language):
        raise Rejected([FieldError("new_language", "is not a language: use a code such as de, it or pt-br")])
    if language in {draft.language, *draft.variants}:
        raise Rejected([FieldError("new_language", "is a language of this email already")])
    changes = {"content": {"translations": {language: _copied(draft.source)}}}
    with explained_conflict(visit):
        editor().update(number, changes, visit.actor, version_of(visit))
    _log(visit, number)
    path = f"{path_of(number, Tab.WRITE)}?language={language}"
    return visit.redirect(path, visit.gettext("The language begins with a copy of the text: translate it here."))


def confirm_remove(visit: PageVisit) -> HtmlPage:
    email, language = email_of(visit), visit.path("language")
    draft = content_of(editor().draft(email.id))
    if language not in draft.variants:
        raise NotFound(f"email {email.id} has no translation into {language!r}")
    return visit.confirm(
        visit.gettext("Remove this language?"),
        visit.gettext(
            "The text in “%(language)s” leaves the draft. Its readers get the language “%(own)s” once you publish. Revisions keep it.",
            language=language,
            own=draft.language,
        ),
        visit.gettext("Remove the language"),
        path_of(email.id, Tab.SETTINGS),
    )


def remove_language(visit: PageVisit) -> HtmlPage:
    number = email_id(visit)
    editor().update(number, {"content": {"translations": {visit.path("language"): None}}}, visit.actor)
    _log(visit, number)
    return visit.redirect(path_of(number, Tab.SETTINGS), visit.gettext("The language is removed from the draft."))


PAGES = (
    get(f"{EMAIL}/settings", show_settings, CONTENT),
    post(f"{EMAIL}/settings", save, CONTENT, back=show_settings),
    post(f"{EMAIL}/settings/publish", publish, CONTENT, back=show_settings),
    post(LANGUAGES, add_language, CONTENT, back=show_settings),
    get(f"{LANGUAGES}/{{language}}/remove", confirm_remove, CONTENT),
    post(f"{LANGUAGES}/{{language}}/remove", remove_language, CONTENT, back=confirm_remove),
)


def _changes(visit: PageVisit) -> dict[str, Any]:
    """Returns the merge patch of what was entered."""
    return {
        "name": visit.value("name"),
        "campaign": visit.value("campaign") or None,
        "language": visit.value("language") or None,
        "from": {
            "fromName": visit.value("from_name") or None,
            "replyTo": visit.value("from") or None,
            **_reply_to(visit, content_of(editor().draft(email_id(visit))).reply_to),
        },
        "subscriptionDetails": {"subscriptionId": visit.value("subscription") or TRANSACTIONAL},
        "content": {
            "trackOpens": visit.value("track_opens") == "on",
            "trackClicks": visit.value("track_clicks") == "on",
            "sensitive": visit.value("sensitive") == "on" or None,
        },
    }


def _reply_to(visit: PageVisit, before: Address | None) -> dict[str, str | None]:
    """Returns the change of the address. The form has no field for its name, which stays with the same address."""
    entered = visit.value("reply_to")
    return {} if before and before.email == entered else {"customReplyTo": entered or None}


def _type_id(document: dict[str, Any], types: Sequence[SubscriptionType]) -> str:
    """Returns the id of the type. A document may have its number."""
    reference = str((document.get("subscriptionDetails") or {}).get("subscriptionId") or TRANSACTIONAL)
    return next((type_.id for type_ in types if type_.is_named(reference)), reference)


def _copied(source: TemplateSource) -> dict[str, str]:
    texts = {"plainTextVersion": source.text, "previewText": source.preview}
    return {
        "subject": source.subject,
        str(source.syntax): source.body,
        **{name: text for name, text in texts.items() if text},
    }


def _log(visit: PageVisit, number: int) -> None:
    wiring.get(wiring.access.audit_log)(AuditAction.EMAIL_CHANGED, visit.actor, str(number))
