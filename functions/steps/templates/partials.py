"""Share: partials that many emails include, by name. Those that authors store stand over the bundled ones of the same name."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from functions.core.errors import FieldError, NotFound, Rejected
from functions.core.templates.layouts import NAME
from functions.ports.templates import Partials

TEXT_MAX = 300_000  # bytes: DynamoDB's item holds 400 KB


class Partial(Struct, frozen=True):
    name: str
    text: str
    bundled: bool


class PartialLibrary(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. A name that no partial can have is one of none."""

    stored: Partials
    bundled: Callable[[str], str | None]
    bundled_names: Callable[[], list[str]]

    def find(self, name: str) -> str | None:
        """The text that an email includes."""
        if not NAME.fullmatch(name):
            return None
        stored = self.stored.get(name)
        return self.bundled(name) if stored is None else stored

    def get(self, name: str) -> Partial:
        """Raises NotFound."""
        text = self.find(name)
        if text is None:
            raise NotFound(f"there is no partial {name!r}")
        return Partial(name, text, self.stored.get(name) is None)

    def put(self, name: str, text: str) -> Partial:
        """Emails have it when they are published next; what is published does not change. Raises Rejected."""
        faults = []
        if not NAME.fullmatch(name):
            faults.append(FieldError("name", f"{name!r} is none: write 1 to 64 letters, digits, - and _"))
        if (size := len(text.encode("utf-8", "replace"))) > TEXT_MAX:
            faults.append(FieldError("text", f"takes {size:,} bytes; {TEXT_MAX:,} can be stored", "TOO_LARGE"))
        if faults:
            raise Rejected(faults)
        self.stored.put(name, text)
        return Partial(name, text, bundled=False)

    def delete(self, name: str) -> None:
        """What was stored; the bundled one of that name then shows again. Raises NotFound where nothing was stored."""
        if not (NAME.fullmatch(name) and self.stored.delete(name)):
            raise NotFound(f"there is no stored partial {name!r}")

    def list(self) -> list[tuple[str, bool]]:
        """Each with whether it is a bundled one."""
        stored = set(self.stored.names())
        return [(name, name not in stored) for name in sorted({*stored, *self.bundled_names()})]
