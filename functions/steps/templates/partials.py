"""Partials: templates that many emails include, by name. Stored partials override bundled ones with the same name."""

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
    """The steps with their dependencies. An invalid name is treated as not found."""

    stored: Partials
    bundled: Callable[[str], str | None]
    bundled_names: Callable[[], list[str]]

    def find(self, name: str) -> str | None:
        """Returns the text that an email includes, or None."""
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
        """Stores a partial. Emails include it when they are published next; published revisions do not change. Raises Rejected."""
        errors = []
        if not NAME.fullmatch(name):
            errors.append(
                FieldError(
                    "name",
                    f"{name!r} is not a valid partial name: use 1 to 128 letters, digits, -, _ or ., in folders with /",
                )
            )
        if (size := len(text.encode("utf-8", "replace"))) > TEXT_MAX:
            errors.append(FieldError("text", f"takes {size:,} bytes; {TEXT_MAX:,} can be stored", "TOO_LARGE"))
        if errors:
            raise Rejected(errors)
        self.stored.put(name, text)
        return Partial(name, text, bundled=False)

    def delete(self, name: str) -> None:
        """Deletes a stored partial; a bundled one with the same name is then used again. Raises NotFound."""
        if not (NAME.fullmatch(name) and self.stored.delete(name)):
            raise NotFound(f"there is no stored partial {name!r}")

    def list(self) -> list[tuple[str, bool]]:
        """Returns each name, and whether it is a bundled partial."""
        stored = set(self.stored.names())
        return [(name, name not in stored) for name in sorted({*stored, *self.bundled_names()})]
