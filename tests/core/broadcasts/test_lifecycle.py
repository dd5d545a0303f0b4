"""The states of a broadcast: what an actor may do, and what no order of steps can reach."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.broadcasts import lifecycle
from functions.core.broadcasts.lifecycle import TRANSITIONS, BroadcastState, BroadcastTransition
from functions.core.errors import Conflict


@pytest.mark.parametrize("state", BroadcastState)
@pytest.mark.parametrize("transition", BroadcastTransition)
def test_every_pair_is_a_row_or_a_conflict(state: BroadcastState, transition: BroadcastTransition) -> None:
    if (state, transition) in TRANSITIONS:
        assert lifecycle.after(state, transition, prepared=True) is TRANSITIONS[state, transition]
    else:
        with pytest.raises(Conflict, match=str(state)):
            lifecycle.after(state, transition, prepared=True)


def test_a_resumed_broadcast_writes_its_missing_pages() -> None:
    assert (
        lifecycle.after(BroadcastState.PAUSED, BroadcastTransition.RESUME, prepared=False) is BroadcastState.PREPARING
    )


@given(st.lists(st.sampled_from(list(BroadcastTransition)), max_size=20))
def test_no_order_of_steps_leaves_a_final_state(steps: list[BroadcastTransition]) -> None:
    state, prepared = BroadcastState.DRAFT, False
    for step in steps:
        try:
            after = lifecycle.after(state, step, prepared=prepared)
        except Conflict:
            continue
        assert state not in lifecycle.FINAL
        assert not (after is BroadcastState.DONE and not prepared)
        prepared = prepared or step is BroadcastTransition.PREPARE
        state = after


def test_only_a_conflict_names_what_is_possible() -> None:
    with pytest.raises(Conflict, match="pause, cancel"):
        lifecycle.after(BroadcastState.SENDING, BroadcastTransition.RESUME, prepared=True)
