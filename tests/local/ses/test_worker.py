"""Accepted messages are delivered in the background."""

import threading
import uuid
from typing import Any

import pytest

from infra.local.mailbox import Mailbox
from infra.local.ses import SesSimulator, Submission
from infra.local.ses.api.operations import HANDLERS


def test_sending_does_not_wait_for_events(make_mime: Any) -> None:
    """`publish` runs in the simulator's thread and outside its locks, so it may call the simulator."""
    entered, released = threading.Event(), threading.Event()

    def publish(_topic: str, _message: str) -> None:
        entered.set()
        assert released.wait(5)

    ses = SesSimulator(region="us-east-1", account_id="1", mailbox=Mailbox(), publish=publish)
    ses.start()
    configure(ses)
    first = ses.submit(Submission(raw=make_mime(), configuration_set="s"))
    assert entered.wait(5)
    second = ses.submit(Submission(raw=make_mime(), configuration_set="s"))
    assert first != second
    assert not ses.idle()
    released.set()
    ses.stop()
    assert ses.idle()


def test_stopping_delivers_every_accepted_message(make_mime: Any) -> None:
    """This is so even if a topic refuses its event. Afterwards nothing more is accepted."""

    def publish(_topic: str, _message: str) -> None:
        raise ConnectionError("no such topic")

    mailbox = Mailbox()
    ses = SesSimulator(region="us-east-1", account_id="1", mailbox=mailbox, publish=publish, new_id=uuid.uuid4)
    configure(ses)
    for _ in range(20):
        ses.submit(Submission(raw=make_mime(), configuration_set="s"))
    ses.start()
    ses.stop()
    assert len(mailbox.all()) == 20
    with pytest.raises(RuntimeError, match="stopped"):
        ses.submit(Submission(raw=make_mime()))


def configure(ses: SesSimulator) -> None:

    HANDLERS["CreateEmailIdentity"](ses.account, {"EmailIdentity": "example.com"})
    HANDLERS["CreateConfigurationSet"](ses.account, {"ConfigurationSetName": "s"})
    destination = {"Enabled": True, "MatchingEventTypes": ["SEND"], "SnsDestination": {"TopicArn": "t"}}
    HANDLERS["CreateConfigurationSetEventDestination"](
        ses.account,
        {"ConfigurationSetName": "s", "EventDestinationName": "d", "EventDestination": destination},
    )
