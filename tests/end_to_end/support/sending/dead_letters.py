"""A send that was given up."""

from __future__ import annotations

import time
import uuid

from functions import wiring
from functions.core import addresses, timestamps
from functions.core.outcomes import SendResult
from functions.core.sending.send import Message, MessageKey, RecipientRole, Send, SendRecipient, State
from tests.end_to_end.service import Service


def abandoned_send(service: Service, to: str, **custom: str) -> Send:
    """Stores a send as deliver leaves it after its last attempt, a day ago."""
    draft = service.starter.draft
    email = service.stack.container.get(wiring.adapters.emails.emails).get(draft.email_id)
    assert email
    assert email.published_revision
    accepted_at = timestamps.iso(time.time() - 86400)
    send = Send(
        id=str(uuid.uuid4()),
        email_id=draft.email_id,
        revision=email.published_revision,
        accepted_at=accepted_at,
        recipients=(SendRecipient(RecipientRole.TO, addresses.parse(to)),),
        contact=service.starter.sample["contactProperties"],
        custom={**service.starter.sample["customProperties"], **custom},
        attempts=8,
    )
    failed = Message(
        key=MessageKey(send.id, 0),
        email_id=send.email_id,
        address=to,
        role=RecipientRole.TO,
        state=State.FAILED,
        accepted_at=accepted_at,
        result=SendResult.UNDELIVERABLE,
        reason="given up after 8 attempts",
        attempts=8,
        settled_at=accepted_at,
    )
    service.stack.container.get(wiring.adapters.sending.sends).create([failed])
    return send
