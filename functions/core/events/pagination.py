"""Positions of messages in the order of their acceptance, and the opaque cursors of a list's pages.

A cursor has only the position where a list continues. Each page evaluates the query again, so a forged cursor reveals nothing. It has
the digest of its query, since with another query it would skip messages.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from functions.core import ids, timestamps
from functions.core.sending.send import Message, MessageKey

CURSOR_MAX, ID_MAX = 800, 400  # characters
RECIPIENT_MAX = 50
_TYPES = (str, str, str, int, str)


class Position(Struct, frozen=True, order=True):
    """A message's position. An empty send id comes before the first message of an instant."""

    accepted_at: str
    send_id: str
    recipient: int


class Cursor(Struct, frozen=True):
    """The position of the last listed message, and its last listed part if it has several."""

    position: Position
    part: str = ""


def position_of(message: Message) -> Position:
    return Position(message.accepted_at, message.key.send_id, message.key.recipient)


def still_there(listed: Sequence[Position], messages: Mapping[MessageKey, Message]) -> list[Message]:
    """Returns the messages at their positions, in order. One may be gone since it was listed, or its request may have been corrected: then
    it was accepted at another time, and has another position.
    """
    pairs = ((position, messages.get(MessageKey(position.send_id, position.recipient))) for position in listed)
    return [message for position, message in pairs if message and message.accepted_at == position.accepted_at]


def next_since(since: str, last: Message) -> str:
    """Returns the last message's time again, since others may share it. If a whole page shares it, returns the next millisecond."""
    at = last.accepted_at
    return at if at > since else timestamps.iso(timestamps.parse(at) + 0.001)


def start_of(at: str) -> Position:
    """Returns the position before all messages of an instant."""
    return Position(at, "", 0)


def encode(cursor: Cursor, query: str) -> str:
    """Returns the cursor's text. `query` is the whole query in its normal form."""
    at = cursor.position
    fields = [ids.digest(query), at.accepted_at, at.send_id, at.recipient, cursor.part]
    return base64.urlsafe_b64encode(msgspec.json.encode(fields)).decode().rstrip("=")


def decode(text: str, query: str) -> Cursor:
    """Raises ValueError if `encode` did not write the text for this query."""
    fields = _decoded(text)
    if not isinstance(fields, list) or tuple(map(type, fields)) != _TYPES:
        raise ValueError("is not a cursor")
    digest, accepted_at, send_id, recipient, part = fields
    if digest != ids.digest(query):
        raise ValueError("belongs to another query")
    if (
        timestamps.normalized(accepted_at) != accepted_at
        or len(send_id) > ID_MAX
        or not 0 <= recipient <= RECIPIENT_MAX
    ):
        raise ValueError("names no message")
    return Cursor(Position(accepted_at, send_id, recipient), part)


def _decoded(text: str) -> object:
    """Returns the decoded JSON. Raises ValueError."""
    if len(text) > CURSOR_MAX:
        raise ValueError(f"is longer than {CURSOR_MAX} characters")
    try:
        octets = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(octets)
    except (binascii.Error, msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError("is not a cursor") from error
