"""What is read of a single-send request, and the view of a send."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from msgspec.structs import replace

from functions.core.outcomes import SendResult
from functions.core.sending.send import Message, RecipientRole, State
from functions.routes.sending.send_views import status_view
from tests.support.examples import NOON_TEXT, a_message
from tests.support.send_requests import SMALLEST, errors, read, with_message
from tests.support.strategies import JSON


def test_the_sender_defaults_to_the_emails_own() -> None:
    request = read(SMALLEST)
    assert (request.email_id, request.sender, request.reply_to, request.send_id) == (7, None, (), None)
    assert [(one.role, one.address.email) for one in request.recipients] == [(RecipientRole.TO, "ada@example.net")]


def test_every_field_is_read() -> None:
    request = read(
        {
            "emailId": "7",
            "message": {
                "to": "Ada <ada@example.net>",
                "from": "Acme <shop@example.com>",
                "replyTo": ["help@example.com"],
                "cc": ["b@example.net", "c@example.net"],
                "bcc": "d@example.net",
                "sendId": "order-42",
            },
            "contactProperties": {"firstname": "Ada"},
            "customProperties": {"lines": [{"price": 1.5}]},
        }
    )
    assert [(one.role, one.address.email) for one in request.recipients] == [
        (RecipientRole.TO, "ada@example.net"),
        (RecipientRole.CC, "b@example.net"),
        (RecipientRole.CC, "c@example.net"),
        (RecipientRole.BCC, "d@example.net"),
    ]
    assert request.sender
    assert (request.email_id, request.sender.name, request.reply_to[0].email, request.send_id) == (
        7,
        "Acme",
        "help@example.com",
        "order-42",
    )
    assert (request.contact, request.custom) == ({"firstname": "Ada"}, {"lines": [{"price": 1.5}]})


def test_an_idempotency_key_replaces_a_missing_send_id() -> None:
    assert read(SMALLEST, **{"idempotency-key": "k"}).send_id == "k"
    assert read(with_message(sendId="s"), **{"idempotency-key": "k"}).send_id == "s"


def test_a_request_is_the_same_wherever_its_send_id_is() -> None:
    digests = {
        read(with_message(sendId="42")).digest,
        read(with_message(sendId=42)).digest,
        read(SMALLEST, **{"idempotency-key": "42"}).digest,
        read(with_message(sendId=None), **{"idempotency-key": "42"}).digest,
        read(with_message(sendId="42"), **{"idempotency-key": "other"}).digest,
    }
    assert len(digests) == 1


def test_the_digest_ignores_the_order_of_fields() -> None:
    reordered = {"message": {"to": "ada@example.net"}, "emailId": 7}
    assert read(SMALLEST).digest == read(reordered).digest != read({**SMALLEST, "emailId": 8}).digest


@pytest.mark.parametrize(
    "empty", [{"from": None, "cc": None, "bcc": [], "replyTo": None, "sendId": None}, {"unknown": 1}]
)
def test_nulls_and_unknown_fields_pass(empty: dict[str, Any]) -> None:
    assert read({**with_message(**empty), "contactProperties": None, "customProperties": None}).email_id == 7


def test_properties_may_be_lists_of_names_and_values() -> None:
    listed = [{"name": "firstname", "value": "Jane"}, {"name": "visits", "value": 7}, {"name": "vip", "value": True}]
    absent = [{"name": "lastname", "value": None}, {"name": "phone"}]
    request = read(
        {
            **SMALLEST,
            "contactProperties": [*listed, *absent],
            "customProperties": [{"name": "lines", "value": [{"price": 1.5}]}, {"name": "note", "value": None}],
        }
    )
    assert request.contact == {"firstname": "Jane", "visits": "7", "vip": "true"}
    assert request.custom == {"lines": [{"price": 1.5}], "note": None}
    assert read({**SMALLEST, "contactProperties": [], "customProperties": []}).contact == {}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"contactProperties": [{"value": "Jane"}]}, "contactProperties[0].name"),
        ({"contactProperties": [{"name": "firstname", "value": ["Jane"]}]}, "contactProperties[0].value"),
        ({"contactProperties": [{"name": "a", "value": "b"}, "c"]}, "contactProperties[1]"),
        ({"contactProperties": "firstname=Jane"}, "contactProperties"),
        ({"customProperties": [{"name": 7, "value": 7}]}, "customProperties[0].name"),
        ({"customProperties": [None]}, "customProperties[0]"),
    ],
)
def test_a_wrong_entry_of_a_property_list_is_named(wrong: dict[str, Any], field: str) -> None:
    assert list(errors({**SMALLEST, **wrong})) == [field]


def test_every_error_is_reported_at_once() -> None:
    assert errors(
        {
            "emailId": "seven",
            "message": {
                "to": "nobody",
                "from": 5,
                "replyTo": {"a": 1},
                "cc": ["ok@example.net", "bad", None],
                "bcc": False,
                "sendId": "x" * 513,
                "sendAt": "tomorrow",
                "headers": {"Bcc": "eve@example.org"},
                "tags": 5,
                "attachments": [{"filename": 5}],
            },
            "contactProperties": {"firstname": {}, "age": [5]},
            "customProperties": "order=42",
        }
    ) == {
        "emailId": "INVALID_VALUE",
        "message.to": "INVALID_EMAIL",
        "message.from": "INVALID_VALUE",
        "message.replyTo": "INVALID_VALUE",
        "message.cc[1]": "INVALID_EMAIL",
        "message.cc[2]": "INVALID_VALUE",
        "message.bcc": "INVALID_VALUE",
        "message.sendId": "INVALID_VALUE",
        "message.sendAt": "INVALID_VALUE",
        "message.headers.Bcc": "INVALID_VALUE",
        "message.tags": "INVALID_VALUE",
        "message.attachments[0].filename": "INVALID_VALUE",
        "message.attachments[0].contentType": "REQUIRED_FIELD",
        "contactProperties.firstname": "INVALID_VALUE",
        "contactProperties.age": "INVALID_VALUE",
        "customProperties": "INVALID_VALUE",
    }


def test_a_contacts_properties_are_texts_and_a_null_is_absent() -> None:
    properties = {"name": "Ada", "visits": 7, "share": 0.5, "vip": True, "gone": None}
    expected = {"name": "Ada", "visits": "7", "share": "0.5", "vip": "true"}
    assert read({**SMALLEST, "contactProperties": properties}).contact == expected


def test_missing_fields_are_reported() -> None:
    expected = {"emailId": "REQUIRED_FIELD", "message": "REQUIRED_FIELD", "message.to": "REQUIRED_FIELD"}
    assert errors({}) == expected
    assert errors({"emailId": 1, "message": {}}) == {"message.to": "REQUIRED_FIELD"}


@pytest.mark.parametrize("email_id", [0, -1, 1.5, True, "", "7.0", "²", "٣x", 2**63, [], "9" * 5000])
def test_an_email_id_is_a_positive_whole_number(email_id: Any) -> None:
    assert errors({**SMALLEST, "emailId": email_id}) == {"emailId": "INVALID_VALUE"}


def test_at_most_fifty_recipients_are_allowed() -> None:
    many = [f"p{number}@example.net" for number in range(49)]
    assert len(read(with_message(cc=many)).recipients) == 50
    assert errors(with_message(cc=many, bcc=["x@example.net"])) == {"message": "INVALID_VALUE"}


def test_one_address_gets_one_mail_in_its_first_role() -> None:
    request = read(
        with_message(
            cc=["Ada <ada@EXAMPLE.net>", "b@example.net", "B@example.net"],
            bcc=["Ada@example.net", "ADA@example.net", "b@example.net", "c@example.net"],
        )
    )
    to, cc, bcc = RecipientRole.TO, RecipientRole.CC, RecipientRole.BCC
    assert [(one.role, one.address.email, one.also) for one in request.recipients] == [
        (to, "ada@example.net", (cc, bcc)),
        (cc, "b@example.net", (bcc,)),
        (bcc, "c@example.net", ()),
    ]


def test_the_status_lists_the_further_roles_of_an_address() -> None:
    message = a_message(also=(RecipientRole.CC,))
    (recipient,) = status_view(message, [message]).recipients or []
    assert (recipient.role, recipient.also) == (RecipientRole.TO, [RecipientRole.CC])


@given(JSON, JSON)
def test_any_json_is_read_or_rejected(message: Any, properties: Any) -> None:
    body = {"emailId": 7, "message": message, "contactProperties": properties, "customProperties": properties}
    errors(body)
    errors({**body, "message": {"to": message, "cc": properties, "sendId": message, "from": properties}})


@pytest.mark.parametrize(
    ("state", "status", "result"),
    [
        (State.QUEUED, "PENDING", None),
        (State.SENDING, "PROCESSING", None),
        (State.SENT, "COMPLETE", "SENT"),
        (State.REFUSED, "COMPLETE", "MISSING_CONTENT"),
        (State.FAILED, "COMPLETE", "UNDELIVERABLE"),
        (State.CANCELED, "CANCELED", None),
    ],
)
def test_the_status_of_each_state(state: State, status: str, result: str | None) -> None:
    message = a_message(
        state=state, result=SendResult(result) if result else None, settled_at=NOON_TEXT, started_at=NOON_TEXT
    )
    view = view_of(message)
    assert (view["status"], view.get("sendResult")) == (status, result)
    assert ("completedAt" in view) is (status in {"COMPLETE", "CANCELED"})
    assert (view["statusId"], view["requestedAt"], view["startedAt"]) == ("s-1", NOON_TEXT, NOON_TEXT)
    assert set(view["eventId"]) == {"id", "created"}
    assert view["eventId"] == view_of(replace(message, reason="x"))["eventId"]


def view_of(*messages: Message) -> dict[str, Any]:
    """The view as JSON: of one message, or of every message of a send."""
    view = msgspec.to_builtins(status_view(messages[0], messages if len(messages) > 1 else None))
    assert isinstance(view, dict)
    return view


def test_each_recipient_has_its_status_and_ordered_timeline() -> None:
    bounced = {"kind": "BOUNCED", "at": "2026-11-23T12:00:02.000Z", "type": "Permanent"}
    sent = {"kind": "SENT", "at": NOON_TEXT}
    view = view_of(
        a_message(state=State.SENT, settled_at=NOON_TEXT, timeline={"b": bounced, "a": sent}),
        a_message(
            recipient=1, address="grace@example.net", state=State.FAILED, result=SendResult.UNDELIVERABLE, reason="no"
        ),
    )
    assert view["recipients"] == [
        {
            "role": "to",
            "address": "ada@example.net",
            "status": "COMPLETE",
            "sendResult": "SENT",
            "completedAt": NOON_TEXT,
            "delivery": "BOUNCED",
            "timeline": [
                {"type": "SENT", "at": NOON_TEXT},
                {"type": "BOUNCED", "at": "2026-11-23T12:00:02.000Z", "details": {"type": "Permanent"}},
            ],
        },
        {
            "role": "cc",
            "address": "grace@example.net",
            "status": "COMPLETE",
            "sendResult": "UNDELIVERABLE",
            "message": "no",
        },
    ]
    assert "recipients" not in view_of(a_message())


def test_a_status_has_the_sending_key_and_the_tags() -> None:
    view = view_of(a_message(accepted_by="key-1", tags={"campaign": "spring"}))
    assert (view["requestedBy"], view["tags"]) == ("key-1", {"campaign": "spring"})
    assert not {"requestedBy", "tags"} & view_of(a_message(accepted_by="", tags={})).keys()


def test_a_scheduled_send_is_pending_and_has_its_time() -> None:
    view = view_of(a_message(state=State.SCHEDULED, due_at="2026-11-24T08:00:00.000Z"))
    assert (view["status"], view["sendAt"]) == ("PENDING", "2026-11-24T08:00:00.000Z")
    assert "sendAt" not in view_of(a_message())


def test_send_at_is_read_in_any_time_zone() -> None:
    assert read(with_message(sendAt="2026-11-23T16:00:00+01:00")).send_at == "2026-11-23T15:00:00.000Z"
    assert read(SMALLEST).send_at is None


@pytest.mark.parametrize("value", ["", "tomorrow", 5, True, [], "9999-99-99", "2026-11-23T25:00"])
def test_an_invalid_send_at_is_rejected(value: Any) -> None:
    assert errors(with_message(sendAt=value)) == {"message.sendAt": "INVALID_VALUE"}


def test_a_send_at_too_far_ahead_joins_the_other_errors() -> None:
    wrong = with_message(sendAt="2026-12-06T00:00:00Z", headers={"Bcc": "eve@example.org"}, cc=["bad"])
    assert errors(wrong) == {
        "message.sendAt": "INVALID_VALUE",
        "message.headers.Bcc": "INVALID_VALUE",
        "message.cc[0]": "INVALID_EMAIL",
    }


def test_a_long_idempotency_key_is_rejected() -> None:
    assert errors(SMALLEST, **{"idempotency-key": "k" * 513}) == {"Idempotency-Key": "INVALID_VALUE"}


@pytest.mark.parametrize(("send_id", "read_as"), [("0", "0"), (1, "1"), (10042, "10042"), (7.0, "7")])
def test_a_send_id_may_be_a_whole_number(send_id: Any, read_as: str) -> None:
    assert read(with_message(sendId=send_id)).send_id == read_as


@pytest.mark.parametrize("send_id", [0, 0.0, -1, False, 1.5, 10**30, [], {}])
def test_a_send_id_of_another_type_is_an_error(send_id: Any) -> None:
    """The 0 of a variable that was never set would be one id of many mails, of which only the first is sent."""
    assert errors(with_message(sendId=send_id)) == {"message.sendId": "INVALID_VALUE"}
