"""HubSpot's own client imports contacts, over real HTTP, and our own call takes a file that was uploaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hubspot.crm.imports import ApiException

from tests.end_to_end.service import Service
from tests.end_to_end.support.sending.broadcasts import import_file

MAPPINGS = [
    {"columnName": "Mail", "columnObjectTypeId": "0-1", "propertyName": "email"},
    {"columnName": "Vorname", "columnObjectTypeId": "0-1", "propertyName": "firstname"},
]


def request_of(*mappings: dict[str, str]) -> str:
    page = {"hasHeader": True, "columnMappings": list(mappings)}
    file = {"fileName": "people.csv", "fileFormat": "CSV", "fileImportPage": page}
    return json.dumps({"name": "People", "dateFormat": "DAY_MONTH_YEAR", "files": [file]})


def test_the_client_imports_a_file(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Mail;Vorname;x\nzoe@imports.example.net;Zoë;1\nnobody;Y;2\n", "utf-16")
    api = service.hubspot.crm.imports
    created = api.core_api.create(import_request=request_of(*MAPPINGS), files=str(file))
    service.wait_until(lambda: api.core_api.get_by_id(created.id).state == "DONE")
    done = api.core_api.get_by_id(created.id)
    assert done.metadata.counters == {"TOTAL_ROWS": 2, "CREATED_OBJECTS": 1, "UPDATED_OBJECTS": 0, "ERRORS": 1}
    (error,) = api.public_imports_api.get_errors(created.id).results
    assert (error.source_data.line_number, error.error_type) == (3, "INVALID_EMAIL")
    contact = service.hubspot.crm.contacts.basic_api.get_by_id("zoe@imports.example.net", id_property="email")
    assert contact.properties["firstname"] == "Zoë"
    assert created.id in {one.id for one in api.core_api.get_page().results}


def test_the_client_maps_two_columns_of_one_heading(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Mail,Name,Name\ntwo@imports.example.net,Ada,Lovelace\n")
    names = [{**MAPPINGS[1], "columnName": "Name", "propertyName": name} for name in ("firstname", "lastname")]
    api = service.hubspot.crm.imports
    created = api.core_api.create(import_request=request_of(MAPPINGS[0], *names), files=str(file))
    service.wait_until(lambda: api.core_api.get_by_id(created.id).state == "DONE")
    contact = service.hubspot.crm.contacts.basic_api.get_by_id("two@imports.example.net", id_property="email")
    assert (contact.properties["firstname"], contact.properties["lastname"]) == ("Ada", "Lovelace")


def test_the_client_learns_what_is_wrong(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(b"PK\x03\x04 a workbook")
    with pytest.raises(ApiException) as caught:
        service.hubspot.crm.imports.core_api.create(import_request=request_of(*MAPPINGS), files=str(file))
    (error,) = json.loads(caught.value.body)["errors"]
    assert (caught.value.status, error["in"], "xlsx" in error["message"]) == (400, "files", True)


def test_columns_of_another_object_are_refused(service: Service, tmp_path: Path) -> None:
    """HubSpot imports companies next to contacts. A company's city is not the contact's."""
    file = tmp_path / "people.csv"
    file.write_text("Mail,City\nann@imports.example.net,Rome\n")
    company = {"columnName": "City", "columnObjectTypeId": "0-2", "propertyName": "city"}
    api = service.hubspot.crm.imports
    with pytest.raises(ApiException) as caught:
        api.core_api.create(import_request=request_of(MAPPINGS[0], company), files=str(file))
    (error,) = json.loads(caught.value.body)["errors"]
    assert error["in"] == "files[0].fileImportPage.columnMappings[1].columnObjectTypeId"


def test_a_file_without_a_header_is_refused(service: Service, tmp_path: Path) -> None:
    """Its first person would be taken for the names of the columns."""
    file = tmp_path / "people.csv"
    file.write_text("ann@imports.example.net,Rome\n")
    request = json.loads(request_of(MAPPINGS[0]))
    request["files"][0]["fileImportPage"]["hasHeader"] = False
    with pytest.raises(ApiException) as caught:
        service.hubspot.crm.imports.core_api.create(import_request=json.dumps(request), files=str(file))
    (error,) = json.loads(caught.value.body)["errors"]
    assert error["in"] == "files[0].fileImportPage.hasHeader"


def test_a_repeated_import_makes_no_doubles(service: Service) -> None:
    text = "email,city\n" + "\n".join(f"p{number}@again.example.net,Rome" for number in range(30))
    first, second = (import_file(service, text)["metadata"]["counters"] for _ in range(2))
    assert (first["CREATED_OBJECTS"], second["CREATED_OBJECTS"], second["UPDATED_OBJECTS"]) == (30, 0, 30)
