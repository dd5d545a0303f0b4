"""Names that are derived, not drawn: the same input has the same id wherever it is computed."""

from __future__ import annotations

import hashlib
from uuid import UUID  # the type alone: a UUID here is a shape for a hash

_TIME = 6  # octets


def for_send_id(send_id: str) -> str:
    """The status id of a sendId. Deterministic, so that the first write of a send is also the check that it is the first."""
    return str(UUID(bytes=hashlib.sha256(b"sendId:" + send_id.encode()).digest()[:16], version=5))


def for_ses_message(ses_message_id: str) -> str:
    """The status id of a mail that SES took over SMTP: there was no accept to give it one, and each of its events has SES's."""
    return str(UUID(bytes=hashlib.sha256(b"ses:" + ses_message_id.encode()).digest()[:16], version=5))


def event_id(accepted: int, *parts: str) -> str:
    """The uuid of an email event. It begins with when its message was accepted (milliseconds), by which it is found without an index."""
    hashed = hashlib.sha256("\x00".join(("event", *parts)).encode()).digest()
    octets = bytearray(accepted.to_bytes(_TIME, "big") + hashed[: 16 - _TIME])
    octets[6], octets[8] = (
        octets[6] & 0x0F | 0x80,
        octets[8] & 0x3F | 0x80,
    )  # version 8, for layouts of one's own: RFC 9562
    return str(UUID(bytes=bytes(octets)))


def event_accepted(event: str) -> int:
    """When the message of an event was accepted. Raises ValueError for what is no uuid."""
    return int.from_bytes(UUID(event).bytes[:_TIME], "big")


def for_event(*told: str) -> str:
    """The id of an event for webhooks, by what it tells of."""
    return "evt_" + hashlib.sha256("\x00".join(told).encode()).hexdigest()[:32]


def address_hash(address: str) -> str:
    """What stands for an erased address where it has to be recognised if it comes again. Who has a list of addresses can find it in
    there: it is a pseudonym, kept so that the person is not mailed against their will, and for nothing else.
    """
    return hashlib.sha256(b"erased:" + address.lower().encode()).hexdigest()


def secret_id(secret: str) -> str:
    """The stored name of an API key. Keys are 256 random bits, so a plain hash is as strong as a slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()


def digest(*parts: str) -> str:
    """A short name for a combination of texts (64 bits: for telling things apart inside one item, not across the system)."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]
