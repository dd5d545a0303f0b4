"""One suite for the fake and for the adapter."""

from __future__ import annotations

import pytest

from functions import wiring
from functions.adapters.templates.partials import DynamoPartials
from functions.core.errors import NotFound, Rejected
from functions.ports.templates import Partials
from functions.steps.templates.partials import PartialLibrary
from tests.fakes.templates import MemoryPartials
from tests.support.aws.cloud import aws_of


@pytest.fixture(params=["memory", "dynamo"])
def partials(request: pytest.FixtureRequest) -> Partials:
    if request.param == "memory":
        return MemoryPartials()
    container = aws_of(request)
    stored = DynamoPartials(container.get(wiring.clients.dynamodb), container.settings.emails_table)
    for name in stored.names():
        stored.delete(name)
    return stored


def test_partials_are_stored_replaced_listed_and_removed(partials: Partials) -> None:
    assert (partials.get("a"), partials.names()) == (None, [])
    partials.put("b", "one")
    partials.put("a", "")
    partials.put("b", "two {{ é }}")
    assert (partials.get("a"), partials.get("b"), partials.names()) == ("", "two {{ é }}", ["a", "b"])
    assert (partials.delete("b"), partials.delete("b"), partials.names()) == (True, False, ["a"])


def test_a_list_longer_than_a_page_is_whole(partials: Partials) -> None:
    for number in range(12):
        partials.put(f"page{number:02}", "x" * 100_000)
    assert partials.names() == [f"page{number:02}" for number in range(12)]


def test_a_stored_partial_overrides_a_bundled_one(partials: Partials) -> None:
    sharing = PartialLibrary(stored=partials, bundled={"head": "bundled"}.get, bundled_names=lambda: ["head"])
    assert (sharing.find("head"), sharing.get("head").bundled, sharing.list()) == ("bundled", True, [("head", True)])
    sharing.put("head", "mine")
    assert (sharing.find("head"), sharing.get("head").bundled, sharing.list()) == ("mine", False, [("head", False)])
    sharing.delete("head")
    assert sharing.find("head") == "bundled"
    for name in ("head", "nothing", "../x"):
        with pytest.raises(NotFound):
            sharing.delete(name)
    with pytest.raises(NotFound):
        sharing.get("../x")
    with pytest.raises(Rejected, match="1 to 128 letters"):
        sharing.put("a b", "x" * 300_001)
