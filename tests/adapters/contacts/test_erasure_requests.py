"""ports.ErasureRequests: one suite on the fake and on DynamoDB in moto."""

from __future__ import annotations

import uuid

import pytest
from msgspec.structs import replace

from functions import wiring
from functions.ports.contacts import ArchiveScan, ErasureRequest, ErasureRequests
from tests.fakes.contacts import MemoryErasureRequests
from tests.support.aws.cloud import aws_of
from tests.support.examples import NOON_TEXT

EARLIER, LATER = "2026-11-23T11:00:00.000Z", "2026-11-23T13:00:00.000Z"


@pytest.fixture(params=["memory", "dynamo"])
def orders(request: pytest.FixtureRequest) -> ErasureRequests:
    return (
        MemoryErasureRequests()
        if request.param == "memory"
        else aws_of(request).get(wiring.adapters.contacts.erasure_requests)
    )


@pytest.fixture
def email() -> str:
    return f"{uuid.uuid4()}@example.net"


def test_an_erasure_request_is_added_once_saved_and_removed(orders: ErasureRequests, email: str) -> None:
    order = ErasureRequest(address=email, asked_at=NOON_TEXT, by="it@acme.example")
    assert orders.add(order) == order
    further = replace(order, ready=True, scan=2, messages=3)
    orders.save(further)
    assert orders.add(replace(order, asked_at=LATER)) == further
    other = ErasureRequest(address=f"other-{email}", asked_at=EARLIER, by="it@acme.example")
    orders.add(other)
    assert [one for one in orders.all() if one.address.endswith(email)] == [other, further]
    assert orders.get(email) == further
    orders.remove(further)
    orders.remove(further)
    orders.save(further)
    assert orders.get(email) is None, "a late worker brings none back"
    assert [one for one in orders.all() if one.address.endswith(email)] == [other]


def test_a_scan_advances_only_under_its_number(orders: ErasureRequests) -> None:
    before = orders.scan().number
    begun = ArchiveScan(before + 1)
    assert orders.save_scan(begun, before)
    assert not orders.save_scan(ArchiveScan(before + 9), before + 5)
    assert orders.save_scan(ArchiveScan(before + 1, "events/1"), before + 1)
    assert orders.scan() == ArchiveScan(before + 1, "events/1")


def test_any_number_of_requests_is_listed(orders: ErasureRequests, email: str) -> None:
    """One item for all was full at a thousand, and then every erasure failed."""
    for number in range(30):
        orders.add(ErasureRequest(address=f"{number}-{email}", asked_at=NOON_TEXT, by="x" * 40_000))
    assert len([one for one in orders.all() if one.address.endswith(email)]) == 30
