from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec import json
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.automations import checking, rules
from functions.core.automations.definition import Definition, Engagement, SendEmail
from functions.core.automations.jobs import PROPERTIES_OCTETS_MAX
from functions.core.automations.rules import Arrival
from functions.core.automations.run import HISTORY_MAX, Run, RunStatus
from functions.core.errors import Rejected
from functions.pages import error_words
from tests.support.automations import HEAD, NOON, definition, facts, run, sources

DAY = 86_400

ITEM_OCTETS_MAX = 400 * 1024  # DynamoDB's


def walked(automation: Definition, entered: Run, seed: int, days: int) -> tuple[Run, list[str]]:
    """Lets a run go on for some days of chance. Returns it with the ids of its sends."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    now, sent, current = NOON, [], rules.enter(entered, automation, NOON)
    for _ in range(days):
        current_facts = facts(
            now, {"city": chance.choice(["", "Rome"])}, {"total": chance.randrange(100), "vip": chance.random() < 0.5}
        )
        current, action = rules.advance(current, automation, current_facts)
        while action:
            if isinstance(action, SendEmail):
                sent.append(current.step_id())
            current, action = rules.advance(rules.done(current, automation, now, "sent"), automation, current_facts)
        if not current.is_active:
            break
        assert current.due_at
        assert timestamps.parse(current.due_at) > now
        if chance.random() < 0.3:
            current = rules.arrived(current, automation, Arrival(name="paid"), now)
        now = max(now, timestamps.parse(current.due_at)) if current.due_at else now
        current = rules.due(current, automation, facts(now))
    return current, sent


@settings(max_examples=300, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(sources(), st.integers(0, 1000))
def test_a_checked_definition_ends_or_waits_and_never_sends_twice(source: dict[str, object], seed: int) -> None:
    try:
        automation, _ = checking.read(json.encode(source).decode())
    except Rejected:
        assume(False)
    ended, sent = walked(automation, run(), seed, days=50)
    assert len(sent) == len(set(sent))
    assert ended.status is not RunStatus.FAILED
    notes = {record.note for record in ended.history} - {"over", "sent"}  # the definition's, and the test's
    assert {note for note in notes if error_words.message_of(note, "it", "UTC") == note} == set()


def test_a_repeat_from_the_same_stored_run_does_the_same() -> None:
    """A crash before the run was stored repeats its effects, with the same ids."""
    automation = definition(
        """
        - {id: half, type: split, shares: [{percent: 50, next: a}, {percent: 50, next: b}]}
        - {id: a, type: send_email, email: 1001, next: end}
        - {id: b, type: send_email, email: 1002, next: end}
        """
    )
    entered = rules.enter(run(), automation, NOON)
    first, action = rules.advance(entered, automation, facts())
    again, repeated = rules.advance(entered, automation, facts(NOON + 5))
    assert (first.step_id(), action) == (again.step_id(), repeated)


def test_a_split_divides_by_its_percents() -> None:
    automation = definition(
        "- {id: x, type: split, shares: [{percent: 80, next: a}, {percent: 20, next: end}]}\n- {id: a, type: end}"
    )
    ways = [
        rules.advance(rules.enter(run(id=str(number)), automation, NOON), automation, facts())[0].history[1].note
        for number in range(1000)
    ]
    assert 750 < ways.count("went on with the 80 %") < 850


WAITS_FOR_PAYMENT = """
- {id: reminder, type: send_email, email: 1001}
- {id: payment, type: wait_for, event: paid, at_most: 3d, timed_out: warning, next: end}
- {id: warning, type: send_email, email: 1002}
"""


def waiting_for_payment() -> tuple[Definition, Run]:
    automation = definition(WAITS_FOR_PAYMENT)
    at_mail, _ = rules.advance(rules.enter(run(), automation, NOON), automation, facts())
    waiting, action = rules.advance(rules.done(at_mail, automation, NOON, "sent", "status-1"), automation, facts())
    assert action is None
    return automation, waiting


def test_an_event_ends_a_wait_for_it() -> None:
    automation, waiting = waiting_for_payment()
    assert rules.arrived(waiting, automation, Arrival(name="refunded"), NOON) == waiting
    paid = rules.arrived(waiting, automation, Arrival(name="paid"), NOON + 60)
    assert (paid.step, paid.due_at, paid.history[-1].note) == ("end", None, "went on: paid")


def test_a_wait_without_its_event_times_out() -> None:
    automation, waiting = waiting_for_payment()
    assert rules.due(waiting, automation, facts(NOON + 3 * DAY - 1)) == waiting
    late = rules.due(waiting, automation, facts(NOON + 3 * DAY))
    assert (late.step, late.history[-1].note) == ("warning", "timed out after 3d")


def test_a_repeated_event_changes_nothing() -> None:
    automation, waiting = waiting_for_payment()
    paid = rules.arrived(waiting, automation, Arrival(name="paid"), NOON)
    ended, _ = rules.advance(paid, automation, facts())
    assert rules.arrived(ended, automation, Arrival(name="paid"), NOON) == ended
    assert ended.status is RunStatus.ENDED


def test_opening_a_mail_ends_the_wait_for_it() -> None:
    automation = definition(
        """
        - {id: mail, type: send_email, email: 1001}
        - {id: opened, type: wait_for, step: mail, was: OPENED, at_most: 1d, timed_out: end, next: thanks}
        - {id: thanks, type: send_email, email: 1002}
        """
    )
    sent = rules.done(rules.enter(run(), automation, NOON), automation, NOON, "sent", "status-1")
    waiting, _ = rules.advance(sent, automation, facts())
    assert rules.arrived(waiting, automation, Arrival(message="status-2", was=Engagement.OPENED), NOON) == waiting
    opened = rules.arrived(waiting, automation, Arrival(message="status-1", was=Engagement.OPENED), NOON)
    assert opened.step == "thanks"
    before, _ = rules.advance(sent, automation, facts(engagements={"mail": [Engagement.OPENED]}))
    assert before.step == "thanks"


READS_A_CLICK = """
    - {id: mail, type: send_email, email: 1001}
    - {id: pause, type: wait, time: 400d}
    - {id: ask, type: branch, cases: [{when: {any: [{step: mail, was: CLICKED}]}, next: end}]}
    - {id: again, type: send_email, email: 1001, next: pause}
"""


def test_a_run_remembers_what_a_later_step_reads() -> None:
    automation = definition(READS_A_CLICK)
    sent = rules.done(rules.enter(run(), automation, NOON), automation, NOON, "sent", "status-1")
    waiting, _ = rules.advance(sent, automation, facts())
    for ignored in (
        Arrival(message="status-2", was=Engagement.CLICKED),
        Arrival(message="status-1", was=Engagement.OPENED),
    ):
        assert rules.arrived(waiting, automation, ignored, NOON) == waiting
    clicked = rules.arrived(waiting, automation, Arrival(message="status-1", was=Engagement.CLICKED), NOON)
    assert (clicked.engagements, clicked.due_at) == ({"mail": (Engagement.CLICKED,)}, waiting.due_at)
    assert rules.arrived(clicked, automation, Arrival(message="status-1", was=Engagement.CLICKED), NOON) == clicked
    at_mail = replace(clicked, step="mail", due_at=None)
    assert rules.done(at_mail, automation, NOON, "sent", "status-3").engagements == {}, "another mail"


def test_a_goal_ends_a_run() -> None:
    head = HEAD + "goal: {when: {property: city, operator: EQ, value: Rome}}\n"
    automation = definition("- {id: mail, type: send_email, email: 1001}", head)
    reached, action = rules.advance(rules.enter(run(), automation, NOON), automation, facts(contact={"city": "Rome"}))
    assert (reached.status, action, reached.history[-1].note) == (RunStatus.ENDED, None, "reached its goal")


def test_a_goal_can_be_an_event() -> None:
    automation = definition("- {id: a, type: wait, time: 1d}", HEAD + "goal: {event: cancelled}\n")
    waiting, _ = rules.advance(rules.enter(run(), automation, NOON), automation, facts())
    assert rules.arrived(waiting, automation, Arrival(name="cancelled"), NOON).status is RunStatus.ENDED


@pytest.mark.parametrize(
    ("opened", "status", "step"), [((), RunStatus.WAITING, "mail"), ((Engagement.OPENED,), RunStatus.ENDED, "")]
)
def test_an_unopened_mail_starts_a_run(opened: tuple[Engagement, ...], status: RunStatus, step: str) -> None:
    head = "name: Test\ntrigger: {type: email_not_opened, email: 1001, within: 2d}\n"
    automation = definition("- {id: mail, type: send_email, email: 1002}", head)
    entered = rules.enter(run(messages={"": "status-1"}), automation, NOON)
    assert entered.due_at == timestamps.iso(NOON + 2 * DAY)
    after = rules.due(entered, automation, facts(NOON + 2 * DAY, engagements={"": opened}))
    assert (after.status, after.step) == (status, step)


def test_a_stopped_run_stays_stopped() -> None:
    automation, waiting = waiting_for_payment()
    stopped = rules.stopped(waiting, NOON, "stopped by ada@example.com")
    assert rules.due(stopped, automation, facts(NOON + 9 * DAY)) == stopped
    assert rules.stopped(stopped, NOON, "again") == stopped


def test_an_emails_properties_are_the_events_and_the_steps() -> None:
    step = definition("- {id: mail, type: send_email, email: 1001, properties: {number: 2, tone: kind}}").steps[0]
    assert isinstance(step, SendEmail)
    assert rules.custom_properties(step, {"number": 1, "total": 9}) == {"number": 2, "total": 9, "tone": "kind"}


def test_a_run_with_long_notes_fits_in_an_item() -> None:
    """An email with many missing properties is refused in tens of kilobytes, at each pass of a loop."""
    automation, entered = waiting_for_payment()
    looping = replace(entered, event={"note": "é" * (PROPERTIES_OCTETS_MAX // 2 - 10)}, due_at=None)
    for _ in range(HISTORY_MAX + 5):
        looping = rules.done(
            replace(looping, step="reminder"), automation, NOON, "not sent: é" + "custom.property, " * 2000
        )
    assert len(looping.history) == HISTORY_MAX
    assert len(json.encode(looping)) < ITEM_OCTETS_MAX
