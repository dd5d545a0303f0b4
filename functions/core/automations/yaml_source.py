"""Reads YAML or JSON into plain data, with the line and column of each value.

PyYAML's events are read here instead of its loader: they have places, need no recursion, and an alias can be refused before it
grows (a few lines of YAML can name billions of values). Plain words are what YAML 1.2 makes of them: `10:30`, `on` and `2026-01-31`
are texts, where YAML 1.1 has 630, true and a date.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml
from msgspec import Struct

from functions.core.automations.definition import SOURCE_MAX
from functions.core.errors import FieldError, Rejected

DEPTH_MAX = 30
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?([eE][-+]?[0-9]{1,2})?")
_WORDS: Mapping[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}

# YAML 1.1 takes the next line, the line separator and the paragraph separator for line ends: it would make a space of them, and count
# other lines than an editor does. It reads no control character, which JSON may have.
_UNREADABLE = re.compile(r"[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile(r"\r\n|\r|\n")

Place = tuple[int, int]  # line and column, from 1


class YamlSource(Struct, frozen=True):
    data: Any
    places: Mapping[str, Place]  # by path: `steps[0].when`

    def placed(self, error: FieldError) -> FieldError:
        """Returns the error with the place of its field, or of the nearest part around it."""
        path = error.field
        while path and path not in self.places:
            path = re.sub(r"(\.[^.\[]*|\[\d+\]|^[^.\[]*)$", "", path)
        line, column = self.places.get(path, (1, 1))
        return FieldError(error.field, error.message, error.code, line, column)


def read(text: str) -> YamlSource:
    """Raises Rejected."""
    if len(text) > SOURCE_MAX:
        raise _error(f"has {len(text):,} characters; at most {SOURCE_MAX:,} are allowed", (1, 1))
    if unreadable := _UNREADABLE.search(text):
        code = ord(unreadable[0])
        message = f"has the character U+{code:04X}: delete it, or write \\u{code:04x} in double quotes"
        raise _error(message, _place_at(text, unreadable.start()))
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            builder.add(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _error(f"is not valid YAML: {error.problem or error.context}", _place(mark)) from error
    return YamlSource(builder.root, builder.places)


def _error(message: str, place: Place) -> Rejected:
    return Rejected([FieldError("definition", message, "INVALID_VALUE", *place)])


def _place(mark: Any) -> Place:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _place_at(text: str, position: int) -> Place:
    lines = _LINE_END.split(text[:position])
    return len(lines), len(lines[-1]) + 1


class _Builder:
    def __init__(self) -> None:
        self.root: Any = None
        self.places: dict[str, Place] = {}
        self._open: list[tuple[Any, str]] = []  # each open list or map, and its path
        self._key: list[str | None] = []  # of each open map, the key that waits for its value

    def add(self, event: yaml.Event) -> None:
        if tag := getattr(event, "tag", None):
            raise _error(f"has a tag, {tag[:100]!r}: write the value without it", _place(event.start_mark))
        match event:
            case yaml.AliasEvent():
                raise _error("has an alias (*name): repeat the part instead", _place(event.start_mark))
            case yaml.DocumentStartEvent() if self.places:
                raise _error("has more than one document", _place(event.start_mark))
            case yaml.MappingStartEvent():
                self._begin({}, event)
            case yaml.SequenceStartEvent():
                self._begin([], event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._open.pop()
                self._key.pop()
            case yaml.ScalarEvent():
                self._scalar(event)

    def _begin(self, container: Any, event: yaml.Event) -> None:
        if len(self._open) >= DEPTH_MAX:
            raise _error(f"is nested more than {DEPTH_MAX} times", _place(event.start_mark))
        path = self._store(container, event)
        self._open.append((container, path))
        self._key.append(None)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        event.value = _whole(event.value, event.start_mark)
        if self._open and isinstance(self._open[-1][0], dict) and self._key[-1] is None:
            container, path = self._open[-1]
            if event.value in container:
                raise _error(f"has {event.value[:100]!r} twice", _place(event.start_mark))
            self._key[-1] = event.value
            self.places[_joined(path, event.value)] = _place(event.start_mark)
            return
        self._store(_value(event.value) if event.implicit[0] else event.value, event)

    def _store(self, value: Any, event: yaml.Event) -> str:
        if not self._open:
            self.root = value
            self.places[""] = _place(event.start_mark)
            return ""
        container, path = self._open[-1]
        if isinstance(container, list):
            inner = f"{path}[{len(container)}]"
            container.append(value)
        else:
            key = self._key[-1]
            if key is None:
                raise _error("has a list or a map as a name", _place(event.start_mark))
            inner = _joined(path, key)
            container[key] = value
            self._key[-1] = None
        self.places.setdefault(inner, _place(event.start_mark))
        return inner


def _whole(text: str, mark: Any) -> str:
    """JSON writes a character beyond U+FFFF as two escapes, and YAML reads them as two halves: joins them."""
    if text.isascii():
        return text
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        raise _error("has half of a character", _place(mark)) from error


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _value(word: str) -> Any:
    if word.lower() in _WORDS:
        return _WORDS[word.lower()]
    return json.loads(word) if _NUMBER.fullmatch(word) else word
