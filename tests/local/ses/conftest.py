"""An SES simulator with a fixed clock, a real boto3 client to its API, and every event that it published."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import boto3
import pytest
from botocore.config import Config
from werkzeug.serving import WSGIRequestHandler, make_server

from infra.local.mailbox import Mailbox, StoredMail
from infra.local.ses import SesError, SesSimulator, Submission

TOPIC = "arn:aws:sns:us-east-1:123456789012:events"
EVERYTHING = ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT", "OPEN", "CLICK"]


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 23, 15, 38, 0, 123456, UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@dataclass
class SesScenario:
    """One account in which example.com may send, with the set `transactional` that publishes every event."""

    ses: SesSimulator
    mailbox: Mailbox
    clock: Clock
    client: Any
    published: list[tuple[str, str]] = field(default_factory=list)

    def configure(self) -> None:
        self.client.create_email_identity(EmailIdentity="example.com")
        self.configuration_set("transactional", EVERYTHING)

    def configuration_set(self, name: str, event_types: list[str], **options: Any) -> None:
        self.client.create_configuration_set(ConfigurationSetName=name, **options)
        self.client.create_configuration_set_event_destination(
            ConfigurationSetName=name,
            EventDestinationName="to-sns",
            EventDestination={
                "Enabled": True,
                "MatchingEventTypes": event_types,
                "SnsDestination": {"TopicArn": TOPIC},
            },
        )

    def refusal(self, **settings: Any) -> SesError:
        """Returns the error of a send that is refused."""
        with pytest.raises(SesError) as caught:
            self.send(**settings)
        return caught.value

    def send(self, to: str = "ada@customer.test", raw: bytes | None = None, **settings: Any) -> str:
        settings = {"configuration_set": "transactional"} | settings
        return self.ses.submit(Submission(raw=raw or mime(to), destinations=(to,), **settings))

    def events(self) -> list[dict[str, Any]]:
        """Returns everything published so far, after all work is done."""
        assert self.ses.drain(5)
        return [json.loads(message) for _, message in self.published]

    def kinds(self) -> list[str]:
        return [event["eventType"] for event in self.events()]

    def mails(self) -> list[StoredMail]:
        assert self.ses.drain(5)
        return list(self.mailbox.all())


def mime(to: str = "ada@customer.test", html: str = "", **headers: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    for name, value in ({"From": "Da Nino <orders@example.com>", "To": to, "Subject": "Receipt"} | headers).items():
        message[name.replace("_", "-")] = value
    message.set_content("Grazie!\n")
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


class Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Logs nothing into a test's output."""


@pytest.fixture(name="make_mime")
def _make_mime() -> Any:
    return mime


@pytest.fixture
def ses_scenario() -> Iterator[SesScenario]:
    clock, mailbox, published = Clock(), Mailbox(), []
    ses = SesSimulator(
        region="us-east-1",
        account_id="123456789012",
        mailbox=mailbox,
        publish=lambda topic, message: published.append((topic, message)),
        clock=clock,
    )
    server = make_server("127.0.0.1", 0, ses.wsgi, threaded=True, request_handler=Quiet)
    serving = threading.Thread(target=server.serve_forever, args=(0.02,))
    serving.start()
    ses.start()
    ses_scenario = SesScenario(ses, mailbox, clock, _client(server.port), published)
    ses_scenario.configure()
    yield ses_scenario
    ses_scenario.client.close()
    ses.stop()
    server.shutdown()
    serving.join()
    server.server_close()


SESSION = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")


def _client(port: int) -> Any:

    return SESSION.client(
        "sesv2", endpoint_url=f"http://127.0.0.1:{port}", config=Config(retries={"total_max_attempts": 1})
    )
