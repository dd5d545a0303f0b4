"""Requests are read and answered without a search, and whole."""

from __future__ import annotations

import http.client
import os
import re
import urllib.parse

import pytest
from moto.core import utils
from moto.moto_api._internal.moto_random import MotoRandom

from infra.local.cloud import Cloud
from infra.local.cloud.moto_fixes import (
    responses,
)
from tests.support.aws.moto_tables import key, table
from tests.support.aws.stock_moto import stock_source


def test_no_request_looks_through_the_disk(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    client = cloud.client("sqs")
    client.list_queues()
    monkeypatch.setattr(os, "listdir", lambda path: pytest.fail(f"looked into {path}"))
    assert client.list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_an_item_is_returned_whole(cloud: Cloud) -> None:
    """It has every type, and names that moto might take for others."""
    client = table(cloud, "answers", ranged=False)
    item = {
        "pk": {"S": "a"},
        "S": {"M": {"M": {"L": [{"N": "1"}, {"NULL": True}, {"BOOL": False}]}, "n_s": {"NS": ["1", "2"]}}},
        "item": {"SS": ["b"]},
        "bytes": {"B": b"\x00\xff"},
    }
    client.put_item(TableName="answers", Item=item)
    assert client.get_item(TableName="answers", Key=key("a"))["Item"] == item
    assert client.query(
        TableName="answers", KeyConditionExpression="pk = :a", ExpressionAttributeValues={":a": {"S": "a"}}
    )["Items"] == [item]


def test_stock_moto_needs_it() -> None:
    assert "list_of_moto_modules()" in stock_source(responses.find_backend)
    assert "get_possible_keys(context)" in stock_source(responses.pick)
    assert "cache" not in stock_source(responses.possible_names)


def test_a_json_body_is_no_form(cloud: Cloud) -> None:
    queue = cloud.client("sqs").create_queue(QueueName="json")["QueueUrl"]
    cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="&Action=ListQueues&a=b")
    (message,) = cloud.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert message["Body"] == "&Action=ListQueues&a=b"


def test_a_queue_has_an_address_of_its_own(cloud: Cloud) -> None:
    """A program without the JSON protocol sends to it."""
    cloud.client("sqs").create_queue(QueueName="addressed")
    form = urllib.parse.urlencode({"Action": "SendMessage", "MessageBody": "by form", "Version": "2012-11-05"})
    address = urllib.parse.urlsplit(cloud.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
    credential = "AWS4-HMAC-SHA256 Credential=anyone/20260101/us-east-1/sqs/aws4_request"
    headers = {"Authorization": credential, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"/{cloud.account_id}/addressed", form, headers)
    assert b"<MessageId>" in connection.getresponse().read()
    connection.close()


@pytest.mark.parametrize(("length", "lower_case"), [(0, False), (52, False), (52, True)])
def test_random_texts_have_their_length_and_case(length: int, lower_case: bool) -> None:
    text = MotoRandom().get_random_string(length, lower_case=lower_case)
    assert re.fullmatch(f"[{'' if lower_case else 'A-Z'}a-z0-9]{{{length}}}", text)


def test_stock_moto_computes_it_for_each_call() -> None:
    assert "getmembers" in stock_source(utils.method_names_from_class)
    assert "method_names_from_class(self.__class__)" in stock_source(responses.call_action)
    assert "parse_qsl(" in stock_source(responses.set_up)
    assert "self.url_root" in stock_source(responses.raw_url)
    assert "for i in range(length)" in stock_source(responses.random_string)
    assert "_create_account_specific_backend" in stock_source(responses.state_of)
