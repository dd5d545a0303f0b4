"""The record function: what it acknowledges is in the archive, and what it cannot do comes again."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from functions import record, wiring
from functions.adapters.events.archive import S3EventArchive
from functions.core import ids
from functions.core.contacts.erasure import anonymous
from functions.core.contacts.subscriptions.unsubscribe_link import UnsubscribeLink
from functions.core.sending.send import ERASED, MessageKey, State
from functions.core.tokens.smtp_token import SmtpToken
from functions.ports.events import ArchiveFolder
from functions.steps.events.record import RecordEvents
from functions.wiring import Container
from tests.support.events import CONTEXT, sqs
from tests.support.examples import NOON_TEXT, a_message

HOUR = NOON_TEXT[:13]


def mail(**tags: str) -> dict[str, Any]:
    values = {name: [value] for name, value in tags.items()}
    return {"timestamp": NOON_TEXT, "messageId": "0102", "destination": ["ada@example.net"], "tags": values}


OURS = {"eventType": "Send", "mail": mail(staffetta_send="s-1", staffetta_recipient="0"), "send": {}}
FOREIGN = {"eventType": "Send", "mail": mail(), "send": {}}
SMTP = {
    "eventType": "Send",
    "mail": mail(**{"ses:caller-identity": "staffetta-smtp-9", "ses:source-ip": "192.0.2.7"}),
    "send": {},
}
NEW = {"eventType": "New", "mail": mail(staffetta_send="s-1", staffetta_recipient="0")}


def again(*bodies: Any) -> list[str]:
    """The queue messages that come again."""
    texts = (body if isinstance(body, str) else json.dumps(body) for body in bodies)
    answer = record.handler(sqs(*texts), CONTEXT)
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def archived(aws: Container, shelf: ArchiveFolder = ArchiveFolder.EVENTS) -> list[Any]:
    return sorted(aws.get(wiring.adapters.events.event_archive).between(HOUR, HOUR, shelf), key=json.dumps)


def test_every_event_is_archived_in_its_folder(aws: Container) -> None:
    aws.get(wiring.adapters.sending.sends).create([a_message()])
    assert again(OURS, NEW, FOREIGN, "{", "[" * 100_000) == []
    assert archived(aws) == [OURS]
    assert archived(aws, ArchiveFolder.FOREIGN) == [FOREIGN]
    assert archived(aws, ArchiveFolder.UNREADABLE) == ["[" * 100_000, "{", NEW]
    message = aws.get(wiring.adapters.sending.sends).get(MessageKey("s-1", 0))
    assert message
    assert (message.state, message.ses_message_id) == (State.SENT, "0102")


def test_no_unsubscribe_link_is_archived_or_recorded(aws: Container) -> None:
    """SES reports it in the headers. A click on it is no click, and an event that we cannot parse is redacted as a text."""
    aws.get(wiring.adapters.sending.sends).create([a_message()])
    link = UnsubscribeLink(MessageKey("s-1", 0), "a-secret").url("https://api.example.com")
    headers = [{"name": "List-Unsubscribe", "value": f"<{link}>"}, {"name": "Subject", "value": link}]
    part = {**mail(staffetta_send="s-1", staffetta_recipient="0"), "headers": headers}
    click = {"eventType": "Click", "mail": part, "click": {"timestamp": NOON_TEXT, "link": link + "?all=true"}}
    assert again({**OURS, "mail": part}, click, {**NEW, "mail": part}, "{" + link) == []
    stored = [one for shelf in ArchiveFolder for one in archived(aws, shelf)]
    assert len(stored) == 3
    assert "a-secret" not in str(stored)
    message = aws.get(wiring.adapters.sending.sends).get(MessageKey("s-1", 0))
    assert message
    assert [fact["kind"] for fact in message.timeline.values()] == ["SENT"]


def test_what_is_unreadable_is_counted_where_its_alarm_looks(
    aws: Container, capsys: pytest.CaptureFixture[str]
) -> None:
    assert again(FOREIGN, "{") == []
    published = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (alarming,) = (one for one in published if "EventUnreadable" in one)
    assert alarming["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Staffetta"
    assert {metric["Name"] for metric in alarming["_aws"]["CloudWatchMetrics"][0]["Metrics"]} == {
        "EventForeign",
        "EventUnreadable",
    }


def test_smtp_mail_creates_a_send_and_a_contact(aws: Container) -> None:
    token = SmtpToken(campaign_id=9, name="p", create_contact=True, created_at=NOON_TEXT, created_by="it@example.com")
    assert aws.get(wiring.adapters.tokens.smtp_tokens).save(token)
    assert again(SMTP, SMTP) == []
    (message,) = aws.get(wiring.adapters.sending.sends).messages(ids.for_ses_message("0102"))
    assert (message.email_id, message.address, message.state) == (9, "ada@example.net", State.SENT)
    assert aws.get(wiring.adapters.contacts.contacts).get("ada@example.net")
    used = aws.get(wiring.adapters.tokens.smtp_tokens).get(9)
    assert used
    assert (used.used_at, used.first_source, used.last_source) == (NOON_TEXT, "192.0.2.7", "192.0.2.7")
    assert archived(aws) == [SMTP, SMTP]


def test_only_an_event_that_the_table_refuses_is_retried(aws: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    real = type(aws.get(wiring.adapters.sending.sends)).record

    def refuse(sends: Any, key: MessageKey, *facts: Any) -> Any:
        if key.send_id == "s-1":
            raise TimeoutError
        return real(sends, key, *facts)

    with monkeypatch.context() as patch:
        patch.setattr(type(aws.get(wiring.adapters.sending.sends)), "record", refuse)
        assert again(FOREIGN, OURS, SMTP) == ["m-1"]
    assert (archived(aws), archived(aws, ArchiveFolder.FOREIGN)) == ([SMTP], [FOREIGN])
    aws.get(wiring.adapters.sending.sends).create([a_message()])
    assert again(OURS) == []
    assert archived(aws) == [SMTP, OURS]


def test_a_batch_that_takes_too_long_is_done_in_parts(aws: Container) -> None:
    """What was recorded is kept and acknowledged before the time is up."""
    left = iter([60_000, 60_000, record.ARCHIVE_MS, record.ARCHIVE_MS - 1])  # the first is for the deadline
    short = SimpleNamespace(**{**vars(CONTEXT), "get_remaining_time_in_millis": lambda: next(left)})
    answer = record.handler(sqs(*map(json.dumps, (SMTP, FOREIGN, OURS))), short)
    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == ["m-2"]
    assert (archived(aws), archived(aws, ArchiveFolder.FOREIGN)) == ([SMTP], [FOREIGN])


def test_what_the_archive_does_not_take_is_not_acknowledged(aws: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole batch comes again; recording it twice changes nothing."""
    aws.get(wiring.adapters.sending.sends).create([a_message()])

    def fail(*_: Any) -> None:
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(S3EventArchive, "append", fail)
        with pytest.raises(TimeoutError):
            again(OURS, SMTP)
    stored = (
        aws.get(wiring.adapters.sending.sends).messages("s-1"),
        aws.get(wiring.adapters.sending.sends).messages(ids.for_ses_message("0102")),
    )
    assert again(OURS, SMTP) == []
    assert (
        aws.get(wiring.adapters.sending.sends).messages("s-1"),
        aws.get(wiring.adapters.sending.sends).messages(ids.for_ses_message("0102")),
    ) == stored
    assert archived(aws) == [SMTP, OURS]


def test_events_of_the_erased_leave_nothing(aws: Container) -> None:
    """Late ones, too: they bring no address back, neither into a timeline, nor as a contact, nor into the archive."""
    erased = anonymous(a_message("erased", state=State.SENT))
    aws.get(wiring.adapters.sending.sends).create([erased])
    before = archived(aws)
    late = {**OURS, "mail": mail(staffetta_send="erased", staffetta_recipient="0")}
    complaint = {
        **late,
        "eventType": "Complaint",
        "complaint": {"timestamp": NOON_TEXT, "complaintFeedbackType": "abuse"},
    }
    assert again(late, complaint) == []
    assert aws.get(wiring.adapters.sending.sends).get(erased.key) == erased
    assert archived(aws) == before
    assert aws.get(wiring.adapters.contacts.contacts).get(ERASED) is None


def test_a_late_event_brings_no_erased_person_back(aws: Container) -> None:
    """Only what is left of the contact shows that the person was erased."""
    contacts = aws.get(wiring.adapters.contacts.contacts)
    contacts.upsert("gone@erased.example", {}, NOON_TEXT)
    contacts.erase("gone@erased.example", "2026-11-24T12:00:00.000Z")
    before = archived(aws)
    expired = mail(staffetta_send="expired", staffetta_recipient="0")
    assert again({**OURS, "mail": {**expired, "destination": ["Gone@erased.example"]}}) == []
    assert archived(aws) == before
    both = {**expired, "destination": ["gone@erased.example", "bob@example.net"]}
    assert again({**OURS, "mail": both}) == []
    assert archived(aws)[-1]["mail"]["destination"] == [f"0.{ERASED}", "bob@example.net"]


def test_the_archive_omits_the_erased_recipients_of_a_mail(aws: Container) -> None:
    ours = mail(**{"ses:caller-identity": "staffetta-smtp-9"})
    both = {**SMTP, "mail": {**ours, "messageId": "both", "destination": ["ada@example.net", "bob@example.net"]}}
    send_id = ids.for_ses_message("both")
    for number, address in enumerate(("ada@example.net", "bob@example.net")):
        message = a_message(send_id, number, address=address, state=State.SENT)
        aws.get(wiring.adapters.sending.sends).create([message if number else anonymous(message)])
    assert again(both) == []
    (event,) = (one for one in archived(aws) if one["mail"]["messageId"] == "both")
    assert event["mail"]["destination"] == [f"0.{ERASED}", "bob@example.net"]
    bobs = aws.get(wiring.adapters.sending.sends).get(MessageKey(send_id, 1))
    assert bobs
    assert len(bobs.timeline) == 1


def test_every_log_line_of_a_mail_names_its_send(
    aws: Container, monkeypatch: pytest.MonkeyPatch, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    def fail(*_: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr(RecordEvents, "__call__", fail)
    assert again(OURS, SMTP, "{") == ["m-0", "m-1"]
    lines = log_lines()
    failed = [line["send_id"] for line in lines if line.get("message") == "recording failed"]
    assert failed == ["s-1", ids.for_ses_message("0102")]
    (unreadable,) = (line for line in lines if "queue_message_id" in line)
    assert "send_id" not in unreadable
