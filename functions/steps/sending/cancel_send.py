"""Cancel a send: settle every message of it that no worker has claimed yet, and delete the content of a scheduled one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from functions.core.access.actor import Actor
from functions.core.access.scopes import MARKETING_EMAIL, TRANSACTIONAL_EMAIL
from functions.core.addresses import Address
from functions.core.errors import Conflict, NotFound
from functions.core.sending.lifecycle import Transition
from functions.core.sending.send import Message, Send, SendRecipient, State

if TYPE_CHECKING:
    from functions.ports import Clock
    from functions.ports.sending import SendQueue, Sends


def cancel_send(send_id: str, by: Actor, *, sends: Sends, queue: SendQueue, clock: Clock) -> list[Message]:
    """Returns every recipient's message after it. Raises Forbidden, NotFound, and Conflict if no message can be canceled any more."""
    by.require(TRANSACTIONAL_EMAIL, MARKETING_EMAIL)
    messages = sends.messages(send_id)
    if not messages:
        raise NotFound(f"there is no send with the status id {send_id!r}")
    canceled = [message for message in messages if _cancel(message, sends, clock)]
    if not canceled:
        raise Conflict(f"send {send_id} cannot be canceled any more: it is being sent, or has its outcome")
    if all(message.state is State.SCHEDULED for message in canceled) and len(canceled) == len(messages):
        queue.save_scheduled(_empty(messages))  # a copy in the queue must still find a payload
    return sends.messages(send_id)


def _empty(messages: Sequence[Message]) -> Send:
    """Returns a send without content."""
    first = messages[0]
    return Send(
        id=first.key.send_id,
        email_id=first.email_id,
        revision=first.revision,
        accepted_at=first.accepted_at,
        recipients=tuple(SendRecipient(message.role, Address(message.address)) for message in messages),
    )


def _cancel(message: Message, sends: Sends, clock: Clock) -> bool:
    """Returns whether the message is canceled, now or before."""
    if message.state is State.CANCELED:
        return True
    return sends.settle(message.key, Transition.CANCEL, now=clock(), reason="canceled by its sender")
