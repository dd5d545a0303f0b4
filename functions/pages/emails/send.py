"""Send or schedule: a test mail now, and the email to lists of contacts, at once or at a time. Each sending is a broadcast."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

import msgspec

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import CONTENT
from functions.core.addresses import Address
from functions.core.broadcasts.broadcast import Broadcast
from functions.core.broadcasts.check import BroadcastCheck
from functions.core.broadcasts.lifecycle import STARTABLE, BroadcastState
from functions.core.emails.email import DRAFT, Subcategory
from functions.core.errors import FieldError, NotFound, Rejected
from functions.http.responses import HtmlPage
from functions.pages import fields, uploads
from functions.pages.broadcasts.broadcasts import BROADCASTS as ALL_BROADCASTS
from functions.pages.broadcasts.broadcasts import log_change, states
from functions.pages.emails.broadcast_form import entered, entered_addresses, form_of, form_of_new
from functions.pages.emails.email_page import (
    EMAIL,
    SEND,
    TRANSACTIONAL_TO_LISTS,
    Tab,
    email_id,
    email_of,
    email_page,
    path_of,
)
from functions.pages.emails.mail_view import error_page, mail_page
from functions.pages.events import result_words
from functions.pages.once import once
from functions.pages.page import get, post
from functions.pages.visit import PageVisit
from functions.steps.broadcasts.draft_broadcasts import BroadcastRequest, request_of
from functions.steps.broadcasts.edit_broadcasts import BroadcastEditor
from functions.steps.emails.preview import PreviewData
from functions.steps.emails.send_test import RECIPIENTS_MAX

BROADCASTS = f"{EMAIL}/broadcasts"
BROADCAST = f"{BROADCASTS}/{{broadcastId}}"
REFRESH_SECONDS = 3
_OBJECT = msgspec.json.Decoder(dict[str, object])


def show_send(visit: PageVisit) -> HtmlPage:
    email = email_of(visit)
    words = states(visit)
    sent = [one for one in _editor().all() if one.email_id == email.id]
    return email_page(
        visit,
        "emails/send.html",
        email,
        Tab.SEND,
        is_batch=email.subcategory is Subcategory.BATCH,
        lists=wiring.get(wiring.contacts.list_editor).all() if email.subcategory is Subcategory.BATCH else [],
        chosen=form_of_new(visit, email),
        is_scheduled=False,
        broadcasts=[
            (one, words[one.state], _path(one) if one.state in STARTABLE else _progress_path(one)) for one in sent
        ],
        me=visit.actor.name,
        recipients_max=RECIPIENTS_MAX,
        policy=uploads.policy(),
    )


def send_test(visit: PageVisit) -> HtmlPage:
    """Sends the draft, or what is live, to a few addresses. It counts nowhere."""
    email = email_of(visit)
    to = entered_addresses(visit.value("to"), "to")
    number = DRAFT if visit.value("what") == "draft" or not email.published_revision else email.published_revision
    if number == DRAFT:
        visit.actor.require(CONTENT)
    data = PreviewData(contact=_contact(visit))
    wiring.get(wiring.emails.send_test)(email.id, number, data, to, visit.actor.name)
    notice = visit.gettext("The test mail is on its way to %(to)s.", to=", ".join(address.email for address in to))
    return visit.redirect(path_of(email.id, Tab.SEND), notice)


def create(visit: PageVisit) -> HtmlPage:
    """Creates a draft of a sending, and counts its recipients. Nothing is sent yet."""
    email = email_of(visit)
    request = entered(visit, BroadcastRequest(name=email.name, email_id=email.id, time_zone=visit.visitor.zone))
    broadcast = _editor().create(request, visit.actor)
    log_change(visit, AuditAction.BROADCAST_CREATED, broadcast)
    wiring.get(wiring.broadcasts.check_broadcast).request(broadcast)
    return visit.redirect(_path(broadcast), visit.gettext("Nothing is sent yet: see who gets it, and how it looks."))


def show_broadcast(visit: PageVisit) -> HtmlPage:
    """A broadcast before it begins: who gets it, and how it looks. Its own page has its progress."""
    email, broadcast = email_of(visit), _broadcast(visit)
    check = _check(broadcast)
    if broadcast.state not in STARTABLE:
        return visit.redirect(_progress_path(broadcast))
    return email_page(
        visit,
        "emails/broadcast.html",
        email,
        Tab.SEND,
        broadcast=broadcast,
        broadcast_path=_path(broadcast),
        progress_path=_progress_path(broadcast),
        state=states(visit)[broadcast.state],
        warning=visit.gettext(TRANSACTIONAL_TO_LISTS) if email.transactional else "",
        check=check,
        result_of=partial(result_words.result_of, visit),
        previews=[one.email for one in check.first] if check else [],
        refresh_seconds=REFRESH_SECONDS if check and not check.done else 0,
    )


def show_preview(visit: PageVisit) -> HtmlPage:
    """The mail of one of the first recipients, by its number from 0."""
    visit.actor.require(*SEND)
    broadcast = _broadcast(visit)
    number = fields.number(visit.path("number"))
    try:
        previews = wiring.get(wiring.broadcasts.preview_broadcast)(broadcast)
    except Rejected as error:
        return error_page(visit, error.errors)
    if number is None or number >= len(previews):
        raise NotFound(f"there is no recipient {visit.path('number')} to preview")
    preview = previews[number]
    if preview.rendered is None:
        return error_page(visit, [FieldError("", preview.error)])
    return mail_page(visit, preview.rendered)


def check_again(visit: PageVisit) -> HtmlPage:
    broadcast = _broadcast(visit)
    wiring.get(wiring.broadcasts.check_broadcast).request(broadcast)
    return visit.redirect(_path(broadcast))


def show_change(visit: PageVisit) -> HtmlPage:
    """The choices of a broadcast that did not begin."""
    email, broadcast = email_of(visit), _broadcast(visit)
    if broadcast.state not in STARTABLE:
        return visit.redirect(_progress_path(broadcast))
    return email_page(
        visit,
        "emails/broadcast_change.html",
        email,
        Tab.SEND,
        broadcast=broadcast,
        broadcast_path=_path(broadcast),
        is_scheduled=broadcast.state is BroadcastState.SCHEDULED,
        chosen=form_of(visit, email, broadcast),
        lists=wiring.get(wiring.contacts.list_editor).all(),
        policy=uploads.policy(),
    )


def change(visit: PageVisit) -> HtmlPage:
    before = _broadcast(visit)
    version = fields.number(visit.value("version"))
    changed = _editor().change(before.id, entered(visit, request_of(before)), visit.actor, version)
    log_change(visit, AuditAction.BROADCAST_CHANGED, changed)
    wiring.get(wiring.broadcasts.check_broadcast).request(changed)
    notice = (
        visit.gettext("The broadcast is changed, and stays scheduled.")
        if changed.state is BroadcastState.SCHEDULED
        else visit.gettext("Nothing is sent yet: see who gets it, and how it looks.")
    )
    return visit.redirect(_path(changed), notice)


def confirm_start(visit: PageVisit) -> HtmlPage:
    broadcast = _broadcast(visit)
    check = _check(broadcast)
    count = check.deliverable if check and check.done else None
    people = visit.gettext("Recipients: %(count)s.", count=visit.number(count)) if count is not None else ""
    warning = visit.gettext(TRANSACTIONAL_TO_LISTS) if email_of(visit).transactional else ""
    text = " ".join(filter(None, (_announced(visit, broadcast), people, warning)))
    title = visit.gettext("Send it now?") if broadcast.send_at is None else visit.gettext("Schedule it?")
    button = visit.gettext("Send now") if broadcast.send_at is None else visit.gettext("Schedule")
    back, version = _path(broadcast), str(broadcast.version)
    return visit.confirm(title, text, button, back, danger=False, version=version)


def start(visit: PageVisit) -> HtmlPage:
    version = fields.number(visit.value("version"))
    broadcast = _editor().start(_broadcast(visit).id, visit.actor, version=version)
    log_change(visit, AuditAction.BROADCAST_STARTED, broadcast)
    notice = (
        visit.gettext("The broadcast is scheduled.")
        if broadcast.state is BroadcastState.SCHEDULED
        else visit.gettext("The broadcast has begun.")
    )
    return visit.redirect(_progress_path(broadcast), notice)


PAGES = (
    get(f"{EMAIL}/send", show_send, *SEND),
    post(f"{EMAIL}/test", send_test, *SEND, back=show_send),
    post(BROADCASTS, once(create, confirms=True), *SEND, back=show_send),
    get(BROADCAST, show_broadcast, *SEND),
    get(f"{BROADCAST}/previews/{{number}}", show_preview, *SEND),
    post(f"{BROADCAST}/check", check_again, *SEND, back=show_broadcast),
    get(f"{BROADCAST}/change", show_change, *SEND),
    post(f"{BROADCAST}/change", change, *SEND, back=show_change),
    get(f"{BROADCAST}/start", confirm_start, *SEND),
    post(f"{BROADCAST}/start", start, *SEND, back=show_broadcast),
)


def _editor() -> BroadcastEditor:
    return wiring.get(wiring.broadcasts.edit_broadcasts)


def _broadcast(visit: PageVisit) -> Broadcast:
    """Raises NotFound, also for a broadcast of another email."""
    broadcast = _editor().get(visit.path("broadcastId"))
    if broadcast.email_id != email_id(visit):
        raise NotFound(f"there is no broadcast {broadcast.id!r} of this email")
    return broadcast


def _path(broadcast: Broadcast) -> str:
    return f"{path_of(broadcast.email_id, 'broadcasts')}/{quote(broadcast.id, safe='')}"


def _progress_path(broadcast: Broadcast) -> str:
    return f"{ALL_BROADCASTS}/{quote(broadcast.id, safe='')}"


def _announced(visit: PageVisit, broadcast: Broadcast) -> str:
    """Returns what will happen."""
    name, at = broadcast.name, broadcast.send_at
    if at is None:
        return visit.gettext("“%(name)s” goes out at once. Mail that is out cannot be called back.", name=name)
    if broadcast.local_time:
        return visit.gettext(
            "“%(name)s” goes out to each person when their clock shows %(time)s. You can cancel it until it begins.",
            name=name,
            time=visit.clock(at),
        )
    return visit.gettext(
        "“%(name)s” goes out on %(time)s. You can cancel it until then.", name=name, time=visit.time(at)
    )


def _check(broadcast: Broadcast) -> BroadcastCheck | None:
    return wiring.get(wiring.broadcasts.check_broadcast).latest(broadcast)


def _contact(visit: PageVisit) -> Address | None:
    text = visit.value("contact")
    return entered_addresses(text, "contact")[0] if text else None
