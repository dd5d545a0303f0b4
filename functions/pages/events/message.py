"""A message: what became of it, next to the mail as it was sent, and the way to send it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT, MARKETING_EMAIL, TRANSACTIONAL_EMAIL
from functions.core.contacts.contact import Contact
from functions.core.errors import NotFound
from functions.core.events import message_history
from functions.core.events.message_history import HistoryEvent
from functions.core.events.timeline import TimelineEventType
from functions.core.sending.send import Message, MessageKey
from functions.http.mail_document import mail_document
from functions.http.responses import HtmlPage
from functions.pages.contact_paths import contact_path
from functions.pages.events import event_words
from functions.pages.events.message_rows import MESSAGES, READ, outcome_of, path_of
from functions.pages.page import get, post
from functions.pages.visit import PageVisit
from functions.settings import NO_MAILBOX
from functions.steps.sending.rebuild_mail import RebuiltMail
from functions.wiring.random_ids import new_secret

SEND = (TRANSACTIONAL_EMAIL,)  # a mail has the values of its request: only a person who may send sees it


def show_send(visit: PageVisit) -> HtmlPage:
    return visit.redirect(path_of(_message(visit.path("sendId"), "0")))


def show_message(visit: PageVisit) -> HtmlPage:
    details = wiring.get(wiring.events.get_message)(visit.path("sendId"))
    message = _one(details.messages, visit.path("recipient"))
    may_see = visit.actor.may(*SEND)
    mail, absence = _mail(message.key) if may_see else (None, "")
    contact = None if message.erased else wiring.get(wiring.adapters.contacts.contacts).get(message.address)
    summary, summary_language = event_words.translated(visit, message_history.summary(message))
    return visit.page(
        "events/message.html",
        message=message,
        path=path_of(message),
        outcome=outcome_of(message),
        subject=(mail.rendered.subject if mail else "") or message_history.subject(message),
        summary=summary,
        summary_language=summary_language,
        history=_history(visit, message),
        sender=details.sender,
        email_name=details.email_name,
        others=[(one, outcome_of(one), path_of(one)) for one in details.messages if one.key != message.key],
        mail=mail,
        absence=absence,
        may_see=may_see,
        mailbox=_mailbox(message),
        contact=contact,
        contact_path=contact_path(message.address),
        may_lift=_may_lift(visit, contact),
        may_erase=visit.actor.may(ACCOUNT) and not message.erased,
    )


def show_mail(visit: PageVisit) -> HtmlPage:
    """The mail itself, for the sandboxed frame of its page."""
    message = _message(visit.path("sendId"), visit.path("recipient"))
    mail = wiring.get(wiring.sending.rebuild_mail)(message.key)
    return mail_document(mail.rendered.html, wiring.container().settings.images_url)


def confirm_resend(visit: PageVisit) -> HtmlPage:
    message = _message(visit.path("sendId"), visit.path("recipient"))
    return visit.confirm(
        visit.gettext("Send this mail again?"),
        visit.gettext(
            "%(address)s gets the same mail once more, with the values and the revision of the first time.",
            address=message.address,
        ),
        visit.gettext("Send again"),
        path_of(message),
        danger=False,
        form=visit.value("form") or new_secret(),
    )


def resend(visit: PageVisit) -> HtmlPage:
    """A form that is sent twice sends one mail."""
    first = _message(visit.path("sendId"), visit.path("recipient"))
    message = wiring.get(wiring.sending.resend_mail)(first.key, visit.actor, visit.value("form") or new_secret())
    wiring.get(wiring.access.audit_log)(
        AuditAction.MESSAGE_RESENT,
        visit.actor,
        f"{first.key.send_id}/{first.key.recipient}",
        resent=message.key.send_id,
    )
    return visit.redirect(
        path_of(message), visit.gettext("The mail is sent again. This page shows what becomes of it.")
    )


_MESSAGE = f"{MESSAGES}/{{sendId}}/{{recipient}}"
PAGES = (
    get(f"{MESSAGES}/{{sendId}}", show_send, *READ),
    get(_MESSAGE, show_message, *READ),
    get(f"{_MESSAGE}/mail", show_mail, *SEND),
    get(f"{_MESSAGE}/resend", confirm_resend, *SEND),
    post(f"{_MESSAGE}/resend", resend, *SEND, back=confirm_resend),
)


def _message(send_id: str, number: str) -> Message:
    """Raises NotFound."""
    return _one(wiring.get(wiring.sending.get_send)(send_id), number)


def _one(messages: list[Message], number: str) -> Message:
    message = next((one for one in messages if str(one.key.recipient) == number), None)
    if message is None:
        raise NotFound(f"the send {messages[0].key.send_id} has no recipient {number!r}")
    return message


def _mail(key: MessageKey) -> tuple[RebuiltMail | None, str]:
    """Returns the mail, or why it is not there."""
    try:
        return wiring.get(wiring.sending.rebuild_mail)(key), ""
    except NotFound as reason:
        return None, str(reason)


def _mailbox(message: Message) -> str:
    """Returns the address of the mail in the local stack's mailbox, or an empty text."""
    url = wiring.container().settings.mailbox_url
    return f"{url}/message/{message.ses_message_id}" if url != NO_MAILBOX and message.ses_message_id else ""


def _may_lift(visit: PageVisit, contact: Contact | None) -> bool:
    return bool(contact and contact.quarantine and visit.actor.may(MARKETING_EMAIL))


def _history(visit: PageVisit, message: Message) -> list[Mapping[str, Any]]:
    """Returns the attempts and the events in the order of time."""
    attempts = [
        {
            "at": one.at or "",
            "kind": visit.gettext(event_words.OUTCOMES[one.outcome], number=one.number),
            "what": "",
            "language": visit.visitor.language,
            "details": visit.error_message(one.answer),
            "machine": False,
        }
        for one in message_history.attempts(message)
    ]
    events = [_event(visit, event) for event in message_history.events(message)]
    return sorted([*attempts, *events], key=lambda one: str(one["at"]))


def _event(visit: PageVisit, event: HistoryEvent) -> Mapping[str, Any]:
    what, language = event_words.translated(visit, event.meaning)
    return {
        "at": event.fact["at"],
        "kind": visit.gettext(event_words.KINDS[TimelineEventType(event.fact["kind"])]),
        "what": what,
        "language": language,
        "details": event_words.details(visit, event.fact),
        "machine": bool(event.machine),
    }
