"""Contacts through HubSpot's own client."""

from __future__ import annotations

from hubspot.crm.contacts import (
    BatchInputSimplePublicObjectBatchInputUpsert,
    SimplePublicObject,
    SimplePublicObjectBatchInputUpsert,
    SimplePublicObjectInputForCreate,
)
from hubspot.crm.properties import PropertyCreate

from tests.end_to_end.service import Service


def created(service: Service, email: str, **properties: str) -> SimplePublicObject:
    request = SimplePublicObjectInputForCreate(properties={"email": email, **properties}, associations=[])
    return service.hubspot.crm.contacts.basic_api.create(request)


def upserts(*emails: str, **properties: str) -> BatchInputSimplePublicObjectBatchInputUpsert:
    inputs = [
        SimplePublicObjectBatchInputUpsert(id=email, id_property="email", properties=properties) for email in emails
    ]
    return BatchInputSimplePublicObjectBatchInputUpsert(inputs=inputs)


def points(name: str) -> PropertyCreate:
    return PropertyCreate(
        name=name, label="Points", type="number", field_type="number", group_name="contactinformation"
    )


def tour_records(service: Service) -> None:
    """Reads contacts by id, which needs their index, and lists them, which scans the table."""
    contact = created(service, "tour@records.example.net")
    service.hubspot.crm.contacts.basic_api.get_by_id(contact.id)
    service.hubspot.crm.contacts.basic_api.get_page()
