"""The states of a message, as a table of transitions. Adapters turn a row into the condition of a write, so no other order is stored."""

from __future__ import annotations

import functools
from enum import StrEnum

from functions.core.outcomes import SendResult
from functions.core.sending.send import Message, State


class Transition(StrEnum):
    ENQUEUE = "enqueue"  # it is due: a copy of it is in the queue
    CLAIM = "claim"  # a worker takes the message, to send it to SES
    RELEASE = "release"  # SES certainly did not accept it: it waits for its next attempt
    SEND = "send"  # SES accepted it
    REFUSE = "refuse"  # it must not or cannot be sent
    GIVE_UP = "give up"  # all its attempts failed
    SES_CONFIRMED = "confirm"  # SES's Send event reports it
    CANCEL = "cancel"
    REDRIVE = "reopen"  # an operator sends a refused or failed message again: see `redrivable`


TRANSITIONS: dict[tuple[State, Transition], State] = {
    (State.SCHEDULED, Transition.ENQUEUE): State.QUEUED,
    (State.SCHEDULED, Transition.CLAIM): State.SENDING,  # its copy was read before it was marked as queued
    (State.SCHEDULED, Transition.REFUSE): State.REFUSED,
    (State.SCHEDULED, Transition.GIVE_UP): State.FAILED,
    (State.SCHEDULED, Transition.CANCEL): State.CANCELED,
    (State.QUEUED, Transition.CLAIM): State.SENDING,
    (
        State.SENDING,
        Transition.CLAIM,
    ): State.SENDING,  # only once the lease and the grace period are over: see `claimable_from`
    (State.SENDING, Transition.RELEASE): State.QUEUED,
    (State.SENDING, Transition.SEND): State.SENT,
    (State.FAILED, Transition.SEND): State.SENT,  # another worker gave up while SES's response was under way
    (State.QUEUED, Transition.REFUSE): State.REFUSED,
    (State.SENDING, Transition.REFUSE): State.REFUSED,
    (State.QUEUED, Transition.GIVE_UP): State.FAILED,
    (State.SENDING, Transition.GIVE_UP): State.FAILED,
    (State.QUEUED, Transition.CANCEL): State.CANCELED,
    (State.FAILED, Transition.REDRIVE): State.QUEUED,
    (State.REFUSED, Transition.REDRIVE): State.QUEUED,
    # The Send event is the truth, whatever state we stored. It can arrive before the send call returns (SENDING), after a
    # lease ended and the message was queued again (QUEUED), or after we gave up on an unknown outcome (FAILED, REFUSED).
    (State.QUEUED, Transition.SES_CONFIRMED): State.SENT,
    (State.SENDING, Transition.SES_CONFIRMED): State.SENT,
    (State.FAILED, Transition.SES_CONFIRMED): State.SENT,
    (State.REFUSED, Transition.SES_CONFIRMED): State.SENT,
}

STUCK_SECONDS = 3600  # every accepted message should have its outcome within this time
HOPELESS_SECONDS = 3 * 86400  # a receipt is of no use after this time, and a queue has been empty once by then
FINAL = frozenset(State) - {State.SCHEDULED, State.QUEUED, State.SENDING}


@functools.cache
def sources(transition: Transition) -> tuple[State, ...]:
    """Returns the states in which a transition is possible."""
    return tuple(state for state, possible in TRANSITIONS if possible is transition)


@functools.cache
def target(transition: Transition) -> State:
    """Returns the state that a transition leads to. It is the same from every source."""
    (state,) = {after for (_, possible), after in TRANSITIONS.items() if possible is transition}
    return state


def claimable_from(message: Message, grace_seconds: int) -> int:
    """Returns when (seconds since the epoch) a message may be claimed. A waiting message may be claimed at once. A leased one may be
    claimed after its lease and the time that SES's Send event may take. Raises ValueError if the message is final.
    """
    if message.state in FINAL:
        raise ValueError(f"{message.key} is {message.state}: nothing is left to claim")
    return 0 if message.state is not State.SENDING else message.lease_until + grace_seconds


def redrivable_from(message: Message, grace_seconds: int) -> int | None:
    """Returns when (seconds since the epoch) SES surely never accepted a refused or failed message: none of its events can come any more.
    Returns None for a message that has one, in another state, and of an erased person.
    """
    is_unreported = not message.ses_message_id and not message.timeline
    is_redrivable = is_unreported and not message.erased and message.state in sources(Transition.REDRIVE)
    return message.lease_until + grace_seconds if is_redrivable else None


def redrivable(message: Message, now: float, grace_seconds: int) -> bool:
    """Returns whether SES surely never accepted a refused or failed message."""
    begins_at = redrivable_from(message, grace_seconds)
    return begins_at is not None and begins_at <= now


def outcome(message: Message) -> SendResult | None:
    """Returns HubSpot's word for the outcome of the attempt, or None before it ended."""
    return SendResult.SENT if message.state is State.SENT else message.result
