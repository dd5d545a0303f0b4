"""The headers of a mail beyond its envelope: the ones that a caller may add, and ours.

A caller may add headers about the content. Headers about sender, recipients, encoding or SES's
behaviour are refused. Only the headers that are named here are allowed.
"""

from __future__ import annotations

import re

COUNT_MAX = 15  # SES's limit, as are the next two
NAME_MAX = 126
LINE_MAX = 996  # characters of name and value together

# Every send imports this module, and few have headers: `re` compiles a pattern at its first use, and caches it.
_CONTROL = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
_NAME = r"[A-Za-z][A-Za-z0-9-]*"
_TEXTS = frozenset({"comments", "keywords", "organization", "thread-index", "thread-topic"})
_MESSAGE_IDS = r"<[^<>\s]+@[^<>\s]+>(?: <[^<>\s]+@[^<>\s]+>)*"
_LINKS = r"<(?:https?://|mailto:)[^<>\s]+>(?:, ?<(?:https?://|mailto:)[^<>\s]+>)*"
_GRAMMARS: dict[str, tuple[str, str]] = {
    "auto-submitted": (
        r"auto-generated|auto-replied|auto-notified|no",
        "auto-generated, auto-replied, auto-notified or no",
    ),
    "importance": (r"(?i:high|normal|low)", "high, normal or low"),
    "in-reply-to": (_MESSAGE_IDS, "message ids like <id@example.com>"),
    "list-archive": (_LINKS, "links like <https://example.com/archive>"),
    "list-help": (_LINKS, "links like <https://example.com/help>"),
    "list-id": (r"(?:[!-;=?-~ ]+ )?<[A-Za-z0-9.-]+>", "an id like <news.example.com>"),
    "list-owner": (_LINKS, "links like <mailto:owner@example.com>"),
    "list-subscribe": (_LINKS, "links like <https://example.com/subscribe>"),
    "list-unsubscribe": (_LINKS, "links like <https://example.com/unsubscribe>, <mailto:leave@example.com>"),
    "list-unsubscribe-post": (r"List-Unsubscribe=One-Click", "List-Unsubscribe=One-Click"),
    "precedence": (r"bulk|list|junk", "bulk, list or junk"),
    "priority": (r"urgent|normal|non-urgent", "urgent, normal or non-urgent"),
    "references": (_MESSAGE_IDS, "message ids like <id@example.com>"),
    "sensitivity": (r"(?i:personal|private|company-confidential)", "personal, private or company-confidential"),
}
_SES_ORDERS = "x-ses-"
_WRITTEN_BY_SES = {
    "feedback-id": "SES writes it, with the email's id in it",
    "message-id": "SES writes its own over any other",
}


def check(name: str, value: str) -> None:
    """Raises ValueError with the reason."""
    lower = name.lower()
    if lower in _WRITTEN_BY_SES:
        raise ValueError(f"cannot be set: {_WRITTEN_BY_SES[lower]}")
    if not _allowed(name):
        raise ValueError(
            "is not a header that a caller may set: it must be X-... (not X-SES-...) or one of "
            + ", ".join(sorted({*_GRAMMARS, *_TEXTS}))
        )
    if not value.strip() or len(name) + len(value) > LINE_MAX:
        raise ValueError(f"must have a value, and at most {LINE_MAX} characters with it")
    if re.search(_CONTROL, value):
        raise ValueError("must not contain line breaks or other control characters")
    if lower in _GRAMMARS:
        grammar, expected = _GRAMMARS[lower]
        if not value.isascii() or not re.fullmatch(grammar, value):
            raise ValueError(f"must be {expected}")


def is_text(name: str) -> bool:
    """Returns whether the value is free text in any script. Other values have a grammar without encoded words."""
    return name.lower() not in _GRAMMARS


def _allowed(name: str) -> bool:
    lower = name.lower()
    if not re.fullmatch(_NAME, name) or len(name) > NAME_MAX:
        return False
    return lower in _GRAMMARS or lower in _TEXTS or (lower.startswith("x-") and not lower.startswith(_SES_ORDERS))


def with_ours(
    callers: tuple[tuple[str, str], ...], send_id: str, *, transactional: bool
) -> tuple[tuple[str, str], ...]:
    """Returns the caller's headers, and ours unless the caller set them. The reference keeps Gmail from folding like mails into one
    conversation, and names the send to a reader of the mail. Transactional mail is marked as automatic, or holiday replies would
    answer it (RFC 3834).
    """
    ours = [("X-Entity-Ref-ID", send_id), *([("Auto-Submitted", "auto-generated")] if transactional else [])]
    names = {name.lower() for name, _ in callers}
    return (*callers, *((name, value) for name, value in ours if name.lower() not in names))
