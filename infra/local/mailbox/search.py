"""Mailpit's search language: words and `name:value` filters, which must all match. `-` negates one."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo

from infra.local.mailbox.reading import NamedAddress, plain
from infra.local.mailbox.store import StoredMail

Filter = Callable[[StoredMail], bool]

_TERM = re.compile(r"""(?P<not>[-!]?)(?:(?P<name>[A-Za-z-]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))""")
_DATES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S")


def parse(query: str, zone: tzinfo = UTC) -> Filter:
    """Returns a filter for mails. `zone` is the time zone of the dates in `before:` and `after:`. Raises ValueError."""
    filters = [_filter(term, zone) for term in _TERM.finditer(query)]
    return lambda mail: all(holds(mail) for holds in filters)


def addresses_of(mail: StoredMail) -> Mapping[str, Iterable[NamedAddress]]:
    """Returns the addresses by role. An envelope recipient that is not in the header is a blind copy."""
    reading = mail.reading
    named = {address.address.lower() for address in (*reading.to, *reading.cc, *reading.bcc)}
    blind = [NamedAddress("", recipient) for recipient in mail.recipients if recipient.lower() not in named]
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
    """Returns the filter of `name:value`, or None if there is no filter of that name: then it is plain text."""
    if name in ("from", "to", "cc", "bcc", "reply-to"):
        return lambda mail: _any_address(addresses_of(mail)[name], value)
    if name == "addressed":
        return lambda mail: any(_any_address(addresses, value) for addresses in addresses_of(mail).values())
    if name in ("before", "after"):
        at = _date(value, zone)
        return (lambda mail: mail.received < at) if name == "before" else (lambda mail: mail.received >= at)
    if name in ("is", "has"):
        return _STATES.get(f"{name}:{value}")
    field = _FIELDS.get(name)
    return (lambda mail: value in field(mail).lower()) if field else _tag(value) if name == "tag" else None


def _tag(value: str) -> Filter:
    return lambda mail: value in (tag.lower() for tag in mail.tags)


_FIELDS: Mapping[str, Callable[[StoredMail], str]] = {
    "subject": lambda mail: mail.reading.subject,
    "message-id": lambda mail: mail.reading.message_id,
}
_STATES: Mapping[str, Filter] = {
    "is:read": lambda mail: mail.is_read,
    "is:unread": lambda mail: not mail.is_read,
    "is:tagged": lambda mail: bool(mail.tags),
    "has:attachment": lambda mail: bool(mail.reading.attachments),
    "has:attachments": lambda mail: bool(mail.reading.attachments),
    "has:inline": lambda mail: bool(mail.reading.inline),
}


def _contains(text: str) -> Filter:
    def holds(mail: StoredMail) -> bool:
        reading = mail.reading
        people = (str(address) for addresses in addresses_of(mail).values() for address in addresses)
        return any(text in place.lower() for place in (reading.subject, reading.text, plain(reading.html), *people))

    return holds


def _any_address(addresses: Iterable[NamedAddress], value: str) -> bool:
    return any(value in f"{address.name} <{address.address}>".lower() for address in addresses)


def _date(value: str, zone: tzinfo) -> datetime:
    for form in _DATES:
        try:
            return datetime.strptime(value.upper(), form).replace(tzinfo=zone)
        except ValueError:
            continue
    raise ValueError(f'{value!r} is not a date: write 2026-11-23 or "2026-11-23 15:30".')
