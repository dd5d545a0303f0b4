"""Ids and instants."""

from __future__ import annotations

from uuid import RFC_4122, UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.core import ids, timestamps
from tests.support.examples import NOON, NOON_TEXT

NOW = 1_795_435_200_001


def test_ids_are_derived_and_kept_apart() -> None:
    """These are stored for ever: another value would be another send."""
    assert ids.for_send_id("order-42") == "bb591fad-b75f-50c1-b47b-9dd11447c3e0"
    assert ids.for_send_id("order-42") == ids.for_send_id("order-42") != ids.for_send_id("order-43")
    assert ids.event_id(0, "x") != ids.for_send_id("x")
    assert ids.event_id(NOW, "x") == ids.event_id(NOW, "x") != ids.event_id(NOW, "x", "")
    assert UUID(ids.event_id(NOW, "x")).version == 8
    assert ids.event_accepted(ids.event_id(NOW, "x")) == NOW == timestamps.milliseconds("2026-11-23T12:00:00.001Z")
    assert ids.digest("a", "b") != ids.digest("ab") != ids.digest("b", "a")
    assert len(ids.secret_id("s")) == 64


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T12:00:00Z",
        "2026-11-23T12:00:00.000Z",
        "2026-11-23T13:00:00+01:00",
        "2026-11-23 12:00",
        "20261123T120000Z",
    ],
)
def test_every_spelling_of_an_instant_is_stored_alike(text: str) -> None:
    assert timestamps.parse(text) == NOON
    assert timestamps.normalized(text) == NOON_TEXT


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_what_is_no_instant_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        timestamps.normalized(text)


@given(st.integers(0, 253_402_300_799_999))  # to the end of the year 9999
@example(19_171_332_374_244)  # 2577: its float is a little less than .244
def test_milliseconds_survive_the_round_trip(milliseconds: int) -> None:
    text = timestamps.iso(milliseconds / 1000)
    assert round(timestamps.parse(text) * 1000) == milliseconds
    assert timestamps.normalized(text) == text
    assert text.startswith(timestamps.hour(text))


@given(st.integers(0, 4_000_000_000), st.integers(0, 4_000_000_000))
def test_texts_sort_as_their_instants(one: int, other: int) -> None:
    assert (timestamps.iso(one) < timestamps.iso(other)) is (one < other)


@given(st.binary(min_size=16, max_size=32), st.sampled_from([5, 8]))
def test_an_id_is_a_uuid_of_its_version(octets: bytes, version: int) -> None:
    ours = UUID(ids._uuid(octets, version=version))
    assert (ours.version, ours.variant, str(ours)) == (version, RFC_4122, ids._uuid(octets, version=version))
    if version == 5:
        assert ours == UUID(bytes=octets[:16], version=5)
    assert UUID(ids.uuid4(octets)) == UUID(bytes=octets[:16], version=4)
