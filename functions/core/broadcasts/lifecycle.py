"""The states of a broadcast, as a table of transitions. A transition that is not in the table is a conflict."""

from __future__ import annotations

from enum import StrEnum

from functions.core.errors import Conflict


class BroadcastState(StrEnum):
    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"  # it begins at its time
    PREPARING = "PREPARING"  # its audience is being written into pages, and the first pages are sent
    SENDING = "SENDING"  # all pages are written
    PAUSED = "PAUSED"
    CANCELED = "CANCELED"
    DONE = "DONE"  # each recipient has an outcome


class BroadcastTransition(StrEnum):
    SCHEDULE = "schedule"
    CHANGE = "change"  # its time, its audience, and what else an actor chooses
    START = "start"
    PREPARE = "prepare"  # the last page was written
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    FINISH = "finish"


_S, _T = BroadcastState, BroadcastTransition
TRANSITIONS: dict[tuple[BroadcastState, BroadcastTransition], BroadcastState] = {
    (_S.DRAFT, _T.SCHEDULE): _S.SCHEDULED,
    (_S.SCHEDULED, _T.SCHEDULE): _S.SCHEDULED,
    (_S.DRAFT, _T.CHANGE): _S.DRAFT,
    (_S.SCHEDULED, _T.CHANGE): _S.SCHEDULED,
    (_S.DRAFT, _T.START): _S.PREPARING,
    (_S.SCHEDULED, _T.START): _S.PREPARING,
    (_S.PREPARING, _T.PREPARE): _S.SENDING,
    (_S.PAUSED, _T.PREPARE): _S.PAUSED,  # a pause stops mail, and not the writing of pages
    (_S.PREPARING, _T.PAUSE): _S.PAUSED,
    (_S.SENDING, _T.PAUSE): _S.PAUSED,
    (_S.PAUSED, _T.RESUME): _S.SENDING,  # or PREPARING: see `after`
    (_S.DRAFT, _T.CANCEL): _S.CANCELED,
    (_S.SCHEDULED, _T.CANCEL): _S.CANCELED,
    (_S.PREPARING, _T.CANCEL): _S.CANCELED,
    (_S.SENDING, _T.CANCEL): _S.CANCELED,
    (_S.PAUSED, _T.CANCEL): _S.CANCELED,
    (_S.SENDING, _T.FINISH): _S.DONE,
    (_S.PAUSED, _T.FINISH): _S.DONE,  # its last mail was on its way when it was paused
}

FINAL = frozenset({BroadcastState.CANCELED, BroadcastState.DONE})
STARTABLE = frozenset({BroadcastState.DRAFT, BroadcastState.SCHEDULED})
STARTED = frozenset(BroadcastState) - STARTABLE
SENDS = frozenset({BroadcastState.PREPARING, BroadcastState.SENDING})  # states in which mail goes out


def after(state: BroadcastState, transition: BroadcastTransition, *, prepared: bool) -> BroadcastState:
    """`prepared`: whether every page is written. Raises Conflict."""
    target = TRANSITIONS.get((state, transition))
    if target is None or (transition is BroadcastTransition.FINISH and not prepared):
        possible = [str(one) for from_state, one in TRANSITIONS if from_state is state and one in BY_ACTORS]
        may = f"it can only be changed by: {', '.join(possible)}" if possible else "nothing changes it any more"
        raise Conflict(f"a broadcast in state {state} cannot {transition}: {may}")
    if transition is BroadcastTransition.RESUME and not prepared:
        return BroadcastState.PREPARING
    return target


BY_ACTORS = frozenset({_T.SCHEDULE, _T.CHANGE, _T.START, _T.PAUSE, _T.RESUME, _T.CANCEL})
