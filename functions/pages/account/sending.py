"""Sending as a whole: quota and sandbox, reputation, pauses, and the IP addresses that mail leaves from."""

from __future__ import annotations

from functools import partial

from functions import wiring
from functions.core.access.scopes import ACCOUNT
from functions.core.errors import FieldError, Rejected
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages import fields
from functions.pages.account import ses_words
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.steps.account.pause import PauseSending

SENDING, ADDRESSES = "/console/sending", "/console/ip-addresses"
ALL = "all"
REASON_MAX = 200


def show_sending(visit: PageVisit) -> HtmlPage:
    status = wiring.get(wiring.account.get_sending_status)()
    active = {sender.email.id for sender in status.reputation.emails}
    idle = [email for email in status.emails if email.is_paused and email.id not in active]
    return visit.page(
        "account/sending.html",
        quota=status.quota,
        enforcement_of=partial(ses_words.enforcement_of, visit),
        pause=status.reputation.account,
        combined=status.reputation.combined,
        senders=[
            *((sender.email, sender.rates) for sender in status.reputation.emails),
            *((email, None) for email in idle),
        ],
        choices=[
            (ALL, visit.gettext("All mail that is not transactional")),
            *((str(email.id), email.name) for email in status.emails if not email.archived_at),
        ],
    )


def pause(visit: PageVisit) -> HtmlPage:
    reason = visit.value("reason")[:REASON_MAX]
    _step().pause(_subject(visit), reason, visit.actor)
    return visit.redirect(SENDING, visit.gettext("Sending is paused: new sends of it are refused until you resume it."))


def resume(visit: PageVisit) -> HtmlPage:
    _step().resume(_subject(visit), visit.actor)
    return visit.redirect(SENDING, visit.gettext("Sending goes on."))


def show_addresses(visit: PageVisit) -> HtmlPage:
    return visit.page(
        "account/ip_addresses.html",
        ips=wiring.get(wiring.account.get_dedicated_ips)(),
        warm_up=ses_words.WARM_UP,
        pools=ses_words.POOLS,
    )


PAGES = (
    get(SENDING, show_sending, ACCOUNT, menu=(MenuGroup.SETTINGS, N_("Sending"))),
    post(f"{SENDING}/pause", pause, ACCOUNT, back=show_sending),
    post(f"{SENDING}/resume", resume, ACCOUNT, back=show_sending),
    get(ADDRESSES, show_addresses, ACCOUNT, menu=(MenuGroup.SETTINGS, N_("IP addresses"))),
)


def _step() -> PauseSending:
    return wiring.get(wiring.account.pause_sending)


def _subject(visit: PageVisit) -> int | None:
    """Returns the id of an email, or None for all marketing mail. Raises Rejected."""
    chosen = visit.value("email")
    number = fields.number(chosen)
    if number is None and chosen != ALL:
        raise Rejected([FieldError("email", "must be an email, or all")])
    return number
