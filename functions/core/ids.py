"""Ids. Most are derived, not random: the same input has the same id in every process."""

from __future__ import annotations

import hashlib
from uuid import UUID  # only the type: a UUID here is a format for a hash

_TIME = 6  # octets
_HEX = "0123456789abcdef"
_JAVASCRIPT_MAX = 2**53 - 1  # its largest exact whole number


def for_send_id(send_id: str) -> str:
    """Returns the status id of a sendId. It is deterministic, so the first write of a send is also its check for duplicates."""
    return _uuid(hashlib.sha256(b"sendId:" + send_id.encode()).digest(), version=5)


def for_ses_message(ses_message_id: str) -> str:
    """Returns the status id of a mail that SES accepted over SMTP. Each of its events has SES's id, and we never accepted it."""
    return _uuid(hashlib.sha256(b"ses:" + ses_message_id.encode()).digest(), version=5)


def for_broadcast(broadcast_id: str, address: str) -> str:
    """Returns the status id of a recipient's mail. It is deterministic, so the write that accepts and claims it happens once."""
    hashed = hashlib.sha256(f"broadcast\x00{broadcast_id}\x00{address.lower()}".encode()).digest()
    return _uuid(hashed, version=5)


def event_id(accepted: int, *parts: str) -> str:
    """Returns the UUID of an email event. It begins with the time (milliseconds) when its message was accepted, so no index is needed."""
    hashed = hashlib.sha256("\x00".join(("event", *parts)).encode()).digest()
    return _uuid(accepted.to_bytes(_TIME, "big") + hashed, version=8)  # for custom layouts: RFC 9562


def uuid4(random: bytes) -> str:
    """Returns 16 random octets as a random UUID."""
    return _uuid(random, version=4)


def _uuid(octets: bytes, *, version: int) -> str:
    """Returns the first 16 octets as a UUID of the variant of RFC 9562. Python's class takes five times as long."""
    text = octets[:16].hex()
    variant = _HEX[int(text[16], 16) & 0x3 | 0x8]
    return f"{text[:8]}-{text[8:12]}-{version}{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"


def uuid_text(octets: bytes) -> str:
    """Returns 16 octets as the text of a UUID."""
    text = octets.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def event_accepted(event: str) -> int:
    """Returns when the message of an event was accepted. Raises ValueError if the id is not a UUID."""
    return int.from_bytes(UUID(event).bytes[:_TIME], "big")


def for_event(*parts: str) -> str:
    """Returns the id of a webhook event, derived from what the event reports."""
    return "evt_" + hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:32]


def subscription_number(type_id: str) -> int:
    """Returns the number of a subscription type, for clients that read its id as a whole number: the id itself, or a hash of 48 bits."""
    if type_id.isascii() and type_id.isdecimal() and str(int(type_id)) == type_id and int(type_id) <= _JAVASCRIPT_MAX:
        return int(type_id)
    return int.from_bytes(hashlib.sha256(b"subscription:" + type_id.encode()).digest()[:_TIME], "big")


def contact_number(email: str) -> int:
    """Returns the id of the contact of an address: 53 bits of a hash, all that JavaScript can hold. Two of a million contacts have the
    same one with a probability of 1 in 18,000, so a look-up checks for it.
    """
    hashed = hashlib.sha256(b"contact:" + email.lower().encode()).digest()
    return int.from_bytes(hashed[:7], "big") & _JAVASCRIPT_MAX or 1


def import_number(*parts: str) -> int:
    """Returns the id of an import: 53 bits of a hash of what was requested."""
    hashed = hashlib.sha256("\x00".join(("import", *parts)).encode()).digest()
    return int.from_bytes(hashed[:7], "big") & _JAVASCRIPT_MAX or 1


def address_hash(address: str) -> str:
    """Returns the pseudonym of an erased address, by which it is recognised if it comes again. A list of addresses reveals it. Its
    only purpose is that the person is not mailed against their will.
    """
    return hashlib.sha256(b"erased:" + address.lower().encode()).hexdigest()


def secret_id(secret: str) -> str:
    """Returns the stored id of an API key. Keys are 256 random bits, so a plain hash is as strong as a slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()


def digest(*parts: str) -> str:
    """Returns a short name of a combination of texts. It has 64 bits: it is unique within one item, not across the system."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]
