"""The search of messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from functions import wiring
from functions.core import addresses, timestamps
from functions.core.errors import FieldError, Rejected
from functions.core.events import pagination
from functions.core.events.message_history import MessageStatus
from functions.core.events.pagination import Cursor, Position
from functions.core.sending.send import Message
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages import fields
from functions.pages.events.message_rows import MESSAGES, READ, email_names, rows_of
from functions.pages.events.status_words import STATUS_WORDS
from functions.pages.page import MenuGroup, get
from functions.pages.visit import PageVisit
from functions.steps.events.search_messages import MessageQuery, MessageResults

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


PAGES = (get(MESSAGES, list_messages, *READ, menu=(MenuGroup.EMAIL, N_("Messages"))),)


def _search(query: MessageQuery, after: Position | None) -> MessageResults:
    """Reads one match more than a page shows, so a next page has one, too. A search that has few matches among many messages ends before
    that, and the next page goes on with it.
    """
    search = wiring.get(wiring.events.search_messages)
    matches: list[Message] = []
    for _ in range(READS_MAX):
        results = search(query, after, PAGE + 1 - len(matches))
        matches += results.messages
        after = results.next_cursor
        if len(matches) > PAGE or after is None:
            break
    page = matches[:PAGE]
    return MessageResults(page, pagination.position_of(page[-1]) if len(matches) > PAGE else after)


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
    keys = [
        key
        for key in wiring.get(wiring.adapters.access.api_keys).all()
        if text in {key.secret_id, key.prefix, key.name}
    ]
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
