"""Values of items, copied only where they change."""

from __future__ import annotations

from infra.local.cloud import Cloud
from infra.local.cloud.moto_fixes import (
    dynamodb_values,
)
from tests.support.aws.moto_tables import ITEM, key, records, table, update
from tests.support.aws.stock_moto import stock_source


def test_an_old_image_outlives_a_change_in_place(cloud: Cloud) -> None:
    """An update changes maps, lists and sets in place."""
    client = table(cloud, "imaged", ranged=False, view="NEW_AND_OLD_IMAGES")
    client.put_item(TableName="imaged", Item={**key("a"), **ITEM})
    for expression in ("SET m.y = :text, l[0] = :text", "ADD s :set", "DELETE s :gone"):
        update(client, "imaged", expression)
    images = [
        (record["dynamodb"]["OldImage"], record["dynamodb"]["NewImage"]) for record in records(cloud, "imaged")[1:]
    ]
    assert images[0][0] == {**key("a"), **ITEM}
    assert images[0][1]["m"] == {"M": {"y": {"S": "t"}}}
    assert images[0][1]["l"]["L"][0] == {"S": "t"}
    assert [(set(old["s"]["SS"]), set(new["s"]["SS"])) for old, new in images] == [
        ({"p", "q"}, {"p", "q"}),
        ({"p", "q"}, {"p", "q", "t"}),
        ({"p", "q", "t"}, {"p", "t"}),
    ]


def test_stock_moto_copies_all_values() -> None:
    assert "copy.deepcopy(value, memo)" in stock_source(dynamodb_values.copy_item)
    assert "memo[id(self)]" in stock_source(dynamodb_values.copy_value)
    assert "copy.deepcopy(self.value)" in stock_source(dynamodb_values.regular)
    assert "AttributeValue" not in stock_source(dynamodb_values.serialize)
