"""A batch email that publishing sends: once, whatever is published afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.broadcasts.broadcast import Broadcast
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.errors import Conflict, Rejected
from functions.steps.broadcasts.publish_batch import PublishBatch
from tests.support.broadcasts import ADA, BroadcastScenario
from tests.support.editing import WHOLE, EditScenario
from tests.support.examples import a_revision

TO = "ada@example.net"
HOUR = 3600


class Publishing:
    """One email in the scenario of broadcasts. `required` are the properties that its template needs."""

    required: tuple[str, ...] = ()

    def __init__(self, **document: Any) -> None:
        self.scenario = BroadcastScenario()
        self.edit = EditScenario(emails=self.scenario.emails, clock=self.scenario.clock)
        self.publish_batch = PublishBatch(
            emails=self.edit.author,
            editor=self.scenario.editor,
            broadcasts=self.scenario.broadcasts,
            compiled=lambda draft: a_revision(email_id=draft.email_id, required_properties=self.required),
            starters=lambda _: None,
            clock=self.scenario.clock,
        )
        to = {"contactIds": {"include": [TO]}}
        self.email_id = self.edit.author.create({**WHOLE, "subcategory": "batch", "to": to, **document}, ADA).email.id

    def publish(self, **changes: Any) -> None:
        self.edit.author.update(self.email_id, changes, ADA)
        self.publish_batch.publish(self.email_id, ADA)

    def at(self, hours: float) -> str:
        return timestamps.iso(self.scenario.clock() + hours * HOUR)

    def wait(self, hours: float) -> None:
        self.scenario.clock.now += hours * HOUR
        self.scenario.enqueue_due()
        self.scenario.run()

    @property
    def broadcast(self) -> Broadcast:
        broadcast = self.publish_batch.of_email(self.edit.author.get(self.email_id).email)
        assert broadcast
        return broadcast

    @property
    def state(self) -> BroadcastState:
        return self.broadcast.state


def test_publishing_again_sends_nothing_again() -> None:
    """A client repeats a call whose answer it lost."""
    email = Publishing(sendOnPublish=True)
    email.publish()
    with pytest.raises(Conflict, match="sent by publishing it"):
        email.publish()
    email.wait(0)
    assert email.scenario.mailed() == [TO]


def test_a_correction_after_the_mail_is_published_without_a_send() -> None:
    email = Publishing(sendOnPublish=True)
    email.publish()
    email.wait(0)
    with pytest.raises(Conflict, match="clone it"):
        email.publish(subject="Hello")
    revisions = email.scenario.emails.live[email.email_id].revisions
    email.publish(sendOnPublish=False)
    assert email.scenario.emails.live[email.email_id].revisions == revisions + 1
    email.wait(1)
    assert email.scenario.mailed() == [TO]
    assert email.state is BroadcastState.DONE


def test_another_time_replaces_the_scheduled_one() -> None:
    email = Publishing()
    email.publish(publishDate=email.at(2))
    email.publish(publishDate=email.at(5), subject="Later")
    email.wait(3)
    assert email.scenario.mailed() == []
    assert email.state is BroadcastState.SCHEDULED
    email.wait(3)
    assert email.scenario.mailed() == [TO]


def test_a_canceled_one_can_be_published_again() -> None:
    email = Publishing()
    for _ in range(2):
        email.publish(publishDate=email.at(2))
        email.publish_batch.unpublish(email.email_id, ADA)
        assert email.state is BroadcastState.CANCELED
    email.publish(publishDate=email.at(2))
    email.wait(3)
    assert email.scenario.mailed() == [TO]


def test_one_canceled_after_it_began_is_not_sent_again() -> None:
    """Some of its mail may be out: a second broadcast would send these recipients another."""
    email = Publishing(sendOnPublish=True)
    email.publish()
    email.scenario.editor.cancel(email.broadcast.id, ADA)
    with pytest.raises(Conflict, match="CANCELED"):
        email.publish()
    email.wait(1)
    assert email.scenario.mailed() == []


def test_one_that_begins_meanwhile_is_not_replaced() -> None:
    email = Publishing()
    email.publish(publishDate=email.at(2))
    email.edit.author.update(email.email_id, {"publishDate": email.at(5)}, ADA)
    email.edit.meanwhile.append(lambda: email.wait(3))
    with pytest.raises(Conflict):
        email.publish_batch.publish(email.email_id, ADA)
    email.wait(5)
    assert email.scenario.mailed() == [TO]


def test_a_cancellation_sees_a_start_of_the_last_moment() -> None:
    email = Publishing()
    email.publish(publishDate=email.at(2))
    email.wait(3)
    with pytest.raises(Conflict, match="began"):
        email.scenario.editor.withdraw(email.broadcast.id, ADA)


def test_a_stale_unpublish_cancels_nothing() -> None:
    email = Publishing()
    email.publish(publishDate=email.at(2))
    with pytest.raises(Conflict):
        email.publish_batch.unpublish(email.email_id, ADA, version=1)
    assert email.state is BroadcastState.SCHEDULED


def test_a_template_that_cannot_be_sent_is_not_published() -> None:
    """A broadcast of publishing has no custom properties."""
    email = Publishing(sendOnPublish=True)
    email.required = ("note",)
    with pytest.raises(Rejected) as refused:
        email.publish()
    assert [(one.field, one.message) for one in refused.value.errors] == [("content", "the template needs custom.note")]
    assert email.edit.author.get(email.email_id).email.published_revision is None
    assert email.scenario.editor.all() == []


def test_two_that_publish_at_once_send_one_mail() -> None:
    email = Publishing(sendOnPublish=True)
    email.edit.meanwhile.append(email.publish)
    with pytest.raises(Conflict):
        email.publish_batch.publish(email.email_id, ADA)
    email.wait(0)
    assert email.scenario.mailed() == [TO]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"archived_at": "2026-11-03T00:00:00.000Z"}, "the email was archived"),
        ({"published_revision": None}, "the email was unpublished"),
    ],
)
def test_an_email_that_is_gone_sends_nothing_at_its_time(change: dict[str, Any], reason: str) -> None:
    scenario = BroadcastScenario()
    broadcast = scenario.send(contacts=(TO,), send_at=timestamps.iso(scenario.clock() + HOUR))
    scenario.emails.live[7] = replace(scenario.emails.live[7], **change)
    scenario.clock.now += HOUR
    scenario.enqueue_due()
    scenario.run()
    ended = scenario.editor.get(broadcast.id)
    assert (ended.state, ended.reason) == (BroadcastState.CANCELED, reason)
    assert scenario.mailed() == []
