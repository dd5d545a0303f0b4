"""DynamoDB: the cost of an item's copies and answers depends on its content only.

moto copies an item four times for each update, scalars too, which never change. For an answer it looks up all eleven members of the shape
AttributeValue for every value.
"""

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict

_SERVICES: Final = frozenset({"dynamodb", "dynamodbstreams"})

copy_value = DynamoType.__deepcopy__
copy_item = Item.__deepcopy__
regular = DynamoType.to_regular_json
serialize = BaseJSONSerializer._serialize_type_structure  # noqa: SLF001  (the method to fix)


def install() -> None:
    DynamoType.__deepcopy__ = lambda self, _memo: _copied(self)
    DynamoType.to_regular_json = _regular
    Item.__deepcopy__ = lambda self, _memo: _copied_item(self)
    BaseJSONSerializer._serialize_type_structure = _serialize  # noqa: SLF001  (the method to fix)


def _copied(value: Any) -> Any:
    """Copies what an update changes in place: maps, lists and sets."""
    if not isinstance(value, DynamoType) or not isinstance(value.value, dict | list):
        return value
    copy = object.__new__(DynamoType)
    copy.type, content = value.type, value.value
    if isinstance(content, dict):
        copy.value = {name: _copied(inner) for name, inner in content.items()}
    else:
        copy.value = [_copied(inner) for inner in content]
    return copy


def _copied_item(item: Item) -> Item:
    copy = object.__new__(Item)
    copy.hash_key, copy.range_key, copy.attrs = item.hash_key, item.range_key, LimitedSizeDict()
    dict.update(copy.attrs, {name: _copied(value) for name, value in item.attrs.items()})
    return copy


def _regular(self: DynamoType) -> dict[str, Any]:
    """Returns the value in DynamoDB's JSON, with binary content as bytes."""
    content = self.value
    if isinstance(content, dict):
        content = {name: _plain(inner) for name, inner in content.items()}
    elif isinstance(content, list):
        content = [_plain(inner) for inner in content]
    elif self.type == "B" and isinstance(content, str):
        content = base64.b64decode(content)
    return {self.type: content}


def _plain(value: Any) -> Any:
    return value.to_regular_json() if isinstance(value, DynamoType) else value


def _serialize(self: BaseJSONSerializer, serialized: dict[str, Any], value: Any, shape: Any, key: str) -> None:
    if (
        shape.name == "AttributeValue"
        and type(value) is dict
        and self.operation_model.service_model.service_name in _SERVICES
    ):
        self._default_serialize(serialized, _wire(value), shape, key)
    else:
        serialize(self, serialized, value, shape, key)


def _wire(value: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: _CONTENT.get(kind, str)(content) for kind, content in value.items()}


def _base64(content: str | bytes) -> str:
    return base64.b64encode(content.encode() if isinstance(content, str) else content).decode()


_CONTENT: Final[Mapping[str, Callable[[Any], Any]]] = {
    "M": lambda content: {name: _wire(inner) for name, inner in content.items()},
    "L": lambda content: [_wire(inner) for inner in content],
    "SS": lambda content: list(map(str, content)),
    "NS": lambda content: list(map(str, content)),
    "B": _base64,
    "BS": lambda content: list(map(_base64, content)),
    "BOOL": lambda content: content,
    "NULL": lambda content: content,
}
