"""Contact properties, as HubSpot's properties API writes them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from functions.core.contacts.property_definitions import (
    NAME_PATTERN,
    OPTIONS_MAX,
    TEXT_MAX,
    VALUE_MAX,
    FieldType,
    PropertyType,
)
from functions.routes.http.models import ApiModel, Instant

ORDER_MAX = 1_000_000

PropertyName = Annotated[
    str,
    Meta(
        pattern=f"^{NAME_PATTERN}$",
        description="lower-case letters, digits and underscores",
        examples=["loyalty_points"],
        extra={"expected": "1 to 100 lower-case letters, digits and underscores, the first one a letter"},
    ),
]
ShortText = Annotated[str, Meta(max_length=TEXT_MAX)]
Label = Annotated[str, Meta(min_length=1, max_length=TEXT_MAX)]
Order = Annotated[int, Meta(ge=-1, le=ORDER_MAX)]
DefaultValue = Annotated[
    str,
    Meta(max_length=VALUE_MAX, description="of a contact that is created without a value (a Staffetta extension)"),
]


class OptionModel(ApiModel):
    value: Annotated[str, Meta(min_length=1, max_length=TEXT_MAX)]
    label: Label
    description: ShortText | None = None
    display_order: Order | None = None
    hidden: bool | None = None


Options = Annotated[list[OptionModel], Meta(max_length=OPTIONS_MAX)]


class PropertyFields(ApiModel, kw_only=True):
    """The fields that a property may have, or a change of it."""

    group_name: ShortText | None = None
    description: ShortText | None = None
    options: Options | None = None
    default_value: DefaultValue | None = None
    display_order: Order | None = None
    hidden: bool | None = None
    form_field: bool | None = None


class PropertyCreateRequest(PropertyFields, kw_only=True):
    name: PropertyName
    label: Label
    type: PropertyType
    field_type: FieldType


class PropertyUpdateRequest(PropertyFields, kw_only=True):
    """Absent fields do not change."""

    label: Label | None = None
    type: PropertyType | None = None
    field_type: FieldType | None = None


class OptionView(ApiModel):
    value: str
    label: str
    description: str
    display_order: int
    hidden: bool


class PropertyView(ApiModel):
    name: str
    label: str
    type: PropertyType
    field_type: FieldType
    group_name: str
    description: str
    options: list[OptionView]
    display_order: int
    hidden: bool
    form_field: bool
    calculated: bool
    external_options: bool
    has_unique_value: bool
    hubspot_defined: Annotated[bool, Meta(description="built in: it cannot be changed or deleted")]
    archived: bool
    created_at: Instant
    updated_at: Instant
    default_value: DefaultValue | None = None


class PropertyList(ApiModel):
    results: list[PropertyView]
