"""What every model is made of. Annotations are evaluated with the module: see routes/sending/models.py."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta, Struct

from functions.core import addresses, timestamps
from functions.core.models.format import Format, positive_int64


class ApiModel(Struct, rename="camel", omit_defaults=True):
    """A response leaves out the fields that have their default: an absent field is HubSpot's null."""


class OpenModel(ApiModel):
    """A model that allows fields beyond its own."""


class ExtendedModel(ApiModel):
    """A body or a query of HubSpot's with fields of ours. HubSpot ignores an unknown name. But a field in another spelling is an error:
    without it, a mail is sent at once, sent twice, or not only tried.
    """

    SPELLED: ClassVar[bool] = True  # core.models.reader reads it


class OwnModel(ApiModel, forbid_unknown_fields=True):
    """A body or a query of one of our own routes: an unknown name is an error. HubSpot ignores one, and so do HubSpot's routes."""


def _mailbox(value: str) -> str:
    return addresses.parse(value).email


def property_text(value: object) -> str:
    """'Ada' → 'Ada', 7 → '7', True → 'true'. Raises TypeError for any other type."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return msgspec.json.encode(value).decode()
    raise TypeError(value)


_PROPERTY = Format(property_text, "a text, a number or a boolean", "Ada")
_INSTANT = Format(timestamps.normalized, "an ISO-8601 time like 2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z")
_EMAIL = Format(_mailbox, "an email address like ada@example.com", "ada@example.com", "INVALID_EMAIL")
_ID = Format(positive_int64, "a positive whole number", "7")

# A contact's properties are texts, as HubSpot's API stores them. Its clients do not check types, so a number or a boolean is its text.
PropertyText = Annotated[str | float | bool | None, Meta(extra={"format": _PROPERTY})]
ContactProperties = dict[str, PropertyText]


class ContactPropertyValue(ApiModel):
    """One property, as HubSpot's v1 API and its guides write it."""

    name: str
    value: PropertyText = None


class CustomPropertyValue(ApiModel):
    """One property, as HubSpot's v1 API writes it."""

    name: str
    value: Any = None


def contact_texts(properties: ContactProperties | Sequence[ContactPropertyValue] | None) -> dict[str, str]:
    """Returns the properties that have a value. The reader has converted each value to text; null means absent. A list
    that repeats a name has its last value, as a JSON object has.
    """
    return {name: value for name, value in by_name(properties).items() if isinstance(value, str)}


def by_name(
    properties: Mapping[str, Any] | Sequence[ContactPropertyValue] | Sequence[CustomPropertyValue] | None,
) -> dict[str, Any]:
    """Returns the properties of an object or of a list. An entry that the reader reported has no name, or is None."""
    if not isinstance(properties, Mapping):
        return {entry.name: entry.value for entry in properties or () if entry}
    return dict(properties)


Instant = Annotated[
    str,
    Meta(
        description="ISO-8601 with milliseconds, UTC",
        extra_json_schema={"format": "date-time"},
        extra={"format": _INSTANT},
    ),
]
EmailAddress = Annotated[
    str, Meta(description="an email address", examples=["ada@example.com"], extra={"format": _EMAIL})
]
# The reader converts it to an integer. Its type is for the schema; its format decides.
Id = Annotated[Annotated[int, Meta(gt=0)] | Annotated[str, Meta(pattern="^[0-9]{1,19}$")], Meta(extra={"format": _ID})]

Mailbox = Annotated[
    str,
    Meta(examples=["Ada <ada@example.com>"], extra={"expected": "an address like 'Ada <ada@example.com>'"}),
]
Mailboxes = Annotated[list[Mailbox], Meta(extra={"lenient": True})]  # HubSpot's clients may send one text
