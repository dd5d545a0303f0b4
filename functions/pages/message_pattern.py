"""Recognise a message by its text with names for its values: 'there is no list %(list_id)s' finds the 7 of 'there is no list 7'."""

from __future__ import annotations

import re

from msgspec import Struct

VALUE = re.compile(r"%\((\w+)\)s")


class MessagePattern(Struct, frozen=True):
    """The words before the first value, and each value's name with the words after it.

    It is no regular expression: one with several values of any length can take seconds, and a message holds what a person wrote.
    """

    beginning: str
    parts: tuple[tuple[str, str], ...]

    def values(self, message: str) -> dict[str, str] | None:
        """Returns the values of a message, or None if it is another message. Each is as short as possible, and the last is what is left.
        A name that occurs twice has one value.
        """
        if not self.parts:
            return {} if message == self.beginning else None
        *others, (last, end) = self.parts
        if not message.startswith(self.beginning) or not message.endswith(end):
            return None
        matched: list[tuple[str, str]] = []
        at, until = len(self.beginning), len(message) - len(end)
        for name, following in others:
            stop = message.find(following, at, until)
            if stop < 0:
                return None
            matched.append((name, message[at:stop]))
            at = stop + len(following)
        matched.append((last, message[at:until]))
        values = dict(matched)
        return values if at <= until and all(values[name] == value for name, value in matched) else None


def read_pattern(text: str) -> MessagePattern:
    beginning, *rest = (part.replace("%%", "%") for part in VALUE.split(text))
    return MessagePattern(beginning, tuple(zip(rest[::2], rest[1::2], strict=True)))
