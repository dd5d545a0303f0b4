"""Subscription types, which a contact can leave. Transactional mail is a type that no contact can leave."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from functions.core import ids
from functions.core.emails.email import TRANSACTIONAL
from functions.core.errors import FieldError

TYPES_MAX = 100  # they share an item
TEXTS_MAX = {"name": 100, "description": 500, "purpose": 100}  # characters

ID_PATTERN = "[A-Za-z0-9_-]{1,50}"


class SubscriptionType(Struct, frozen=True, kw_only=True):
    """An inactive type stays, with the contacts' decisions about it. Its emails are not sent."""

    id: str
    name: str
    description: str = ""
    purpose: str = ""
    active: bool = True
    created_at: str
    updated_at: str

    @property
    def number(self) -> int:
        """Its other name, for clients that take whole numbers only."""
        return ids.subscription_number(self.id)

    def is_named(self, reference: str) -> bool:
        return reference in {self.id, str(self.number)}


BUILT_IN = SubscriptionType(
    id=TRANSACTIONAL,
    name="Transactional",
    description="Mail that follows from a person's own action: receipts, password resets, changes of an account.",
    purpose="Transactional",
    created_at="2026-01-01T00:00:00.000Z",
    updated_at="2026-01-01T00:00:00.000Z",
)


def field_errors(fields: Mapping[str, Any]) -> Iterator[FieldError]:
    """Yields every error of the present fields. A present name must not be empty."""
    for name, most in TEXTS_MAX.items():
        text = fields.get(name, "-")
        if not isinstance(text, str) or len(text) > most or (name == "name" and not text.strip()):
            yield FieldError(name, f"must be text of {1 if name == 'name' else 0} to {most} characters")
    if not isinstance(fields.get("active", True), bool):
        yield FieldError("active", "must be true or false")
    type_id = fields.get("id", "-")
    if not (isinstance(type_id, str) and re.fullmatch(ID_PATTERN, type_id)):
        yield FieldError("id", "must be 1 to 50 letters, digits, - and _")
