"""A request's properties as templates use them, and values that are not there."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import Undefined


class Absent(Undefined):
    """A value that is not there. It is null: it prints nothing, counts as false, and its parts are absent too."""

    __slots__ = ()

    def record(self) -> None:
        """A use of this value needs no property of the request."""

    def __str__(self) -> str:
        self.record()
        return ""

    def __html__(self) -> str:
        return str(self)

    def __iter__(self) -> Iterator[Any]:
        self.record()
        return iter(())

    def __len__(self) -> int:
        self.record()
        return 0

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return other is None or isinstance(other, Undefined)

    def __hash__(self) -> int:
        return hash(None)


class Missing(Absent):
    """A property that the template names and the request lacks. A test of its presence is allowed (`if`, `default`). Its use is recorded."""

    __slots__ = ()

    def record(self) -> None:
        self._undefined_obj.missing.add(f"{self._undefined_obj.label}.{self._undefined_name}")


class Properties(dict[str, Any]):
    """All properties of the contact, or all custom ones. A template that lacks a custom one by its fixed path cannot be sent."""

    __slots__ = ("label", "missing")

    def __init__(self, label: str, values: Mapping[str, Any], missing: set[str] | None = None) -> None:
        super().__init__(values)
        self.label, self.missing = label, missing

    def __deepcopy__(self, memo: dict[int, Any]) -> Properties:
        """Copies the values. What is missing is recorded in one place."""
        return Properties(self.label, copy.deepcopy(dict(self), memo), self.missing)

    def absent(self, path: str) -> Absent:
        """Returns the value of a fixed path that the request lacks."""
        return Absent(name=path) if self.missing is None else Missing(obj=self, name=path)


ABSENT = Absent()
