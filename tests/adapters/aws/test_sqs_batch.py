"""Messages are put in calls that SQS takes, whatever their sizes are."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.aws.sqs_batch import ENTRIES_MAX, OCTETS_MAX, put_batches


class Queue:
    """Takes all messages, and stores each call."""

    def __init__(self) -> None:
        self.calls: list[list[Any]] = []

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803 - boto3's names
        self.calls.append(Entries)
        return {}


@given(st.lists(st.integers(1, 3 * OCTETS_MAX // 2) | st.integers(1, 200), max_size=30))
def test_each_message_is_put_once_and_in_order(sizes: list[int]) -> None:
    queue: Any = Queue()
    put_batches(
        queue, "url", [("€" * (size // 3) + "x" * (size % 3), number) for number, size in enumerate(sizes)], "jobs"
    )
    put = [entry for call in queue.calls for entry in call]
    assert [(len(entry["MessageBody"].encode()), entry["DelaySeconds"]) for entry in put] == [
        (size, number) for number, size in enumerate(sizes)
    ]
    for call in queue.calls:
        assert len({entry["Id"] for entry in call}) == len(call) <= ENTRIES_MAX
        assert len(call) == 1 or sum(len(entry["MessageBody"].encode()) for entry in call) <= OCTETS_MAX


def test_small_messages_share_a_call() -> None:
    queue: Any = Queue()
    put_batches(queue, "url", [("x", 0)] * 25, "jobs")
    assert [len(call) for call in queue.calls] == [10, 10, 5]
