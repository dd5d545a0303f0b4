"""Contact properties over HTTP, as HubSpot's properties API has them."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict

from functions import wiring
from functions.core.contacts.property_definitions import PropertyDefinition, PropertyOption
from functions.core.errors import NotFound
from functions.routes.contacts.property_models import (
    OptionModel,
    OptionView,
    PropertyCreateRequest,
    PropertyList,
    PropertyUpdateRequest,
    PropertyView,
)
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of
from functions.steps.contacts.properties import ContactProperties

CONTACT_TYPES = ("contacts", "contact", "0-1")  # HubSpot's names of the one object type that exists here


def list_contact_properties(request: ApiRequest) -> PropertyList:
    return PropertyList(results=[property_view(one) for one in _properties(request).list().values()])


def get_contact_property(request: ApiRequest) -> PropertyView:
    return property_view(_properties(request).get(request.path_parameters["propertyName"]))


def create_contact_property(request: ApiRequest) -> PropertyView:
    body = body_of(request, PropertyCreateRequest)
    return property_view(_properties(request).create(PropertyDefinition(**_fields(body)), request.caller))


def update_contact_property(request: ApiRequest) -> PropertyView:
    fields = _fields(body_of(request, PropertyUpdateRequest))
    return property_view(_properties(request).update(request.path_parameters["propertyName"], fields, request.caller))


def delete_contact_property(request: ApiRequest) -> None:
    _properties(request).delete(request.path_parameters["propertyName"], request.caller)


def _properties(request: ApiRequest) -> ContactProperties:
    """Raises NotFound for the properties of another object type."""
    object_type = request.path_parameters["objectType"]
    if object_type not in CONTACT_TYPES:
        raise NotFound(f"there are properties of contacts only, and none of {object_type!r}")
    return wiring.get(wiring.contacts.contact_properties)


def _fields(body: PropertyCreateRequest | PropertyUpdateRequest) -> dict[str, Any]:
    """Returns the fields that the request has, under the definition's names."""
    fields = {name: value for name, value in asdict(body).items() if value is not None}
    if "options" in fields:
        fields["options"] = tuple(_option(option) for option in fields["options"])
    if "default_value" in fields:
        fields["default"] = fields.pop("default_value")
    return fields


def _option(option: OptionModel) -> PropertyOption:
    return PropertyOption(**{name: value for name, value in asdict(option).items() if value is not None})


def property_view(definition: PropertyDefinition) -> PropertyView:
    return PropertyView(
        name=definition.name,
        label=definition.label,
        type=definition.type,
        field_type=definition.field_type,
        group_name=definition.group_name,
        description=definition.description,
        options=[OptionView(**asdict(option)) for option in definition.options],
        display_order=definition.display_order,
        hidden=definition.hidden,
        form_field=definition.form_field,
        calculated=definition.read_only,
        external_options=False,
        has_unique_value=definition.name == "email",
        hubspot_defined=definition.built_in,
        archived=False,
        created_at=definition.created_at,
        updated_at=definition.updated_at,
        default_value=definition.default or None,
    )
