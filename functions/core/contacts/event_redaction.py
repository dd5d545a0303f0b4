"""Removes the secrets of unsubscribe links from SES's events. SES reports them in the headers of a mail and in clicks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from functions.core.contacts.subscriptions import unsubscribe_link
from functions.core.events.encoded_words import decoded

_LIST_UNSUBSCRIBE = "list-unsubscribe"  # a caller's own link acts for the recipient too


def may_have_secrets(text: str) -> bool:
    """Returns whether JSON text may have what `without_link_secrets` removes. Without escapes, its values are parts of the text. The
    name of the header is a word of a link.
    """
    return "\\" in text or "=?" in text or unsubscribe_link.may_be_in(text)


def without_link_secrets(event: Any) -> Any:
    """Returns the decoded event, or any other JSON, without the secrets. Everything else stays as it is."""
    if isinstance(event, Mapping):
        redacted = {unsubscribe_link.redacted(name): without_link_secrets(value) for name, value in event.items()}
        if str(event.get("name", "")).lower() == _LIST_UNSUBSCRIBE and "value" in event:
            redacted["value"] = unsubscribe_link.REDACTED
        return redacted
    if isinstance(event, list):
        return [without_link_secrets(value) for value in event]
    return unsubscribe_link.redacted(_readable(event)) if isinstance(event, str) else event


def _readable(text: str) -> str:
    """Returns the decoded form of a header's encoded words (RFC 2047) if they hide a link."""
    plain = decoded(text)
    return plain if unsubscribe_link.is_in(plain) else text


def is_click_on_own_link(event: Any) -> bool:
    """Returns whether it is a click on an unsubscribe link. These links are not tracked. A filter that follows one, or a person who leaves, shows no interest."""
    try:
        return unsubscribe_link.is_in(event["click"]["link"])
    except (LookupError, TypeError):
        return False
