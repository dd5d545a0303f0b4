from __future__ import annotations

from itertools import product

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.outcomes import SendResult
from functions.core.sending import lifecycle
from functions.core.sending.lifecycle import FINAL, TRANSITIONS, Transition
from functions.core.sending.send import State
from tests.fakes.sending import MemorySends
from tests.support.examples import NOON, NOON_TEXT, a_message

LEASE, GRACE = 60, 300
KEY = a_message().key


LATE_TRUTHS = {
    (State.FAILED, Transition.SES_CONFIRMED),
    (State.REFUSED, Transition.SES_CONFIRMED),
    (State.FAILED, Transition.SEND),
}


@pytest.mark.parametrize(("state", "act"), list(product(State, Transition)))
def test_every_state_and_transition(state: State, act: Transition) -> None:
    """Only SES's event or an operator moves a message out of a final state, and nothing moves it out of SENT or CANCELED."""
    after = TRANSITIONS.get((state, act))
    assert (state in lifecycle.sources(act)) is (after is not None)
    if after:
        assert after is lifecycle.target(act)
    if state in FINAL:
        assert (after is State.SENT) is ((state, act) in LATE_TRUTHS)
        assert (after is State.QUEUED) is (
            (state, act) in {(State.FAILED, Transition.REDRIVE), (State.REFUSED, Transition.REDRIVE)}
        )


def test_a_leased_message_is_claimable_after_lease_and_grace() -> None:
    assert lifecycle.claimable_from(a_message(), GRACE) == 0
    assert lifecycle.claimable_from(a_message(state=State.SENDING, lease_until=100), GRACE) == 400


@pytest.mark.parametrize("state", [State.FAILED, State.REFUSED])
def test_a_message_that_ses_never_accepted_is_redrivable(state: State) -> None:
    failed = a_message(state=state, lease_until=100)
    assert lifecycle.redrivable(failed, 100 + GRACE, GRACE)
    assert not lifecycle.redrivable(failed, 99 + GRACE, GRACE), "its Send event may still come"
    assert not lifecycle.redrivable(replace(failed, ses_message_id="0102"), NOON, GRACE)
    fact = TimelineEvent(type=TimelineEventType.SENT, at=NOON_TEXT)
    assert not lifecycle.redrivable(replace(failed, timeline={fact.key: fact.to_item()}), NOON, GRACE)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_a_final_message_is_never_claimable(state: State) -> None:
    with pytest.raises(ValueError, match="nothing is left to claim"):
        lifecycle.claimable_from(a_message(state=state), GRACE)


def test_a_sent_message_shows_sent_after_any_earlier_result() -> None:
    assert lifecycle.outcome(a_message(state=State.SENT, result=SendResult.UNDELIVERABLE)) is SendResult.SENT
    assert lifecycle.outcome(a_message(state=State.FAILED, result=SendResult.UNDELIVERABLE)) is SendResult.UNDELIVERABLE
    assert lifecycle.outcome(a_message()) is None


class AnyOrderOfActs(RuleBasedStateMachine):
    """Workers, retries and events act on one message in any order, at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.sends = MemorySends()
        self.sends.create([a_message()])
        self.now = NOON
        self.states = [State.QUEUED]

    @rule(seconds=st.sampled_from([0, 1, LEASE, LEASE + GRACE]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @rule()
    def claim(self) -> None:
        before = self.sends.stored[KEY]
        claimed = self.sends.claim(KEY, now=self.now, lease_seconds=LEASE, grace_seconds=GRACE)
        is_leased = before.state is State.SENDING and self.now < before.lease_until + GRACE
        assert (claimed is not None) is (before.state not in FINAL and not is_leased)

    @rule(act=st.sampled_from([act for act in Transition if act not in {Transition.CLAIM, Transition.REDRIVE}]))
    def settle(self, act: Transition) -> None:
        before = self.sends.stored[KEY].state
        assert self.sends.settle(KEY, act, now=self.now) is ((before, act) in TRANSITIONS)

    @rule()
    def reopen(self) -> None:
        before = self.sends.stored[KEY]
        done = self.sends.redrive(KEY, now=self.now, grace_seconds=GRACE)
        assert done is lifecycle.redrivable(before, int(self.now), GRACE)
        if done:
            assert not before.timeline
            self.states.append(State.QUEUED)

    @rule(number=st.integers(0, 3))
    def record(self, number: int) -> None:
        self.sends.record(KEY, TimelineEvent(type=TimelineEventType.OPENED, at=NOON_TEXT, dedup_key=str(number)))

    @invariant()
    def final_means_final(self) -> None:
        state = self.sends.stored[KEY].state
        if state is not self.states[-1]:
            assert self.states[-1] not in FINAL or (self.states[-1], Transition.SES_CONFIRMED) in TRANSITIONS
            assert self.states[-1] not in FINAL or state is State.SENT
            self.states.append(state)


TestAnyOrderOfActs = AnyOrderOfActs.TestCase
