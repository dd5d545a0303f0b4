"""Our own client of AWS, held against the SDK: the same signature, the same answers, the same errors; and what it does when things break."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from functions import wiring
from functions.adapters.aws import client as aws_client
from functions.adapters.aws import connections
from functions.adapters.aws.client import DYNAMODB, SESV2, SQS, AwsClient
from functions.adapters.aws.connections import ConnectionPool
from functions.adapters.aws.deadline import LEAST_SECONDS, RESERVE_SECONDS, Deadline
from functions.adapters.aws.errors import AwsError, ConnectError, ReadTimeout
from functions.adapters.aws.signing import Signer
from functions.settings import Account, SettingError, host
from functions.wiring import Container
from tests.support.aws.cloud import SETTINGS
from tests.support.examples import NOON

ACCOUNT = Account(region="eu-west-1", access_key_id="AKID", secret_access_key="secret", session_token="token")


# Signing


@given(
    body=st.binary(),
    path=st.sampled_from(["/", "/v2/email/outbound-emails"]),
    token=st.sampled_from(["", "a/token+of=STS"]),
    service=st.sampled_from(["dynamodb", "sqs", "ses"]),
    values=st.lists(st.text("abcXYZ019./-_", min_size=1), min_size=1, max_size=3),
)
def test_the_signature_is_the_sdks(body: bytes, path: str, token: str, service: str, values: list[str]) -> None:
    account = Account(region="eu-central-1", access_key_id="AKID", secret_access_key="s/e+c", session_token=token)
    headers = {"host": "example.com", **{f"x-amz-h{number}": value for number, value in enumerate(values)}}
    request = AWSRequest("POST", f"https://example.com{path}", headers=dict(headers), data=body)
    now = datetime.fromtimestamp(NOON, UTC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.auth.get_current_datetime", lambda: now)
        SigV4Auth(Credentials("AKID", "s/e+c", token or None), service, "eu-central-1").add_auth(request)
    head = Signer(account, service, "POST", path, headers).head(body, NOON)
    first, *lines = head.decode().removesuffix("\r\n\r\n").split("\r\n")
    sent = dict(line.split(": ", 1) for line in lines)
    assert first == f"POST {path} HTTP/1.1"
    assert sent.pop("authorization") == request.headers["Authorization"]
    assert sent.pop("content-length") == str(len(body))
    assert sent.pop("x-amz-security-token", "") == token
    assert sent == {**headers, "x-amz-date": request.headers["X-Amz-Date"]}


@pytest.mark.parametrize("later", [0.9, 1, 86400])
def test_the_signature_follows_the_second_and_the_day(later: float) -> None:
    signer, fresh = (Signer(ACCOUNT, "sqs", "POST", "/", {"host": "h"}) for _ in range(2))
    signer.head(b"another", NOON)
    assert signer.head(b"", NOON + later) == fresh.head(b"", NOON + later)


# The account


def test_an_account_from_lambdas_own_variables_hides_its_secrets() -> None:
    env = {
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "AKID",
        "AWS_SECRET_ACCESS_KEY": "hush",
        "AWS_SESSION_TOKEN": "hush-too",
    }
    account = Account.from_env(env)
    assert "hush" not in repr(account)
    assert account.endpoint("email") == "https://email.eu-west-1.amazonaws.com"
    assert (
        Account.from_env({**env, "AWS_REGION": "cn-north-1"}).endpoint("sqs").endswith(".cn-north-1.amazonaws.com.cn")
    )
    assert Account.from_env({**env, "AWS_ENDPOINT_URL": "http://localhost:1"}).endpoint("sqs") == "http://localhost:1"
    for missing in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        with pytest.raises(SettingError, match=missing):
            Account.from_env({name: value for name, value in env.items() if name != missing})


# Compared with the SDK, on one account

PUT: dict[str, Any] = {
    "TableName": "sends",
    "Item": {"send_id": {"S": "é"}, "recipient": {"N": "0"}, "email_id": {"N": "7"}},
}
KEY = {"send_id": {"S": "é"}, "recipient": {"N": "0"}}
ONCE = {**PUT, "ConditionExpression": "attribute_not_exists(send_id)"}


def failing(put: Callable[..., Any], **request: Any) -> Any:
    """The content of the error."""
    with pytest.raises((AwsError, ClientError)) as caught:
        put(**request)
    response: Any = caught.value.response  # type: ignore[attr-defined]  # both kinds have it
    return response


def test_dynamodb_answers_and_refuses_as_through_the_sdk(aws: Container) -> None:
    ours: Any = aws.get(wiring.clients.dynamodb)
    theirs: Any = boto3.client("dynamodb")
    ours.put_item(**PUT)
    assert ours.get_item(TableName="sends", Key=KEY)["Item"] == theirs.get_item(TableName="sends", Key=KEY)["Item"]
    for request in (ONCE, {**PUT, "TableName": "nowhere"}):
        assert failing(ours.put_item, **request)["Error"] == failing(theirs.put_item, **request)["Error"]
    both = {"TransactItems": [{"Put": ONCE}]}
    for client in (ours, theirs):
        (reason,) = failing(client.transact_write_items, **both)["CancellationReasons"]
        assert reason["Code"] == "ConditionalCheckFailed"


def test_sqs_answers_and_refuses_as_through_the_sdk(aws: Container) -> None:
    ours: Any = aws.get(wiring.clients.sqs)
    theirs: Any = boto3.client("sqs")
    ours.send_message(QueueUrl=SETTINGS.send_queue_url, MessageBody="é")
    (message,) = theirs.receive_message(QueueUrl=SETTINGS.send_queue_url)["Messages"]
    assert message["Body"] == "é"
    ours.delete_message(QueueUrl=SETTINGS.send_queue_url, ReceiptHandle=message["ReceiptHandle"])
    nowhere = SETTINGS.send_queue_url + "-nowhere"
    request = {"QueueUrl": nowhere, "MessageBody": "x"}
    assert (
        failing(ours.send_message, **request)["Error"]["Code"]
        == failing(theirs.send_message, **request)["Error"]["Code"]
    )


def test_ses_answers_and_refuses_as_through_the_sdk(aws: Container) -> None:
    ours: Any = aws.get(wiring.clients.sesv2)
    theirs: Any = boto3.client("sesv2")
    mail = {
        "FromEmailAddress": "shop@example.com",
        "Destination": {"ToAddresses": ["ada@example.net"]},
        "Content": {"Raw": {"Data": b"Subject: x\r\n\r\n"}},
    }
    assert ours.send_email(**mail)["MessageId"]
    foreign = {**mail, "FromEmailAddress": "shop@example.org"}
    assert (
        failing(ours.send_email, **foreign)["Error"]["Code"] == failing(theirs.send_email, **foreign)["Error"]["Code"]
    )


def test_pages_are_turned_to_the_last(aws: Container) -> None:
    client: Any = aws.get(wiring.clients.dynamodb)
    for number in range(5):
        client.put_item(TableName="sends", Item={"send_id": {"S": "pages"}, "recipient": {"N": str(number)}})
    pages = client.get_paginator("query").paginate(
        TableName="sends",
        KeyConditionExpression="send_id = :id",
        ExpressionAttributeValues={":id": {"S": "pages"}},
        Limit=2,
    )
    assert [int(item["recipient"]["N"]) for page in pages for item in page["Items"]] == [0, 1, 2, 3, 4]


def test_an_unused_operation_of_ses_is_refused_by_name() -> None:
    client = AwsClient(SESV2, ACCOUNT)
    with pytest.raises(AttributeError, match="DeleteEmailIdentity is not in use here"):
        client.delete_email_identity(EmailIdentity="example.com")


def test_the_sdks_client_fails_as_ours_does(aws: Container) -> None:
    client = Container(SETTINGS, boto3.client).get(wiring.clients.dynamodb)
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.get_item(TableName="nowhere", Key={"x": {"S": "y"}})
    assert isinstance(caught.value, AwsError)
    closed_url = f"http://127.0.0.1:{closed_port()}"
    container = Container(SETTINGS, lambda name, **options: boto3.client(name, endpoint_url=closed_url, **options))
    sesv2: Any = container.get(wiring.clients.sesv2)
    with pytest.raises(ConnectError):
        sesv2.get_account()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port: int = closed.getsockname()[1]
    return port


# When things break

OK = b'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"fine":1}'
BUSY = b"HTTP/1.1 503 Slow Down\r\ncontent-length: 4\r\n\r\nbusy"
THROTTLED = b"HTTP/1.1 400 Bad\r\nx-amzn-errortype: ThrottlingException:http://x\r\ncontent-length: 2\r\n\r\n{}"
REFUSED = b'HTTP/1.1 400 Bad\r\ncontent-length: 49\r\n\r\n{"__type":"com.amazon#NoSuchThing","message":"y"}'
HANG_UP = b""
CUT = b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{"


class Script:
    """A server that gives the answers of a script, one per request, and closes the connection after the last of a list."""

    def __init__(self, *connections: list[bytes], tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self._connections = connections
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        for answers in self._connections:
            plain, _ = self._socket.accept()
            with contextlib.suppress(ssl.SSLError), self._secured(plain) as connection:
                for answer in answers:
                    self.requests.append(connection.recv(65536))
                    connection.sendall(answer)

    def _secured(self, plain: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(plain, server_side=True) if self._tls else plain

    def finished(self) -> None:
        """Every connection of the script was made and is closed."""
        self._thread.join(5)
        assert not self._thread.is_alive()
        self._socket.close()


@contextmanager
def scripted(service: Any, *script: list[bytes]) -> Iterator[tuple[Any, Script]]:
    server = Script(*script)
    account = Account(region="r", access_key_id="a", secret_access_key="b", endpoint_url=server.url)
    client = AwsClient(service, account)
    try:
        yield client, server
    finally:
        server.finished()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws_client, "BACKOFF_SECONDS", 0)


@pytest.mark.parametrize("failure", [[BUSY], [THROTTLED], [HANG_UP], [CUT]])
@pytest.mark.parametrize("service", [DYNAMODB, SQS])
def test_a_repeatable_call_is_retried(service: Any, failure: list[bytes]) -> None:
    with scripted(service, failure, failure, [OK]) as (client, server):
        assert client.put_thing() == {"fine": 1}
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("failure", "kind"), [([BUSY], AwsError), ([THROTTLED], AwsError), ([HANG_UP], ReadTimeout), ([CUT], ReadTimeout)]
)
def test_a_mail_is_handed_over_once(failure: list[bytes], kind: type[Exception]) -> None:
    with scripted(SESV2, failure) as (client, server):
        with pytest.raises(kind):
            client.send_email()
        assert len(server.requests) == 1


def test_it_gives_up_with_the_last_error() -> None:
    with scripted(SQS, [BUSY], [BUSY], [HANG_UP], [BUSY]) as (client, _):
        with pytest.raises(AwsError) as caught:
            client.send_message()
        assert caught.value.code == "503"


def test_a_refusal_is_final() -> None:
    with scripted(DYNAMODB, [REFUSED]) as (client, server):
        with pytest.raises(client.exceptions.NoSuchThing, match="PutItem: NoSuchThing: y"):
            client.put_item()
        assert len(server.requests) == 1


def test_a_connection_is_used_again() -> None:
    with scripted(SESV2, [OK, OK, OK]) as (client, server):
        for _ in range(3):
            client.send_email()
    assert len(server.requests) == 3


def test_an_idle_connection_that_was_closed_is_not_used() -> None:
    with scripted(SESV2, [OK], [OK]) as (client, server):
        client.send_email()
        while not client._connections._idle[0].is_readable():  # the other side's goodbye is on its way
            pass
        client.send_email()
    assert len(server.requests) == 2


def test_a_connection_that_lay_idle_for_long_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(SESV2, [OK], [OK]) as (client, server):
        client.send_email()
        monkeypatch.setattr(connections, "IDLE_SECONDS", 0)
        client.send_email()
    assert len(server.requests) == 2


def test_near_its_deadline_a_call_is_short_and_not_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    """So it can still undo what it began, and answer."""
    deadline = Deadline()
    monkeypatch.setattr(aws_client, "DEADLINE", deadline)
    assert (deadline.at_most(8), deadline.passed()) == (8, False), "without a deadline each call has its own time"
    deadline.begin((RESERVE_SECONDS + 5) * 1000)
    assert 4 < deadline.at_most(8) <= 5
    assert deadline.at_most(2) == 2
    with scripted(SQS, [BUSY], [OK]) as (client, server):
        client.send_message()
    assert len(server.requests) == 2, "while there is time, a try follows a try"

    deadline.begin(RESERVE_SECONDS * 1000)
    assert (deadline.at_most(8), deadline.passed()) == (LEAST_SECONDS, True)
    with scripted(SQS, [BUSY]) as (client, server):
        with pytest.raises(AwsError):
            client.send_message()
        assert len(server.requests) == 1


def test_silence_is_an_unknown_outcome() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        channel = ConnectionPool(f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(ReadTimeout, match="did not come in time"):
            channel.request(b"POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n", 0.05)


def test_a_refused_connection_is_not_an_unknown_outcome() -> None:
    closed_url = f"http://127.0.0.1:{closed_port()}"
    account = Account(region="r", access_key_id="a", secret_access_key="b", endpoint_url=closed_url)
    with pytest.raises(ConnectError):
        AwsClient(SESV2, account).send_email()


def test_many_threads_share_a_client(aws: Container) -> None:
    client: Any = aws.get(wiring.clients.sqs)
    threads = [
        threading.Thread(
            target=client.send_message, kwargs={"QueueUrl": SETTINGS.send_queue_url, "MessageBody": str(n)}
        )
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bodies = set()
    while messages := client.receive_message(QueueUrl=SETTINGS.send_queue_url, MaxNumberOfMessages=10).get("Messages"):
        bodies |= {message["Body"] for message in messages}
    assert bodies == {str(n) for n in range(8)}


# Over TLS, as AWS is


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and a certificate for localhost that it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    clients = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(private + clients.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def tls(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    connections._tls.cache_clear()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    yield context
    connections._tls.cache_clear()


def test_a_tls_connection_is_used_again(tls: ssl.SSLContext) -> None:
    server = Script([OK, OK, OK], tls=tls)
    channel = ConnectionPool(server.url.replace("http://127.0.0.1", "https://localhost"))
    for _ in range(3):
        assert channel.request(b"POST / HTTP/1.1\r\ncontent-length: 1\r\n\r\nx", 5).body == b'{"fine":1}'
    server.finished()
    assert len(server.requests) == 3


@pytest.mark.parametrize("why", ["unknown issuer", "another name"])
def test_a_server_with_a_wrong_certificate_receives_nothing(
    tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    if why == "unknown issuer":
        monkeypatch.delenv("SSL_CERT_FILE")
    server = Script([], tls=tls)
    name = "localhost" if why == "unknown issuer" else "127.0.0.1"
    channel = ConnectionPool(server.url.replace("http://127.0.0.1", f"https://{name}"))
    with pytest.raises(ConnectError, match="certificate"):
        channel.request(b"POST / HTTP/1.1\r\ncontent-length: 6\r\n\r\nsecret", 5)
    server.finished()


def test_hosts_have_the_suffix_of_their_partition() -> None:
    """The SDK's own data has the same, for every region whose partition we name: the commercial ones, GovCloud, China and the sovereign cloud."""
    session = botocore.session.get_session()
    loader = session.get_component("data_loader")
    partitions = loader.load_data("partitions")["partitions"]
    checked = 0
    for partition in partitions:
        if partition["id"] in {"aws", "aws-us-gov", "aws-cn", "aws-eusc"}:
            for region in partition["regions"]:
                if "global" not in region:
                    assert host("dynamodb", region) == f"dynamodb.{region}.{partition['outputs']['dnsSuffix']}"
                    checked += 1
    assert checked > 30
    assert host("email-smtp", "eusc-de-east-1") == "email-smtp.eusc-de-east-1.amazonaws.eu"
