from __future__ import annotations

import secrets

from functions import wiring
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
    contents = aws.get(wiring.adapters.sent_contents)
    first, late = content_of(a_send(attachments=(A_PDF,)), 0, 2), content_of(a_send(), 1)
    contents.put_all([(first, NOON + 10)])
    contents.put_all([(late, NOON + 20)])
    assert contents.of_send("s-1", NOON) == [first, late]
    assert contents.of_send("another", NOON) == []
    assert A_PDF.content not in str(first)


def test_expired_content_is_not_read_before_dynamodb_deletes_it(aws: Container) -> None:
    contents = aws.get(wiring.adapters.sent_contents)
    contents.put_all([(content_of(a_send(id="s-old"), 0), NOON + 10)])
    assert contents.of_send("s-old", NOON + 10) == []


def test_deleting_takes_all_of_a_send_and_nothing_else(aws: Container) -> None:
    contents = aws.get(wiring.adapters.sent_contents)
    for send_id, number in (("s-3", 0), ("s-3", 1), ("s-2", 0)):
        contents.put_all([(content_of(a_send(id=send_id), number), NOON + 10)])
    contents.delete("s-3")
    assert (contents.of_send("s-3", NOON), len(contents.of_send("s-2", NOON))) == ([], 1)
    contents.delete("s-3")


def test_very_large_values_are_not_stored(aws: Container) -> None:
    contents = aws.get(wiring.adapters.sent_contents)
    contents.put_all(
        [(content_of(a_send(id="s-large", custom={"blob": secrets.token_hex(STORED_BYTES_MAX)}), 0), NOON + 10)]
    )
    assert contents.of_send("s-large", NOON) == []


def test_the_values_of_a_usual_mail_take_one_write_unit(aws: Container) -> None:
    lines = [{"sku": f"sku-{number:06}", "name": f"Café crème, set of {number}", "price": 9.5} for number in range(20)]
    contents = aws.get(wiring.adapters.sent_contents)
    contents.put_all([(content_of(a_send(id="s-usual", custom={"order": "A-1042", "lines": lines}), 0), NOON + 10)])
    table = aws.settings.content_table
    key = {"send_id": {"S": "s-usual"}, "part": {"N": "0"}}
    item = aws.get(wiring.clients.dynamodb).get_item(TableName=table, Key=key)["Item"]
    assert len(item["content"]["B"]) < 900


def test_many_contents_are_stored_together(aws: Container) -> None:
    """More than one request of DynamoDB takes, and one key twice: the last one counts."""
    contents = aws.get(wiring.adapters.sent_contents)
    many = [(content_of(a_send(id=f"s-many-{number}"), 0), NOON + 10) for number in range(30)]
    again = content_of(a_send(id="s-many-0", custom={"order": "again"}), 0)
    contents.put_all([*many, (again, NOON + 10)])
    assert contents.of_send("s-many-0", NOON) == [again]
    assert contents.of_send("s-many-29", NOON) == [many[29][0]]
