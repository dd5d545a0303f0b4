"""Imports over HTTP: an error names the file by the field that the request has for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hubspot.crm.imports import PublicImportError

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.broadcasts.jobs import ImportJob
from functions.routes.contacts.imports import ERROR_TYPES, OTHER_ERROR
from tests.support.aws.cloud import worker
from tests.support.http.api import call


@pytest.fixture(scope="module", autouse=True)
def _aws() -> Iterator[None]:
    with worker():
        yield


def test_a_missing_upload_is_named_by_its_field() -> None:
    status, problem = call("POST", "/staffetta/v1/imports", {"uploadId": "8f14e45f-ceea-467f-a0e6-1b2c3d4e5f60"})
    assert (status, [error["in"] for error in problem["errors"]]) == (400, ["uploadId"])


def uploaded(text: str) -> str:
    upload_id: str = wiring.get(wiring.contacts.manage_imports).upload(text.encode())
    return upload_id


def import_with(**chosen: Any) -> tuple[int, Any]:
    """Sends HubSpot's call."""
    columns = [{"columnName": "email", "propertyName": "email"}]
    files = [{"fileImportPage": {"hasHeader": True, "columnMappings": columns}}]
    parts = {
        "importRequest": json.dumps({"name": "Fair", "files": files, **chosen}),
        "files": "email\na@fair.example\n",
    }
    body = "".join(
        f'--x\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in parts.items()
    )
    headers = {"content-type": "multipart/form-data; boundary=x"}
    return call("POST", "/crm/v3/imports", headers=headers, body=f"{body}--x--\r\n")


def list_named(name: str) -> Any:
    return wiring.get(wiring.contacts.list_editor).get_by_name(name)


def test_an_import_creates_its_list() -> None:
    body = {"uploadId": uploaded("email\na@guests.example\n"), "newList": "Guests"}
    status, created = call("POST", "/staffetta/v1/imports", body)
    number = str(list_named("Guests").id)
    assert (status, created["metadata"]["objectLists"]) == (201, [{"listId": number, "objectType": "CONTACT"}])
    latest = wiring.get(wiring.adapters.access.audit_entries).latest(2)
    assert [(one.action, one.subject) for one in latest] == [
        (AuditAction.IMPORT_STARTED, created["id"]),
        (AuditAction.LIST_CREATED, number),
    ]


def test_hubspots_call_creates_a_list_with_the_imports_name() -> None:
    status, created = import_with(createContactListFromImport=True)
    number = str(list_named("Fair").id)
    assert (status, created["metadata"]["objectLists"]) == (200, [{"listId": number, "objectType": "CONTACT"}])
    refused, problem = import_with(createContactListFromImport=True)
    assert (refused, [error["in"] for error in problem["errors"]]) == (400, ["name"])


@pytest.mark.parametrize("name", ["", "two\nlines", "x" * 201])
def test_the_name_of_a_new_list_is_checked(name: str) -> None:
    status, problem = call("POST", "/staffetta/v1/imports", {"uploadId": uploaded("email\n"), "newList": name})
    assert (status, [error["in"] for error in problem["errors"]]) == (400, ["newList"])


def test_only_an_import_that_creates_and_updates_exists() -> None:
    assert import_with(importOperations={"0-1": "UPSERT"})[0] == 200
    status, problem = import_with(importOperations={"0-1": "CREATE"})
    assert (status, [error["in"] for error in problem["errors"]]) == (400, ["importOperations.0-1"])


def test_a_date_of_hubspots_call_begins_with_its_month() -> None:
    _, created = import_with()
    assert wiring.get(wiring.contacts.manage_imports).get(created["id"]).date_format == "MONTH_DAY_YEAR"


def test_an_errors_type_is_one_of_hubspots() -> None:
    call(
        "POST", "/crm/v3/properties/contacts", {"name": "points", "label": "P", "type": "number", "fieldType": "number"}
    )
    text = "email,points,date_of_birth\nnobody,1\na@fair.example,many\nb@fair.example,1,x,2\n"
    _, created = call("POST", "/staffetta/v1/imports", {"uploadId": uploaded(text)})
    wiring.get(wiring.contacts.import_contacts)(ImportJob(import_id=created["id"]), until=float("inf"))
    errors = call("GET", f"/crm/v3/imports/{created['id']}/errors")[1]["results"]
    assert [one["errorType"] for one in errors] == [
        "INVALID_EMAIL",
        "COULD_NOT_PARSE_NUMBER",
        "INCORRECT_NUMBER_OF_COLUMNS",
    ]


@pytest.mark.parametrize("error_type", [*ERROR_TYPES.values(), OTHER_ERROR])
def test_hubspots_client_has_each_error_type(error_type: str) -> None:
    assert PublicImportError(error_type=error_type, id="1", created_at=1, source_data={}).error_type == error_type
