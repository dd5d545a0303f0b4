"""Where messages stand in the order of their acceptance, and the opaque texts by which a list's pages hang together.

A cursor only says where a list goes on: what is listed is asked for anew with each page, so a forged one leads nowhere else. It has the
digest of the question that it answers, since with another one it would skip what was never told.
"""

from __future__ import annotations

import base64
import binascii

import msgspec
from msgspec import Struct

from functions.core import ids, timestamps
from functions.core.sending.send import Message

CURSOR_MAX, ID_MAX = 800, 400  # characters
RECIPIENT_MAX = 50
_TYPES = (str, str, str, int, str)


class Position(Struct, frozen=True, order=True):
    """Before the first of an instant's messages: with an empty send id."""

    accepted_at: str
    send_id: str
    recipient: int


class Cursor(Struct, frozen=True):
    """The place of what was told last, and which part of it that was, where a message has several."""

    position: Position
    part: str = ""


def position_of(message: Message) -> Position:
    return Position(message.accepted_at, message.key.send_id, message.key.recipient)


def start_of(at: str) -> Position:
    """Of an instant: all of its messages come after this place."""
    return Position(at, "", 0)


def encode(cursor: Cursor, question: str) -> str:
    """`question`: all that the list was asked for, in one spelling."""
    where = cursor.position
    told = [ids.digest(question), where.accepted_at, where.send_id, where.recipient, cursor.part]
    return base64.urlsafe_b64encode(msgspec.json.encode(told)).decode().rstrip("=")


def decode(text: str, question: str) -> Cursor:
    """Raises ValueError for a text that `written` did not write for this question."""
    told = _decoded(text)
    if not isinstance(told, list) or tuple(map(type, told)) != _TYPES:
        raise ValueError("is no cursor")
    digest, accepted_at, send_id, recipient, part = told
    if digest != ids.digest(question):
        raise ValueError("belongs to another question")
    if (
        timestamps.normalized(accepted_at) != accepted_at
        or len(send_id) > ID_MAX
        or not 0 <= recipient <= RECIPIENT_MAX
    ):
        raise ValueError("names no message")
    return Cursor(Position(accepted_at, send_id, recipient), part)


def _decoded(text: str) -> object:
    """Raises ValueError."""
    if len(text) > CURSOR_MAX:
        raise ValueError(f"is longer than {CURSOR_MAX} characters")
    try:
        octets = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(octets)
    except (binascii.Error, msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError("is no cursor") from error
