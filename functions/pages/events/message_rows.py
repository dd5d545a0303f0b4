"""How a page shows messages: a list of them, and the address and the outcome of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from functions import wiring
from functions.core.access.scopes import CONTENT, REPORTS, TRANSACTIONAL_EMAIL
from functions.core.events import message_history
from functions.core.sending.send import Message
from functions.pages.events.status_words import STATUS_WORDS, tone

MESSAGES = "/console/messages"
READ = (REPORTS, CONTENT, TRANSACTIONAL_EMAIL)


def rows_of(messages: list[Message]) -> list[Mapping[str, Any]]:
    return [_row(message) for message in messages]


def email_names(messages: list[Message]) -> dict[int, str]:
    emails = wiring.get(wiring.adapters.emails.emails)
    names = {email_id: emails.get(email_id) for email_id in dict.fromkeys(one.email_id for one in messages)}
    return {email_id: email.name for email_id, email in names.items() if email}


def path_of(message: Message) -> str:
    return f"{MESSAGES}/{quote(message.key.send_id, safe='')}/{message.key.recipient}"


def outcome_of(message: Message) -> tuple[str, str]:
    """Returns the word, and its style."""
    status = message_history.status_of(message)
    return STATUS_WORDS[status], tone(status)


def _row(message: Message) -> Mapping[str, Any]:
    word, style = outcome_of(message)
    return {
        "message": message,
        "path": path_of(message),
        "word": word,
        "style": style,
        "subject": message_history.subject(message),
    }
