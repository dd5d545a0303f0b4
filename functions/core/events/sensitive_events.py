"""Removes the content of a sensitive email's mail from SES's events. SES reports the headers, and a server's answer may quote the mail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any

from functions.core.sending.tags import SENSITIVE_TAG

REDACTED = "redacted"
_URL = re.compile(r"(?<![a-z0-9+.-])[a-z0-9+.-]++:/\S++|\bwww\.\S++", re.IGNORECASE)
_QUOTING = frozenset({"diagnosticCode", "smtpResponse", "reason", "errorMessage", "link"})


def without_content(event: Any) -> Any:
    """Returns the decoded event, or any other JSON, without its mail's content. An event of another email stays as it is."""
    mail = event.get("mail") if isinstance(event, Mapping) else None
    if not isinstance(mail, Mapping) or not _is_sensitive(mail):
        return event
    common = mail.get("commonHeaders")
    headers = dict(common) if isinstance(common, Mapping) else {}
    subject = str(headers.pop("subject", "") or "")
    if "from" in headers:
        headers["from"] = _bare(headers["from"])
    left = {name: value for name, value in mail.items() if name not in {"headers", "commonHeaders"}}
    return _without_quotes({**event, "mail": {**left, "commonHeaders": headers}}, subject)


def _bare(addresses: Any) -> list[str]:
    """Returns addresses without their names: a From name is a template, too."""
    return (
        [parseaddr(address)[1] for address in addresses if isinstance(address, str)]
        if isinstance(addresses, list)
        else []
    )


def unreadable(text: str) -> str:
    """Returns what may be stored of an event that is no JSON."""
    return REDACTED if SENSITIVE_TAG in text else text


def _is_sensitive(mail: Mapping[str, Any]) -> bool:
    tags = mail.get("tags")
    return isinstance(tags, Mapping) and SENSITIVE_TAG in tags


def _without_quotes(value: Any, subject: str) -> Any:
    """Replaces URLs and the subject in the texts that may quote the mail."""
    if isinstance(value, list):
        return [_without_quotes(one, subject) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {
        name: _redacted(one, subject) if name in _QUOTING and isinstance(one, str) else _without_quotes(one, subject)
        for name, one in value.items()
    }


def _redacted(text: str, subject: str) -> str:
    without_urls = _URL.sub(REDACTED, text)
    return without_urls.replace(subject, REDACTED) if subject else without_urls
