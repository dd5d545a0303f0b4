from __future__ import annotations

import secrets
from typing import Any

import pytest

from functions import wiring
from functions.adapters.sending.sent_contents import SHARED_BYTES_MAX, SHARED_MAX, SHARED_SECONDS, DynamoSentContents
from functions.core.sending import sent_content
from functions.core.sending.send import Send
from functions.core.sending.sent_content import STORED_BYTES_MAX, SentContent
from functions.wiring import Container
from tests.support.examples import A_PDF, NOON, a_send


def content_of(send: Send, *numbers: int) -> SentContent:
    return sent_content.of(
        send, numbers=numbers, built_at=NOON + 0.25, language="en", contact={"firstname": "Zoë"}, web_versions=("h",)
    )


def test_what_was_sent_is_read_as_it_was(aws: Container) -> None:
    contents = aws.get(wiring.adapters.sending.sent_contents)
    first, late = content_of(a_send(attachments=(A_PDF,)), 0, 2), content_of(a_send(), 1)
    contents.put_all([(first, NOON + 10)])
    contents.put_all([(late, NOON + 20)])
    assert contents.of_send("s-1", NOON) == [first, late]
    assert contents.of_send("another", NOON) == []
    assert A_PDF.content not in str(first)


def test_expired_content_is_not_read_before_dynamodb_deletes_it(aws: Container) -> None:
    contents = aws.get(wiring.adapters.sending.sent_contents)
    contents.put_all([(content_of(a_send(id="s-old"), 0), NOON + 10)])
    assert contents.of_send("s-old", NOON + 10) == []


def test_deleting_takes_all_of_a_send_and_nothing_else(aws: Container) -> None:
    contents = aws.get(wiring.adapters.sending.sent_contents)
    for send_id, number in (("s-3", 0), ("s-3", 1), ("s-2", 0)):
        contents.put_all([(content_of(a_send(id=send_id), number), NOON + 10)])
    contents.delete("s-3")
    assert (contents.of_send("s-3", NOON), len(contents.of_send("s-2", NOON))) == ([], 1)
    contents.delete("s-3")


def test_very_large_values_are_not_stored(aws: Container) -> None:
    contents = aws.get(wiring.adapters.sending.sent_contents)
    contents.put_all(
        [(content_of(a_send(id="s-large", custom={"blob": secrets.token_hex(STORED_BYTES_MAX)}), 0), NOON + 10)]
    )
    assert contents.of_send("s-large", NOON) == []


def test_the_values_of_a_usual_mail_take_one_write_unit(aws: Container) -> None:
    lines = [{"sku": f"sku-{number:06}", "name": f"Café crème, set of {number}", "price": 9.5} for number in range(20)]
    contents = aws.get(wiring.adapters.sending.sent_contents)
    contents.put_all([(content_of(a_send(id="s-usual", custom={"order": "A-1042", "lines": lines}), 0), NOON + 10)])
    table = aws.settings.content_table
    key = {"send_id": {"S": "s-usual"}, "part": {"N": "0"}}
    item = aws.get(wiring.clients.dynamodb).get_item(TableName=table, Key=key)["Item"]
    assert len(item["content"]["B"]) < 900


def test_many_contents_are_stored_together(aws: Container) -> None:
    """More than one request of DynamoDB takes, and one key twice: the last one counts."""
    contents = aws.get(wiring.adapters.sending.sent_contents)
    many = [(content_of(a_send(id=f"s-many-{number}"), 0), NOON + 10) for number in range(30)]
    again = content_of(a_send(id="s-many-0", custom={"order": "again"}), 0)
    contents.put_all([*many, (again, NOON + 10)])
    assert contents.of_send("s-many-0", NOON) == [again]
    assert contents.of_send("s-many-29", NOON) == [many[29][0]]


@pytest.fixture
def batch() -> str:
    return secrets.token_urlsafe(12)


def receipt_of(number: int) -> SentContent:
    lines = [
        {"sku": f"sku-{number * 7919 + line * 104729:09}", "name": f"Café crème, set of {line * number}", "price": 9.5}
        for line in range(20)
    ]
    return content_of(a_send(id=f"s-shared-{number}", custom={"order": f"A-{number}", "lines": lines}), 0)


def shared_items(aws: Container, batch: str) -> list[dict[str, Any]]:
    return aws.get(wiring.clients.dynamodb).query(
        TableName=aws.settings.content_table,
        KeyConditionExpression="send_id = :batch",
        ExpressionAttributeValues={":batch": {"S": batch}},
    )["Items"]


def test_a_batch_shares_an_item_that_each_send_finds(aws: Container, batch: str) -> None:
    contents = aws.get(wiring.adapters.sending.sent_contents)
    receipts = [receipt_of(number) for number in range(10)]
    contents.put_all([(receipt, NOON + 10) for receipt in receipts], batch)
    assert [contents.of_send(f"s-shared-{number}", NOON, batch) for number in range(10)] == [[one] for one in receipts]
    assert contents.of_send("s-shared-0", NOON) == []
    assert contents.of_send("s-shared-0", NOON + 10, batch) == []


def test_ten_receipts_of_a_batch_take_four_write_units(aws: Container, batch: str) -> None:
    aws.get(wiring.adapters.sending.sent_contents).put_all(
        [(receipt_of(number), NOON + 10) for number in range(10)], batch
    )
    (item,) = shared_items(aws, batch)
    assert len(item["contents"]["B"]) < 4 * 1024


def test_large_and_early_contents_have_items_of_their_own(aws: Container, batch: str) -> None:
    contents = aws.get(wiring.adapters.sending.sent_contents)
    large = content_of(a_send(id="s-big", custom={"text": "long " * SHARED_BYTES_MAX}), 0)
    early = content_of(a_send(id="s-early"), 0)
    expiries = [(large, NOON + SHARED_SECONDS + 1), (early, NOON), (receipt_of(1), NOON + SHARED_SECONDS + 1)]
    contents.put_all(expiries, batch)
    assert contents.of_send("s-big", NOON) == [large]
    assert contents.of_send("s-early", NOON - 1) == [early]
    (item,) = shared_items(aws, batch)
    assert item["expires_at"]["N"] == str(int(NOON + SHARED_SECONDS + 1))


def test_a_shared_item_expires_with_its_earliest_content(aws: Container, batch: str) -> None:
    contents = aws.get(wiring.adapters.sending.sent_contents)
    contents.put_all([(receipt_of(1), NOON + SHARED_SECONDS), (receipt_of(2), NOON)], batch)
    (item,) = shared_items(aws, batch)
    assert item["expires_at"]["N"] == str(int(NOON))


def test_no_shared_item_outgrows_dynamodb(aws: Container, batch: str) -> None:
    """Each content is as large and as random as a shared one may be."""
    contents = aws.get(wiring.adapters.sending.sent_contents)
    half = SHARED_BYTES_MAX // 2 - 1000
    largest = [
        content_of(a_send(id=f"s-{number}", custom={"blob": secrets.token_hex(half)}), 0)
        for number in range(2 * SHARED_MAX)
    ]
    contents.put_all([(one, NOON + 10) for one in largest], batch)
    assert len(shared_items(aws, batch)) == 2
    assert contents.of_send(f"s-{2 * SHARED_MAX - 1}", NOON, batch) == [largest[-1]]


def test_deleting_takes_one_send_out_of_its_batch(aws: Container, batch: str) -> None:
    contents = aws.get(wiring.adapters.sending.sent_contents)
    contents.put_all([(receipt_of(number), NOON + 10) for number in range(3)], batch)
    contents.delete("s-shared-1", {batch, "an-expired-batch"})
    left = [len(contents.of_send(f"s-shared-{number}", NOON, batch)) for number in range(3)]
    assert left == [1, 0, 1]


class Slow:
    """A client before whose first write something else happens."""

    def __init__(self, client: Any, between: Any) -> None:
        self._client, self._between = client, between

    def update_item(self, **request: Any) -> Any:
        between, self._between = self._between, lambda: None
        between()
        return self._client.update_item(**request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def test_two_erasures_of_one_batch_lose_nothing(aws: Container, batch: str) -> None:
    contents = aws.get(wiring.adapters.sending.sent_contents)
    contents.put_all([(receipt_of(number), NOON + 10) for number in range(3)], batch)
    slow = Slow(contents.client, lambda: contents.delete("s-shared-0", [batch]))
    DynamoSentContents(slow, contents.table).delete("s-shared-1", [batch])  # type: ignore[arg-type]  # a fake
    assert [len(contents.of_send(f"s-shared-{number}", NOON, batch)) for number in range(3)] == [0, 0, 1]


def test_an_erasure_revives_no_item_that_dynamodb_deleted(aws: Container, batch: str) -> None:
    contents = aws.get(wiring.adapters.sending.sent_contents)
    contents.put_all([(receipt_of(1), NOON + 10), (receipt_of(2), NOON + 10)], batch)
    key = {"send_id": {"S": batch}, "part": {"N": "0"}}
    slow = Slow(contents.client, lambda: contents.client.delete_item(TableName=contents.table, Key=key))
    DynamoSentContents(slow, contents.table).delete("s-shared-1", [batch])  # type: ignore[arg-type]  # a fake
    assert shared_items(aws, batch) == []
