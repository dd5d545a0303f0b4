"""SES's events without a person. A mail to one is theirs alone and goes; of a mail to several (over SMTP) the others keep their events, and
their places among its recipients.
"""

from __future__ import annotations

from typing import Any

from functions.core.events.smtp_mail import addr_spec
from functions.core.sending.send import ERASED


def without(event: Any, address: str) -> Any | None:
    """A decoded event → the same where the person is none of its recipients, or what is left of it; None where that is nothing."""
    recipients = _recipients(event)
    wanted = address.lower()
    if wanted not in recipients:
        return event
    if all(one == wanted or one.endswith(ERASED) for one in recipients):
        return None
    return _replaced(event, wanted, f"{recipients.index(wanted)}.{ERASED}")


def _recipients(event: Any) -> list[str]:
    """Whom SES names, as they are stored; nobody where it is not an event as we know them."""
    try:
        return list(dict.fromkeys(addr_spec(one) for one in event["mail"]["destination"]))
    except (LookupError, TypeError):
        return []


def _replaced(value: Any, address: str, by: str) -> Any:
    """Wherever the address is written, in any case, with the name before it where one is."""
    if isinstance(value, dict):
        return {name: _replaced(one, address, by) for name, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, address, by) for one in value]
    if not isinstance(value, str) or address not in value.lower():
        return value
    # Some letters grow longer in lower case: then places in the two texts differ, and the whole text goes.
    return by if addr_spec(value) == address or len(value.lower()) != len(value) else _substituted(value, address, by)


def _substituted(text: str, address: str, by: str) -> str:
    place = text.lower().find(address)
    if place < 0:
        return text
    return text[:place] + by + _substituted(text[place + len(address) :], address, by)
