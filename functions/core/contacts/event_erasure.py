"""Removes a person from SES's events. The events of a mail to that person only are deleted. In a mail to several (over SMTP) the other
recipients stay, with their positions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from functions.core.events.smtp_mail import addr_spec
from functions.core.sending.send import ERASED


def without(event: Any, address: str) -> Any | None:
    """Returns the decoded event without the person. Returns None if no recipient is left."""
    recipients = recipients_of(event)
    person = address.lower()
    if person not in recipients:
        return event
    if all(one == person or one.endswith(ERASED) for one in recipients):
        return None
    return _replaced(event, person, f"{recipients.index(person)}.{ERASED}")


def recipients_of(event: Any) -> list[str]:
    """Returns the recipients of a decoded event in their stored form. Returns none if the event has another shape."""
    try:
        return list(dict.fromkeys(addr_spec(one) for one in event["mail"]["destination"]))
    except (LookupError, TypeError):
        return []


def without_all(event: Any, addresses: Collection[str], erased: Callable[[str], None]) -> Any | None:
    """Returns the decoded event without any of several persons, and reports each person in it."""
    for address in recipients_of(event):
        if address in addresses:
            erased(address)
            event = without(event, address)
            if event is None:
                return None
    return event


def _replaced(value: Any, address: str, by: str) -> Any:
    """Replaces the address everywhere, in upper or lower case. It removes the display name too."""
    if isinstance(value, dict):
        return {name: _replaced(one, address, by) for name, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, address, by) for one in value]
    if not isinstance(value, str) or address not in value.lower():
        return value
    # Some letters grow longer in lower case: then positions in the two texts differ, and the whole text is replaced.
    return by if addr_spec(value) == address or len(value.lower()) != len(value) else _substituted(value, address, by)


def _substituted(text: str, address: str, by: str) -> str:
    place = text.lower().find(address)
    if place < 0:
        return text
    return text[:place] + by + _substituted(text[place + len(address) :], address, by)
