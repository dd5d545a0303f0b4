"""Messages: search them, and see what became of one, next to the mail as it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from functions import wiring
from functions.core import addresses, timestamps
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT, CONTENT, MARKETING_EMAIL, REPORTS, TRANSACTIONAL_EMAIL
from functions.core.contacts.contact import Contact
from functions.core.errors import FieldError, NotFound, Rejected
from functions.core.events import message_history, pagination
from functions.core.events.message_history import HistoryEvent, MessageStatus
from functions.core.events.pagination import Cursor, Position
from functions.core.events.timeline import TimelineEventType
from functions.core.sending.send import Message, MessageKey
from functions.http.mail_document import mail_document
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages import fields
from functions.pages.contact_paths import contact_path
from functions.pages.events import event_words
from functions.pages.events.status_words import STATUS_WORDS, tone
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.settings import NO_MAILBOX
from functions.steps.events.search_messages import MessageQuery, MessageResults
from functions.steps.sending.rebuild_mail import RebuiltMail
from functions.wiring.random_ids import new_secret

MESSAGES = "/console/messages"
READ = (REPORTS, CONTENT, TRANSACTIONAL_EMAIL)
SEND = (TRANSACTIONAL_EMAIL,)  # a mail has the values of its request: only a person who may send sees it
PAGE = 25
READS_MAX = 3
_FIELDS = ("address", "subject", "status", "email", "token", "key", "since", "until")


def list_messages(visit: PageVisit) -> HtmlPage:
    query = {name: visit.query.get(name, "").strip() for name in _FIELDS}
    errors: list[FieldError] = []
    criteria = _query(query, visit.visitor.zone, errors)
    after = _cursor(visit.query.get("after", ""), query, errors)
    results = MessageResults([], None)
    if not errors:
        try:
            results = _search(criteria, after)
        except Rejected as refusal:
            errors += refusal.errors
    return visit.with_errors(errors).page(
        "events/messages.html",
        query=query,
        rows=rows_of(results.messages),
        after=pagination.encode(Cursor(results.next_cursor), urlencode(query)) if results.next_cursor else "",
        statuses=[
            ("", visit.gettext("Any outcome")),
            *((one.value, visit.gettext(STATUS_WORDS[one])) for one in MessageStatus),
        ],
        searching=any(query.values()),
        names=email_names(results.messages),
        public_url=wiring.container().settings.public_url,
    )


def show_send(visit: PageVisit) -> HtmlPage:
    return visit.redirect(_path(_message(visit.path("sendId"), "0")))


def show_message(visit: PageVisit) -> HtmlPage:
    details = wiring.get(wiring.events.get_message)(visit.path("sendId"))
    message = _one(details.messages, visit.path("recipient"))
    may_see = visit.actor.may(*SEND)
    mail, absence = _mail(message.key) if may_see else (None, "")
    contact = None if message.erased else wiring.get(wiring.adapters.contacts).get(message.address)
    summary, summary_language = event_words.translated(visit, message_history.summary(message))
    return visit.page(
        "events/message.html",
        message=message,
        path=_path(message),
        outcome=_status(message),
        subject=(mail.rendered.subject if mail else "") or message_history.subject(message),
        summary=summary,
        summary_language=summary_language,
        history=_history(visit, message),
        sender=details.sender,
        email_name=details.email_name,
        others=[(one, _status(one), _path(one)) for one in details.messages if one.key != message.key],
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
        _path(message),
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
    return visit.redirect(_path(message), visit.gettext("The mail is sent again. This page shows what becomes of it."))


_MESSAGE = f"{MESSAGES}/{{sendId}}/{{recipient}}"
PAGES = (
    get(MESSAGES, list_messages, *READ, menu=(MenuGroup.EMAIL, N_("Messages"))),
    get(f"{MESSAGES}/{{sendId}}", show_send, *READ),
    get(_MESSAGE, show_message, *READ),
    get(f"{_MESSAGE}/mail", show_mail, *SEND),
    get(f"{_MESSAGE}/resend", confirm_resend, *SEND),
    post(f"{_MESSAGE}/resend", resend, *SEND, back=confirm_resend),
)


def _search(query: MessageQuery, after: Position | None) -> MessageResults:
    """Goes on for a few reads if they have no match: a person should not have to."""
    search = wiring.get(wiring.events.search_messages)
    results = search(query, after, PAGE)
    for _ in range(READS_MAX - 1):
        if results.messages or results.next_cursor is None:
            break
        results = search(query, results.next_cursor, PAGE)
    return results


def rows_of(messages: list[Message]) -> list[Mapping[str, Any]]:
    return [_row(message) for message in messages]


def _path(message: Message) -> str:
    return f"{MESSAGES}/{quote(message.key.send_id, safe='')}/{message.key.recipient}"


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


def _status(message: Message) -> tuple[str, str]:
    """Returns the word, and its style."""
    status = message_history.status_of(message)
    return STATUS_WORDS[status], tone(status)


def _row(message: Message) -> Mapping[str, Any]:
    word, style = _status(message)
    return {
        "message": message,
        "path": _path(message),
        "word": word,
        "style": style,
        "subject": message_history.subject(message),
    }


def email_names(messages: list[Message]) -> dict[int, str]:
    emails = wiring.get(wiring.adapters.emails)
    names = {email_id: emails.get(email_id) for email_id in dict.fromkeys(one.email_id for one in messages)}
    return {email_id: email.name for email_id, email in names.items() if email}


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


def _query(query: Mapping[str, str], zone: str, errors: list[FieldError]) -> MessageQuery:
    email = addresses.with_lower_domain(query["address"]) if "@" in query["address"] else query["address"]
    return MessageQuery(
        since=_day(query["since"], zone, "since", errors),
        until=_day(query["until"], zone, "until", errors, days=1),
        recipients=tuple(dict.fromkeys((email, email.lower()))) if email else (),
        email_id=_email_id(query, errors),
        accepted_by=_key(query["key"], errors),
        statuses=frozenset({MessageStatus(query["status"])} if query["status"] in MessageStatus.__members__ else ()),
        subject=query["subject"],
    )


def _email_id(query: Mapping[str, str], errors: list[FieldError]) -> int | None:
    """A token's mails have an email id of their own."""
    if query["token"]:
        campaign_id = wiring.get(wiring.tokens.read_smtp_tokens).campaign_id(query["token"])
        if campaign_id is None:
            errors.append(FieldError("token", "must be the user name of an SMTP token"))
        return campaign_id
    if not query["email"]:
        return None
    number = fields.number(query["email"])
    if number is None:
        errors.append(FieldError("email", "must be the number of an email: its page has it"))
    return number


def _key(text: str, errors: list[FieldError]) -> str | None:
    """A key is named by its id or by its readable beginning."""
    if not text:
        return None
    keys = [key for key in wiring.get(wiring.adapters.api_keys).all() if text in {key.secret_id, key.prefix, key.name}]
    if len(keys) != 1:
        errors.append(FieldError("key", f"must be the name or the beginning of one API key: {len(keys)} match"))
    return keys[0].secret_id if keys else None


def _day(text: str, zone: str, field: str, errors: list[FieldError], days: int = 0) -> str | None:
    """Returns the beginning of a day in the viewer's zone, `days` later."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=days)
        return timestamps.iso(datetime.combine(day, time(), ZoneInfo(zone)).timestamp())
    except (ValueError, OverflowError):
        errors.append(FieldError(field, "must be a day like 2026-11-29"))
        return None


def _cursor(text: str, query: Mapping[str, str], errors: list[FieldError]) -> Any:
    try:
        return pagination.decode(text, urlencode(query)).position if text else None
    except (ValueError, OverflowError, OSError):
        errors.append(FieldError("after", "belongs to another search: search again"))
        return None
