"""The form of a broadcast: what a person chooses for a new one, and for one that did not begin yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from functions import wiring
from functions.core import addresses, timestamps, zones
from functions.core.addresses import Address
from functions.core.broadcasts.broadcast import Broadcast
from functions.core.emails.email import Email
from functions.core.errors import FieldError, Rejected
from functions.pages import fields, uploads
from functions.pages.emails.data_form import (
    CUSTOM,
    DataFieldView,
    contract_of,
    data_fields_of,
    entered_data,
    entered_json,
    indented,
)
from functions.pages.emails.email_page import content_of, editor
from functions.pages.visit import PageVisit
from functions.steps.broadcasts.draft_broadcasts import BroadcastRequest
from functions.steps.emails.send_test import RECIPIENTS_MAX


class BroadcastForm(Struct, frozen=True, kw_only=True):
    """What the fields of the form have at first."""

    name: str
    lists: tuple[str, ...] = ()
    exclude_lists: tuple[str, ...] = ()
    contacts: str = ""
    file: str = ""
    file_is_stored: bool = True
    data: Sequence[DataFieldView] = ()
    more_data: str = ""  # JSON, for what no field can hold
    needs_data: bool = False
    when: str = "now"
    send_at: str = ""


def form_of_new(visit: PageVisit, email: Email) -> BroadcastForm:
    sample = content_of(editor().draft(email.id)).sample
    return BroadcastForm(name=email.name, **_data(visit, email, sample.custom if email.required_properties else {}))


def form_of(visit: PageVisit, email: Email, broadcast: Broadcast) -> BroadcastForm:
    audience = broadcast.audience
    when, send_at = _form_time(broadcast.send_at, visit.visitor.zone, local_time=broadcast.local_time)
    return BroadcastForm(
        name=broadcast.name,
        lists=tuple(map(str, audience.lists)),
        exclude_lists=tuple(map(str, audience.exclude_lists)),
        contacts="\n".join(audience.contacts),
        file=audience.file,
        file_is_stored=not audience.file or wiring.get(wiring.adapters.sending.uploads).head(audience.file) is not None,
        when=when,
        send_at=send_at,
        **_data(visit, email, broadcast.custom),
    )


def entered(visit: PageVisit, before: BroadcastRequest) -> BroadcastRequest:
    """Returns the request with what was entered. The form has no field for excluded addresses and the zone: they stay. Raises Rejected."""
    contacts = entered_addresses(visit.value("contacts"), "contacts", optional=True)
    request = replace(
        before,
        name=visit.value("broadcast_name") or before.name,
        lists=tuple(_list_ids(visit.values("lists"))),
        exclude_lists=tuple(_list_ids(visit.values("exclude_lists"))),
        contacts=tuple(address.email for address in contacts),
        file=uploads.file_of(visit) or (before.file if visit.value("keep_file") == "on" else ""),
        custom=entered_data(visit, CUSTOM, entered_json(visit, "custom"), "custom"),
        **_time(visit, before),
    )
    if not (request.lists or request.contacts or request.file):
        raise Rejected(
            [FieldError("lists", "choose at least one list or a file, or enter addresses", "REQUIRED_FIELD")]
        )
    return request


def entered_addresses(text: str, field: str, *, optional: bool = False) -> list[Address]:
    """Reads addresses with commas or line ends between them. Raises Rejected."""
    parts = [part.strip() for part in text.replace(",", "\n").splitlines() if part.strip()]
    if not parts and not optional:
        raise Rejected([FieldError(field, "enter at least one address", "REQUIRED_FIELD")])
    if field == "to" and len(parts) > RECIPIENTS_MAX:
        raise Rejected([FieldError(field, f"has more than {RECIPIENTS_MAX} addresses")])
    parsed, errors = [], []
    for part in parts:
        try:
            parsed.append(addresses.parse(part))
        except ValueError as error:
            errors.append(FieldError(field, str(error), "INVALID_EMAIL"))
    if errors:
        raise Rejected(errors)
    return parsed


def _list_ids(texts: Sequence[str]) -> list[int]:
    return [number for number in map(fields.number, texts) if number is not None]


def _data(visit: PageVisit, email: Email, values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what the form has of the data. An email that uses no property needs none."""
    views, rest = data_fields_of(visit, CUSTOM, contract_of(email), values)
    needs_data = bool(views or rest or email.required_properties)
    return {"data": views, "more_data": indented(rest), "needs_data": needs_data}


def _form_time(send_at: str | None, zone: str, *, local_time: bool) -> tuple[str, str]:
    """Returns the choice and the minute that the form has for a time."""
    if not send_at:
        return "now", ""
    when = "local" if local_time else "later"
    moment = datetime.fromtimestamp(timestamps.parse(send_at), UTC)
    return when, f"{moment.astimezone(_zone(when, zone)):%Y-%m-%dT%H:%M}"


def _time(visit: PageVisit, before: BroadcastRequest) -> dict[str, Any]:
    """Returns the time of the sending: none for at once, the visitor's own clock, or the clock of each recipient. A time that is as the
    form showed it stays: its seconds, and the first or second of two equal hours. Raises Rejected.
    """
    when, text = visit.value("when"), visit.value("send_at")
    earlier = _form_time(before.send_at, visit.visitor.zone, local_time=before.local_time)
    if when not in {"later", "local"}:
        if text not in {"", earlier[1]}:
            message = "is at once, and a time is entered: choose another answer, or clear the time"
            raise Rejected([FieldError("when", message)])
        return {"send_at": None, "local_time": False}
    if (when, text) == earlier:
        return {}
    try:
        time = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise Rejected([FieldError("send_at", "enter a day and a time", "REQUIRED_FIELD")]) from None
    moment = zones.moment(time, _zone(when, visit.visitor.zone))
    return {"send_at": timestamps.iso(moment), "local_time": when == "local"}


def _zone(when: str, zone: str) -> tzinfo:
    """A clock's time is written as if it were UTC."""
    return UTC if when == "local" else ZoneInfo(zone)
