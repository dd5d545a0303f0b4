"""Sends that no worker has."""

from __future__ import annotations

import time
import uuid

from functions import wiring
from functions.core import timestamps
from functions.core.sending.send import Message, MessageKey, RecipientRole, State
from tests.end_to_end.service import Service


def lost_send(service: Service) -> str:
    """A message of two hours ago that is in the table, and in no queue. Its status id."""
    lost = Message(
        key=MessageKey(str(uuid.uuid4()), 0),
        email_id=service.starter.draft.email_id,
        address="lost@example.net",
        role=RecipientRole.TO,
        state=State.QUEUED,
        accepted_at=timestamps.iso(time.time() - 2 * 3600),
    )
    service.stack.container.get(wiring.adapters.sending.sends).create([lost])
    service.settle()  # it is counted, which is how the sweeper learns of it
    return lost.key.send_id
