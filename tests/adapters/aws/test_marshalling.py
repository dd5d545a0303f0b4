"""Typed items, held against the SDK's own serializer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.aws.marshalling import from_item, to_item
from functions.core.sending.send import State

WHOLE = st.integers(-(10**37), 10**37)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.text()
    | WHOLE
    | st.sampled_from(State)
    | st.sets(st.text(), min_size=1)
    | st.sets(WHOLE, min_size=1),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(), VALUES.filter(lambda value: value is not None)))
def test_items_equal_the_sdks_and_come_back_unchanged(values: dict[str, Any]) -> None:
    item = to_item(values)
    serializer, deserializer = TypeSerializer(), TypeDeserializer()
    sdk = {name: serializer.serialize(value) for name, value in values.items()}
    assert {name: deserializer.deserialize(value) for name, value in item.items()} == {
        name: deserializer.deserialize(value) for name, value in sdk.items()
    }
    assert from_item(item) == from_item(sdk) == values


def test_nothing_is_left_out_but_none_at_the_top() -> None:
    assert to_item({"none": None, "inner": {"none": None}}) == {"inner": {"M": {"none": {"NULL": True}}}}
    assert to_item({"pair": (1, "a")}) == {"pair": {"L": [{"N": "1"}, {"S": "a"}]}}


@pytest.mark.parametrize("value", [1.5, Decimal(1), bytearray(b"x"), object(), set(), {1, "a"}, {True}])
def test_a_value_that_cannot_be_stored_is_an_error(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot be stored"):
        to_item({"x": [value]})
