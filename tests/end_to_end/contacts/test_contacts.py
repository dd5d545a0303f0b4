"""One person, from their contact to its erasure, and the audit log of who requested it."""

from __future__ import annotations

import gzip

import pytest

from functions.core import ids
from functions.core.sending.send import ERASED
from tests.end_to_end.service import Service
from tests.end_to_end.support.contacts import AUDIT, CONTACTS, mailed_person
from tests.end_to_end.support.problems import check_shape
from tests.end_to_end.support.sending.schedule import send_later
from tests.end_to_end.support.sending.sends import SEND, request
from tests.support.cli.staffetta_command import failing, staffetta


def archive(service: Service) -> str:
    """All events of ours that are kept, as text."""
    s3, bucket = service.stack.cloud.client("s3"), service.stack.container.settings.events_bucket
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="events/").get("Contents", [])
    packed = (s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read() for one in listed)
    return b"".join(gzip.decompress(one) for one in packed).decode()


def test_one_person_is_erased_and_the_counters_stay(service: Service) -> None:
    email, other = "ada@erase.example.net", "bob@erase.example.net"
    status_id, bobs = mailed_person(service, email), mailed_person(service, other)
    later = send_later(service, email, 3600)["statusId"]
    existing = service.http.get(f"{CONTACTS}/{email}").json()
    assert existing["properties"]["firstname"]["value"] == "Adelaide"
    assert email in archive(service)
    service.http.request("DELETE", f"/marketing/v3/email/send-statuses/{later}")
    service.settle()
    before = service.counters()

    answer = service.http.request("DELETE", f"{CONTACTS}/{email.replace('a', 'A', 1)}")
    assert (answer.status_code, answer.json()["status"]) == (202, "PENDING")

    def is_erased() -> bool:
        """A broadcast of another test may still be sending."""
        service.sweep()
        service.settle()
        return email not in archive(service)

    service.wait_until(is_erased)
    check_shape(service.http.get(f"{CONTACTS}/{email}"), 404, "OBJECT_NOT_FOUND")
    assert service.counters() == before
    assert email not in str(service.status(status_id))
    assert service.status(status_id)["recipients"][0]["address"] == ERASED
    assert other in archive(service)
    assert other in str(service.status(bobs))
    assert service.http.get(f"{CONTACTS}/{other}").ok
    again = service.http.post(SEND, json=request(service, email, sendId=f"of-{email}")).json()
    assert again["statusId"] == status_id
    assert again["sendResult"].startswith("IDEMPOTENT")

    entries = service.http.get(AUDIT).json()["results"]
    reported = {one["action"]: one for one in entries if one.get("subject") == ids.address_hash(email)}
    assert reported.keys() == {"contact.erasure_asked", "contact.erased"}
    assert reported["contact.erased"]["by"]
    assert reported["contact.erased"]["detail"]["messages"] == 2
    assert email not in str(entries)


def test_the_command_erases_at_once(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", service.ready.aws_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", service.stack.cloud.region)
    email = "cleo@erase.example.net"
    status_id = mailed_person(service, email)
    later = send_later(service, email, 3600)["statusId"]
    assert "Erased: 2 messages (1 canceled first)" in staffetta("contacts", "erase", email, "--stage", "local", "--yes")
    assert email not in str((service.status(status_id), service.status(later)))
    assert service.status(later)["status"] == "CANCELED"
    assert "there is no contact and no message" in failing("contacts", "erase", email, "--stage", "local", "--yes")
    check_shape(service.http.request("DELETE", f"{CONTACTS}/{email}"), 404, "OBJECT_NOT_FOUND")


def test_the_log_has_pages_and_reports_every_error(service: Service) -> None:
    for number in range(3):
        service.http.post("/staffetta/v1/api-keys", json={"name": f"log-{number}", "scopes": ["content"]})
    first = service.http.get(AUDIT, params={"limit": 2}).json()
    names = [one["detail"]["name"] for one in first["results"]]
    second = service.http.get(AUDIT, params={"limit": 2, "after": first["paging"]["next"]["after"]}).json()
    assert [*names, second["results"][0]["detail"]["name"]] == ["log-2", "log-1", "log-0"]
    assert {one["action"] for one in first["results"]} == {"api_key.made"}
    answer = service.http.get(AUDIT, params={"limit": 0, "after": "x"})
    check_shape(answer, 400, "VALIDATION_ERROR")
    assert {one["in"] for one in answer.json()["errors"]} == {"limit", "after"}
    check_shape(service.http.request("DELETE", f"{CONTACTS}/nobody"), 400, "VALIDATION_ERROR")
