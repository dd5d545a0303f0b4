"""DynamoDB: an item has at most 400 KB, counted in UTF-8 and with its attribute names.

moto counts an item's top-level values, with a limit of 405,000 bytes. An update of a nested value is not counted, so a map grows without a limit.
The Developer Guide states how each type counts ("DynamoDB item sizes and formats").
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Final

from moto.dynamodb.exceptions import ItemSizeTooLarge, ItemSizeToUpdateTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict

from infra.local.cloud.moto_fixes import dynamodb

MAX_BYTES: Final = 400 * 1024
_CONTAINER_BYTES: Final = 3
_ELEMENT_BYTES: Final = 1

_put_item = DynamoDBBackend.put_item
_update_item = DynamoDBBackend.update_item
_in_transaction = ContextVar("in_transaction", default=False)


class ValidationError(Exception):
    """The reason why an update cancels its transaction: moto reports an exception's name as the code of the reason."""


def install() -> None:
    """Install after `moto_fixes.dynamodb`, whose transaction this one runs."""
    LimitedSizeDict.__setitem__ = dict.__setitem__
    DynamoDBBackend.put_item = put_item
    DynamoDBBackend.update_item = update_item
    DynamoDBBackend.transact_write_items = transact_write_items


def transact_write_items(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    token = _in_transaction.set(True)
    try:
        dynamodb.transact_write_items(self, transact_items)
    finally:
        _in_transaction.reset(token)


def put_item(self: DynamoDBBackend, table_name: str, item_attrs: dict[str, Any], *args: Any, **settings: Any) -> Item:
    if item_bytes(item_attrs) > MAX_BYTES:
        raise ItemSizeTooLarge
    return _put_item(self, table_name, item_attrs, *args, **settings)


def update_item(self: DynamoDBBackend, table_name: str, key: dict[str, Any], *args: Any, **settings: Any) -> Item:
    undo = dynamodb._undo(self, [{"Update": {"TableName": table_name, "Key": key}}])  # noqa: SLF001  (the same package)
    item = _update_item(self, table_name, key, *args, **settings)
    if item_bytes(item.attrs) > MAX_BYTES:
        undo()
        refusal = ItemSizeToUpdateTooLarge()
        raise ValidationError(str(refusal)) if _in_transaction.get() else refusal
    return item


def item_bytes(attributes: Mapping[str, Any]) -> int:
    return sum(_text_bytes(name) + _value_bytes(value) for name, value in attributes.items())


def _value_bytes(value: DynamoType | dict[str, Any]) -> int:
    """The size of a value in moto's type or in its wire form."""
    kind, content = (value.type, value.value) if isinstance(value, DynamoType) else next(iter(value.items()))
    match kind:
        case "M":
            return _CONTAINER_BYTES + len(content) * _ELEMENT_BYTES + item_bytes(content)
        case "L":
            return _CONTAINER_BYTES + sum(_ELEMENT_BYTES + _value_bytes(element) for element in content)
        case "SS" | "NS" | "BS":
            return sum(_value_bytes({kind[0]: element}) for element in content)
    return _SCALAR_BYTES[kind](content)


def _text_bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _number_bytes(number: Any) -> int:
    """One byte for each two significant digits, one more, and one for a minus."""
    text = str(number)
    digits = text.lower().partition("e")[0].replace(".", "").strip("+-0")
    return (len(digits) + 1) // 2 + 1 + text.startswith("-")


def _binary_bytes(content: bytes | str) -> int:
    return len(content) if isinstance(content, bytes) else len(content) * 3 // 4 - content.count("=")


_SCALAR_BYTES: Final[Mapping[str, Callable[[Any], int]]] = {
    "S": _text_bytes,
    "N": _number_bytes,
    "B": _binary_bytes,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
}
