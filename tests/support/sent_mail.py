"""A mail that was sent, on the adapters: its email, its message, and what is stored of it."""

from __future__ import annotations

import time
from typing import Any

from functions import wiring
from functions.core import timestamps
from functions.core.emails.email import Revision
from functions.core.sending import sent_content
from functions.core.sending.send import Message, MessageKey, Send, State
from functions.wiring import Container
from tests.support.examples import a_document, a_message, a_revision, a_send, an_email


def store_email(container: Container, revision: Revision | None = None, **changed: Any) -> None:
    emails = container.get(wiring.adapters.emails.emails)
    if emails.get(7) is None:
        emails.publish(an_email(**changed), revision or a_revision(), a_document())


def store_sent(
    container: Container, send_id: str = "s-sent", send: Send | None = None, web_version_id: str = "", **changed: Any
) -> Message:
    """Returns the message of a mail that was sent a moment ago."""
    now = timestamps.iso(time.time())
    send = send or a_send(id=send_id, accepted_at=now)
    store_email(container)
    message = a_message(
        key=MessageKey(send_id, 0), state=State.SENT, accepted_at=now, settled_at=now, revision=1, **changed
    )
    container.get(wiring.adapters.sending.sends).create([message])
    content = sent_content.of(
        send,
        numbers=(0,),
        built_at=time.time(),
        language="en",
        contact={"firstname": "Ada", "email": "ada@example.net"},
        web_versions=(web_version_id,),
    )
    container.get(wiring.adapters.sending.sent_contents).put_all([(content, time.time() + 86400)])
    return message
