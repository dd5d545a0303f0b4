"""Mailpit's search language: words and `name:value` filters, all of which must hold; `-` turns one around."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo

from infra.local.mailbox.reading import Address, plain
from infra.local.mailbox.store import Mail

Filter = Callable[[Mail], bool]

_TERM = re.compile(r"""(?P<not>[-!]?)(?:(?P<name>[A-Za-z-]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))""")
_DATES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S")


def parse(query: str, zone: tzinfo = UTC) -> Filter:
    """A filter for mails. `zone` is where the dates of `before:` and `after:` are read. Raises ValueError."""
    filters = [_filter(term, zone) for term in _TERM.finditer(query)]
    return lambda mail: all(holds(mail) for holds in filters)


def addresses_of(mail: Mail) -> Mapping[str, Iterable[Address]]:
    """By role. An envelope recipient that the header does not name was a blind copy."""
    reading = mail.reading
    shown = {address.address.lower() for address in (*reading.to, *reading.cc, *reading.bcc)}
    blind = [Address("", mail.recipient)] if mail.recipient and mail.recipient.lower() not in shown else []
    return {
        "from": [reading.sender],
        "to": reading.to,
        "cc": reading.cc,
        "bcc": [*reading.bcc, *blind],
        "reply-to": reading.reply_to,
    }


def _filter(term: re.Match[str], zone: tzinfo) -> Filter:
    value = term["word"] if term["phrase"] is None else term["phrase"]
    holds = _named(term["name"].lower(), value.lower(), zone) if term["name"] else None
    if holds is None:
        text = f"{term['name']}:{value}" if term["name"] else value
        holds = _contains(text.lower())
    return (lambda mail: not holds(mail)) if term["not"] else holds


def _named(name: str, value: str, zone: tzinfo) -> Filter | None:
    """The filter of `name:value`, or None when there is no such filter and the words are meant as they stand."""
    if name in ("from", "to", "cc", "bcc", "reply-to"):
        return lambda mail: _any_address(addresses_of(mail)[name], value)
    if name == "addressed":
        return lambda mail: any(_any_address(found, value) for found in addresses_of(mail).values())
    if name in ("before", "after"):
        at = _date(value, zone)
        return (lambda mail: mail.received < at) if name == "before" else (lambda mail: mail.received >= at)
    if name in ("is", "has"):
        return _STATES.get(f"{name}:{value}")
    field = _FIELDS.get(name)
    return (lambda mail: value in field(mail).lower()) if field else _tag(value) if name == "tag" else None


def _tag(value: str) -> Filter:
    return lambda mail: value in (tag.lower() for tag in mail.tags)


_FIELDS: Mapping[str, Callable[[Mail], str]] = {
    "subject": lambda mail: mail.reading.subject,
    "message-id": lambda mail: mail.reading.message_id,
}
_STATES: Mapping[str, Filter] = {
    "is:read": lambda mail: mail.seen,
    "is:unread": lambda mail: not mail.seen,
    "is:tagged": lambda mail: bool(mail.tags),
    "has:attachment": lambda mail: bool(mail.reading.attachments),
    "has:attachments": lambda mail: bool(mail.reading.attachments),
    "has:inline": lambda mail: bool(mail.reading.inline),
}


def _contains(text: str) -> Filter:
    def holds(mail: Mail) -> bool:
        reading = mail.reading
        people = (str(address) for found in addresses_of(mail).values() for address in found)
        return any(text in place.lower() for place in (reading.subject, reading.text, plain(reading.html), *people))

    return holds


def _any_address(found: Iterable[Address], value: str) -> bool:
    return any(value in f"{address.name} <{address.address}>".lower() for address in found)


def _date(value: str, zone: tzinfo) -> datetime:
    for form in _DATES:
        try:
            return datetime.strptime(value.upper(), form).replace(tzinfo=zone)
        except ValueError:
            continue
    raise ValueError(f'{value!r} is not a date: write 2026-11-23 or "2026-11-23 15:30".')
