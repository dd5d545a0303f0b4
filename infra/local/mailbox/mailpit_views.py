"""A mail in the shapes of Mailpit's API."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from infra.local.mailbox import search
from infra.local.mailbox.reading import AttachedPart, NamedAddress
from infra.local.mailbox.store import StoredMail

JSON = dict[str, Any]


def summary(mail: StoredMail) -> JSON:
    reading = mail.reading
    return {
        **_people(mail),
        "ID": mail.id,
        "MessageID": reading.message_id,
        "Read": mail.is_read,
        "Subject": reading.subject,
        "Created": _time(mail.received),
        "Username": "",
        "Tags": list(mail.tags),
        "Size": len(mail.raw),
        "Attachments": len(reading.attachments),
        "Snippet": reading.snippet,
    }


def details(mail: StoredMail) -> JSON:
    reading = mail.reading
    return {
        **_people(mail),
        "ID": mail.id,
        "MessageID": reading.message_id,
        "ReturnPath": reading.return_path,
        "Subject": reading.subject,
        "ListUnsubscribe": {"Header": "", "Links": None, "Errors": "", "HeaderPost": ""},
        "Date": _time(reading.date or mail.received),
        "Tags": list(mail.tags),
        "Username": "",
        "Text": reading.text,
        "HTML": reading.html,
        "Size": len(mail.raw),
        "Inline": [_attachment(part) for part in reading.inline],
        "Attachments": [_attachment(part) for part in reading.attachments],
    }


def _people(mail: StoredMail) -> JSON:
    roles = search.addresses_of(mail)
    return {
        "From": _address(mail.reading.sender),
        **{
            name: [_address(address) for address in roles[role]]
            for name, role in (("To", "to"), ("Cc", "cc"), ("Bcc", "bcc"), ("ReplyTo", "reply-to"))
        },
    }


def _address(address: NamedAddress) -> JSON:
    return {"Name": address.name, "Address": address.address}


def _attachment(part: AttachedPart) -> JSON:
    return {
        "PartID": part.id,
        "FileName": part.file_name,
        "ContentType": part.content_type,
        "ContentID": part.content_id,
        "Size": len(part.content),
        "Checksums": {
            "MD5": hashlib.md5(part.content, usedforsecurity=False).hexdigest(),
            "SHA1": hashlib.sha1(part.content, usedforsecurity=False).hexdigest(),
            "SHA256": hashlib.sha256(part.content).hexdigest(),
        },
    }


def tag_counts(mails: Iterable[StoredMail]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for mail in mails:
        for tag in mail.tags:
            counts[tag] = counts.get(tag, 0) + 1
    return counts


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
