"""Queues whose cost does not grow with their messages."""

from __future__ import annotations

import ast
import inspect
import time

from moto.core import utils
from moto.sqs import models as sqs_models
from moto.sqs import utils as sqs_utils

from infra.local.cloud import Cloud, moto_fixes
from tests.support.aws.stock_moto import stock_source


def test_a_message_past_its_retention_is_not_received(cloud: Cloud) -> None:
    """The fix for speed preserves the rule."""
    queue = cloud.client("sqs").create_queue(QueueName="old", Attributes={"MessageRetentionPeriod": "60"})["QueueUrl"]
    cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="old")
    moto_fixes.install(lambda: time.time() + 61)
    assert "Messages" not in cloud.client("sqs").receive_message(QueueUrl=queue, VisibilityTimeout=0)


def test_stock_moto_counts_the_queue_for_every_message() -> None:
    """If the retention check no longer reads the queue's attributes, drop the fix."""
    tree = ast.parse(inspect.getsource(sqs_models))
    (method,) = [
        node for node in ast.walk(tree) if getattr(node, "name", "") == "is_message_valid_based_on_retention_period"
    ]
    assert "get_queue_attributes" in ast.unparse(method)


def test_a_message_received_again_has_another_handle(cloud: Cloud) -> None:
    queue = cloud.client("sqs").create_queue(QueueName="handles")["QueueUrl"]
    cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="m")
    received = [
        cloud.client("sqs").receive_message(QueueUrl=queue, VisibilityTimeout=0)["Messages"][0] for _ in range(2)
    ]
    handles = {message["ReceiptHandle"] for message in received}
    assert len(handles) == 2
    assert all(len(handle) == 185 and handle.isalpha() and handle.islower() for handle in handles)


def test_stock_moto_spells_names_and_handles_letter_by_letter() -> None:
    """If moto caches the names, or draws a handle at once, drop the fix."""
    assert not hasattr(utils.camelcase_to_underscores, "cache_info")
    assert "for x in range(length)" in stock_source(sqs_utils.generate_receipt_handle)
