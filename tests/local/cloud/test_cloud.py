"""The account itself: one entry point for sockets and in-process clients, one lock, long polls outside it, listeners."""

import contextlib
import functools
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from infra.local.cloud import CallRecord, Cloud
from infra.local.cloud.sources import QueueState
from infra.local.cloud.wsgi import WsgiResponse

WAIT_S = 5
Connect = Callable[..., Any]


def table(cloud: Cloud, name: str, **settings: Any) -> Any:
    dynamodb = cloud.client("dynamodb")
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **settings,
    )
    return dynamodb


def test_both_ways_in_are_one_account(cloud: Cloud, connect: Connect) -> None:
    """A client over HTTP reads what a client in this process created, and the reverse."""
    table(cloud, "shared").put_item(TableName="shared", Item={"pk": {"S": "a"}})
    over_http = connect("dynamodb")
    over_http.put_item(TableName="shared", Item={"pk": {"S": "b"}})
    assert (
        over_http.scan(TableName="shared")["Count"] == cloud.client("dynamodb").scan(TableName="shared")["Count"] == 2
    )


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/csv"])
def test_an_upload_is_stored_whatever_its_type(cloud: Cloud, connect: Connect, kind: str) -> None:
    """`curl -X PUT --data-binary` sends the type of a form with any file."""
    client = connect("s3")
    client.create_bucket(Bucket="uploads")
    client.put_object(Bucket="uploads", Key="f", Body=b"email,code&x=1", ContentType=kind)
    assert client.get_object(Bucket="uploads", Key="f")["Body"].read() == b"email,code&x=1"


@pytest.mark.parametrize("over_http", [False, True])
def test_every_protocol_passes(cloud: Cloud, connect: Connect, over_http: bool) -> None:
    """Query, JSON, REST-JSON and REST-XML work. Bodies are binary-safe, keys may be any text, files stream."""
    client = connect if over_http else cloud.client
    bucket = f"bucket-{over_http}".lower()
    client("s3").create_bucket(Bucket=bucket)
    client("s3").put_object(Bucket=bucket, Key="a b/ü+%.bin", Body=bytes(range(256)))
    assert client("s3").get_object(Bucket=bucket, Key="a b/ü+%.bin")["Body"].read() == bytes(range(256))
    client("s3").upload_file(__file__, bucket, "file")
    assert client("s3").head_object(Bucket=bucket, Key="file")["ContentLength"] == Path(__file__).stat().st_size
    assert client("sts").get_caller_identity()["Account"] == cloud.account_id
    assert client("sns").create_topic(Name=f"topic-{over_http}")["TopicArn"]
    assert client("scheduler").list_schedule_groups()["ScheduleGroups"]
    client("cloudwatch").put_metric_data(Namespace="N", MetricData=[{"MetricName": "m", "Value": 1.0}])


def test_clients_are_cached_and_errors_are_botocores(cloud: Cloud) -> None:
    """A second call returns the same client. It raises what boto3 raises."""
    assert cloud.client("sqs") is cloud.client("sqs")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        cloud.client("dynamodb").describe_table(TableName="nobody")


def test_a_crash_in_moto_is_an_answer(cloud: Cloud) -> None:
    """An operation that moto has not implemented gives an error response, not a dropped connection."""
    with pytest.raises(ClientError, match=r"InternalFailure.*not been implemented"):
        cloud.client("apigatewayv2").get_authorizers(ApiId="x")


def test_two_calls_never_meet_in_moto() -> None:
    """Stock moto loses acknowledged writes of two threads. Here the second thread waits outside."""
    account = Cloud()
    account.client("sqs")
    both_inside = threading.Barrier(2)
    met: list[bool] = []

    def moto(_service: str, _environ: dict[str, Any]) -> WsgiResponse:
        with contextlib.suppress(threading.BrokenBarrierError):
            both_inside.wait(0.3)
            met.append(True)
        return WsgiResponse(200, (), b"{}")

    account._moto = moto  # type: ignore[assignment]  # the application that the lock protects
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: account.client("sqs").list_queues(), range(2)))
    assert not met


def test_no_record_of_an_unfinished_transaction_is_read(cloud: Cloud) -> None:
    """A cancelled transaction takes its records back. A reader waits until it did."""
    dynamodb = table(cloud, "followed", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    arn = dynamodb.describe_table(TableName="followed")["Table"]["LatestStreamArn"]
    dynamodb.put_item(TableName="followed", Item={"pk": {"S": "a"}})
    with ThreadPoolExecutor(1) as pool:
        with cloud._lock:
            reading = pool.submit(cloud.stream_records, arn, 0, 10)
            with pytest.raises(TimeoutError):
                reading.result(0.1)
        (record,) = reading.result()
    assert record["dynamodb"]["Keys"] == {"pk": {"S": "a"}}
    assert cloud.shard(arn)[1] == 1
    assert cloud.stream_records(arn, 1, 10) == []


def test_a_table_without_a_stream_has_no_records(cloud: Cloud) -> None:
    table(cloud, "alone")
    with pytest.raises(KeyError):
        cloud.shard("arn:aws:dynamodb:us-east-1:123456789012:table/alone/stream/now")


def test_the_state_of_a_queue_counts_what_waits(cloud: Cloud) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="watched")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:123456789012:watched"
    assert cloud.queue_state(arn) == QueueState(receivable=False, empty=True)
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=600)
    assert cloud.queue_state(arn) == QueueState(receivable=False, empty=False)
    sqs.send_message(QueueUrl=url, MessageBody="now")
    assert cloud.queue_state(arn) == QueueState(receivable=True, empty=False)
    sqs.receive_message(QueueUrl=url)
    assert cloud.queue_state(arn) == QueueState(receivable=False, empty=False)


def test_nothing_is_lost_under_threads(cloud: Cloud, connect: Connect) -> None:
    """Eight threads put items while transactions are cancelled, in process and over HTTP, on a table with items."""
    dynamodb = table(cloud, "busy")
    for i in range(0, 600, 25):
        written = [{"PutRequest": {"Item": {"pk": {"S": f"there-{n}"}}}} for n in range(i, i + 25)]
        dynamodb.batch_write_item(RequestItems={"busy": written})
    clients = [connect("dynamodb") if i % 2 else dynamodb for i in range(8)]

    def put(key: str) -> dict[str, Any]:
        return {
            "Put": {
                "TableName": "busy",
                "Item": {"pk": {"S": key}},
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }

    def work(thread: int) -> set[str]:
        for i in range(20):
            clients[thread].put_item(TableName="busy", Item={"pk": {"S": f"{thread}-{i}"}})
            if i % 3 == 0:
                with pytest.raises(ClientError, match="TransactionCanceled"):
                    clients[thread].transact_write_items(TransactItems=[put(f"lost-{thread}-{i}"), put("there-0")])
        return {f"{thread}-{i}" for i in range(20)}

    with ThreadPoolExecutor(8) as pool:
        acknowledged = set().union(*pool.map(work, range(8)))
    keys = {item["pk"]["S"] for item in dynamodb.scan(TableName="busy")["Items"]}
    assert keys == acknowledged | {f"there-{i}" for i in range(600)}


class Poller(threading.Thread):
    """Receives one message, or none, in its own thread."""

    def __init__(self, sqs: Any, queue: str, **wait: int) -> None:
        super().__init__(daemon=True)
        self._receive = functools.partial(sqs.receive_message, QueueUrl=queue, **wait)
        self.messages: list[Any] = []
        self.took_s = 0.0

    def run(self) -> None:
        started = time.monotonic()
        self.messages = self._receive().get("Messages", [])
        self.took_s = time.monotonic() - started


@pytest.mark.parametrize("by_queue", [False, True])
def test_a_long_poll_blocks_no_call_and_ends_early(cloud: Cloud, connect: Connect, by_queue: bool) -> None:
    """The wait time is the call's or the queue's. Other calls are served meanwhile, and a message ends it at once."""
    attributes = {"ReceiveMessageWaitTimeSeconds": "20"} if by_queue else {}
    queue = cloud.client("sqs").create_queue(QueueName=f"poll-{by_queue}", Attributes=attributes)["QueueUrl"]
    poller = Poller(connect("sqs"), queue, **({} if by_queue else {"WaitTimeSeconds": 20}))
    poller.start()
    started = time.monotonic()
    for _ in range(10):
        cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
    assert time.monotonic() - started < 15  # and not the 20 of the poll, however busy the machine
    assert poller.is_alive()
    connect("sqs").send_message(QueueUrl=queue, MessageBody="now")
    poller.join(WAIT_S)
    assert [message["Body"] for message in poller.messages] == ["now"]


def test_a_long_poll_ends_empty_after_its_wait(cloud: Cloud) -> None:
    """An explicit zero overrides the queue's own wait."""
    queue = cloud.client("sqs").create_queue(QueueName="dry", Attributes={"ReceiveMessageWaitTimeSeconds": "20"})[
        "QueueUrl"
    ]
    for wait in (0, 1):
        poller = Poller(cloud.client("sqs"), queue, WaitTimeSeconds=wait)
        poller.run()
        assert not poller.messages
        assert wait <= poller.took_s < wait + 10


def test_a_long_poll_sees_a_delayed_message(cloud: Cloud) -> None:
    """No call announces a delayed message, only time."""
    queue = cloud.client("sqs").create_queue(QueueName="delayed")["QueueUrl"]
    cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="later", DelaySeconds=1)
    assert cloud.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"][0]["Body"] == "later"


def test_listeners_are_called_for_every_call(cloud: Cloud, connect: Connect) -> None:
    """It may be in-process or over HTTP, failed or not. An administrator has no principal."""
    calls: list[CallRecord] = []
    cloud.subscribe(calls.append)
    queue = connect("sqs").create_queue(QueueName="heard")["QueueUrl"]
    cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="x")
    with pytest.raises(ClientError):
        cloud.client("lambda").get_function(FunctionName="none")
    assert calls == [
        CallRecord(None, "sqs", "CreateQueue", (), 200),
        CallRecord(None, "sqs", "SendMessage", (), 200),
        CallRecord(None, "lambda", "GetFunction", (), 404),
    ]


def test_localhost_means_either_address(cloud: Cloud) -> None:
    """`localhost` resolves to ::1 or 127.0.0.1. The server listens on the loopback addresses of the machine only."""
    port = urlsplit(cloud.url).port
    assert urlsplit(cloud.url).hostname == "localhost"
    connection = http.client.HTTPConnection("localhost", port, timeout=WAIT_S)
    connection.request("GET", "/")
    assert connection.getresponse().status < 500
    connection.close()


def test_a_port_in_use_is_an_oserror() -> None:
    """Without our check, werkzeug would end the process."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        Cloud().start(taken.getsockname()[1])


def test_the_ses_application_receives_the_principal(connect: Connect) -> None:
    """Calls to SES v2 go to the simulator, with the principal in the environ. stop() and start() do not change that."""
    call: list[tuple[str, Any]] = []

    def ses(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        call.append((environ["PATH_INFO"], environ["staffetta.principal"]))
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"SendingEnabled": True}).encode()]

    account = Cloud(ses=ses)
    account.start()
    account.stop()
    account.start()
    try:
        assert connect("sesv2", account).get_account()["SendingEnabled"] is True
    finally:
        account.stop()
    assert call == [("/v2/email/account", None)]


def test_a_new_account_is_empty() -> None:
    """The state of moto belongs to the process. A new Cloud empties it."""
    table(Cloud(), "forgotten")
    assert Cloud().client("dynamodb").list_tables()["TableNames"] == []


def test_stopping_ends_the_long_polls() -> None:
    """No receive waits for twenty seconds."""
    account = Cloud()
    queue = account.client("sqs").create_queue(QueueName="left")["QueueUrl"]
    poller = Poller(account.client("sqs"), queue, WaitTimeSeconds=20)
    poller.start()
    account.stop()
    poller.join(WAIT_S)
    assert not poller.is_alive()


def test_both_versions_of_ses_are_one_account(cloud: Cloud) -> None:
    """Moto has a v1 of its own, in which nothing would be verified."""
    cloud.client("sesv2").create_email_identity(EmailIdentity="versions.example.com")
    assert "versions.example.com" in cloud.client("ses").list_identities()["Identities"]
