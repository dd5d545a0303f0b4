"""Names that are derived, not drawn: the same input has the same id wherever it is computed."""

from __future__ import annotations

import hashlib
from uuid import UUID  # the type alone: a UUID here is a shape for a hash


def for_send_id(send_id: str) -> str:
    """The status id of a sendId. Deterministic, so that the first write of a send is also the check that it is the first."""
    return str(UUID(bytes=hashlib.sha256(b"sendId:" + send_id.encode()).digest()[:16], version=5))


def for_ses_message(ses_message_id: str) -> str:
    """The status id of a mail that SES took over SMTP: there was no accept to give it one, and each of its events has SES's."""
    return str(UUID(bytes=hashlib.sha256(b"ses:" + ses_message_id.encode()).digest()[:16], version=5))


def event_id(status_id: str) -> str:
    """The uuid under which a send shows in the email events."""
    return str(UUID(bytes=hashlib.sha256(b"event:" + status_id.encode()).digest()[:16], version=5))


def secret_id(secret: str) -> str:
    """The stored name of an API key. Keys are 256 random bits, so a plain hash is as strong as a slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()


def digest(*parts: str) -> str:
    """A short name for a combination of texts (64 bits: for telling things apart inside one item, not across the system)."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]
