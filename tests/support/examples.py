"""Ordinary things to test with. Each test names only what matters to it."""

from __future__ import annotations

from typing import Any

from functions.core import addresses
from functions.core.contacts.lists.contact_list import ContactList
from functions.core.contacts.subscriptions.subscription import SubscriptionType
from functions.core.emails.email import TRANSACTIONAL, Email, EmailBody, EmailDocument, Revision, Subcategory
from functions.core.sending.attachments import Attachment, Upload
from functions.core.sending.send import Message, MessageKey, RecipientRole, Send, SendRecipient, SendRequest, State

NOON = 1_795_435_200.0  # 2026-11-23T12:00:00Z
NOON_TEXT = "2026-11-23T12:00:00.000Z"
DOMAIN = "example.com"
SENDER = addresses.parse("Acme <shop@example.com>")


def recipients(
    to: str = "ada@example.net", cc: tuple[str, ...] = (), bcc: tuple[str, ...] = ()
) -> tuple[SendRecipient, ...]:
    values = [
        (RecipientRole.TO, to),
        *((RecipientRole.CC, one) for one in cc),
        *((RecipientRole.BCC, one) for one in bcc),
    ]
    return tuple(SendRecipient(role, addresses.parse(text)) for role, text in values)


A_PDF = Attachment(filename="Invoice 42.pdf", content_type="application/pdf", content="JVBERi0xLjcK")
UPLOADED = "8f14e45f-ceea-467f-a0e6-1b2c3d4e5f60"
AN_UPLOAD = Attachment(filename="Catalogue.pdf", content_type="application/pdf", upload=Upload(UPLOADED))
A_LOGO = Attachment(filename="logo.png", content_type="image/png", content="iVBORw0KGgo=", content_id="logo")


def a_subscription_type(**changed: Any) -> SubscriptionType:
    values: dict[str, Any] = {"id": "news", "name": "News", "created_at": NOON_TEXT, "updated_at": NOON_TEXT}
    return SubscriptionType(**{**values, **changed})


def a_contact_list(name: str, **changed: Any) -> ContactList:
    values: dict[str, Any] = {
        "created_at": NOON_TEXT,
        "updated_at": NOON_TEXT,
        "created_by": "ada",
        "updated_by": "ada",
    }
    return ContactList(**{"id": 0, "name": name, **values, **changed})


def an_email(**changed: Any) -> Email:
    values: dict[str, Any] = {
        "id": 7,
        "name": "Receipt",
        "subcategory": Subcategory.SINGLE_SEND_API,
        "subscription": TRANSACTIONAL,
        "published_revision": 1,
        "revisions": 1,
    }
    return Email(**{**values, **changed})


def a_revision(
    *,
    subject: str = "Order {{ custom.order }}",
    html: str = "<p>Dear {{ contact.firstname }}</p>",
    text: str = "Dear {{ contact.firstname }}",
    **changed: Any,
) -> Revision:
    values: dict[str, Any] = {
        "email_id": 7,
        "number": 1,
        "name": "Receipt",
        "content": EmailBody(subject, html, text),
        "sender": SENDER,
        "reply_to": None,
        "subscription": TRANSACTIONAL,
        "published_at": NOON_TEXT,
    }
    return Revision(**{**values, **changed})


def a_document(text: str = '{"name":"Receipt"}') -> EmailDocument:
    return EmailDocument(text, NOON_TEXT, "ada@example.com")


def a_request(**changed: Any) -> SendRequest:
    values: dict[str, Any] = {
        "email_id": 7,
        "recipients": recipients(),
        "contact": {"firstname": "Ada"},
        "custom": {"order": 42},
        "digest": "d1",
    }
    return SendRequest(**{**values, **changed})


def a_send(**changed: Any) -> Send:
    values: dict[str, Any] = {
        "id": "s-1",
        "email_id": 7,
        "revision": 1,
        "accepted_at": NOON_TEXT,
        "recipients": recipients(),
        "contact": {"firstname": "Ada"},
        "custom": {"order": 42},
    }
    return Send(**{**values, **changed})


def a_message(send_id: str = "s-1", recipient: int = 0, **changed: Any) -> Message:
    values: dict[str, Any] = {
        "key": MessageKey(send_id, recipient),
        "email_id": 7,
        "address": "ada@example.net",
        "role": RecipientRole.TO if recipient == 0 else RecipientRole.CC,
        "state": State.QUEUED,
        "accepted_at": NOON_TEXT,
        "digest": "d1",
    }
    return Message(**{**values, **changed})


def messages_of(send: Send) -> list[Message]:
    """What accept stored of a send that waits in the queue."""
    return [
        a_message(send.id, number, address=recipient.address.email, role=recipient.role)
        for number, recipient in enumerate(send.recipients)
    ]
