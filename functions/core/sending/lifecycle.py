"""The life of a message's one attempt, as a table. Adapters turn a row into the condition of a write, so no other order can be stored."""

from __future__ import annotations

from enum import StrEnum

from functions.core.outcomes import SendResult
from functions.core.sending.send import Message, State


class Transition(StrEnum):
    ENQUEUE = "enqueue"  # its time comes: a copy of it is in the queue
    CLAIM = "claim"  # a worker takes the message, to hand it to SES
    RELEASE = "release"  # SES certainly did not take it: it waits for its next try
    SEND = "send"  # SES took it
    REFUSE = "refuse"  # it must not or cannot be sent
    GIVE_UP = "give up"  # it could not be sent in all the tries it gets
    SES_CONFIRMED = "confirm"  # SES's Send event says that it was sent
    CANCEL = "cancel"
    REDRIVE = "reopen"  # what was refused or given up is tried anew, at an operator's word: see `reopenable`


TRANSITIONS: dict[tuple[State, Transition], State] = {
    (State.SCHEDULED, Transition.ENQUEUE): State.QUEUED,
    (State.SCHEDULED, Transition.CLAIM): State.SENDING,  # its copy was quicker than its mark
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
    (State.FAILED, Transition.SEND): State.SENT,  # given up on by another worker while SES's answer was on its way
    (State.QUEUED, Transition.REFUSE): State.REFUSED,
    (State.SENDING, Transition.REFUSE): State.REFUSED,
    (State.QUEUED, Transition.GIVE_UP): State.FAILED,
    (State.SENDING, Transition.GIVE_UP): State.FAILED,
    (State.QUEUED, Transition.CANCEL): State.CANCELED,
    (State.FAILED, Transition.REDRIVE): State.QUEUED,
    (State.REFUSED, Transition.REDRIVE): State.QUEUED,
    # The Send event is the truth, whatever we believed: it can arrive before the send call returns (SENDING), after a
    # lease ran out and the message was put back (QUEUED), or after we
    # gave up on an unknown outcome (FAILED, REFUSED).
    (State.QUEUED, Transition.SES_CONFIRMED): State.SENT,
    (State.SENDING, Transition.SES_CONFIRMED): State.SENT,
    (State.FAILED, Transition.SES_CONFIRMED): State.SENT,
    (State.REFUSED, Transition.SES_CONFIRMED): State.SENT,
}

FINAL = frozenset(State) - {State.SCHEDULED, State.QUEUED, State.SENDING}


def sources(act: Transition) -> tuple[State, ...]:
    """The states in which an act is possible."""
    return tuple(state for state, possible in TRANSITIONS if possible is act)


def target(act: Transition) -> State:
    """The state that an act leads to, the same from wherever it is possible."""
    (state,) = {after for (_, possible), after in TRANSITIONS.items() if possible is act}
    return state


def claimable_from(message: Message, grace_seconds: int) -> int:
    """When (seconds since the epoch) a message may be claimed: at once when it waits; when held, only after its lease and the time that
    SES's Send event may take. Raises ValueError for a message that is final.
    """
    if message.state in FINAL:
        raise ValueError(f"{message.key} is {message.state}: nothing is left to claim")
    return 0 if message.state is not State.SENDING else message.lease_until + grace_seconds


def redrivable(message: Message, now: float, grace_seconds: int) -> bool:
    """Whether SES surely never took a message that was refused or given up: nothing of SES is known of it, nor can an event still come."""
    untold = not message.ses_message_id and not message.timeline
    return message.state in sources(Transition.REDRIVE) and untold and message.lease_until + grace_seconds <= now


def outcome(message: Message) -> SendResult | None:
    """HubSpot's word for how the attempt ended, or None while it has not."""
    return SendResult.SENT if message.state is State.SENT else message.result
