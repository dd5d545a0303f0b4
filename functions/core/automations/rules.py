"""The rules of a run: where it goes next, and what it does there. They are pure: effects are values, which a step carries out.

`enter` → `advance` → (effect → `done` → `advance`)* → a run that waits or has ended. Only that last run is stored. A crash before it
repeats the effects; each has the same id then, so its receiver does nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from functions.core import timestamps
from functions.core.automations import conditions, durations, waits
from functions.core.automations.conditions import Facts
from functions.core.automations.definition import (
    END,
    AddToList,
    Branch,
    CallWebhook,
    Condition,
    DateTrigger,
    Definition,
    End,
    Engagement,
    NotOpenedTrigger,
    RemoveFromList,
    SendEmail,
    SetProperty,
    Split,
    StartAutomation,
    Wait,
    WaitFor,
    WaitUntil,
)
from functions.core.automations.run import HISTORY_MAX, NOTE_OCTETS_MAX, Run, RunRecord, RunStatus
from functions.core.events.timeline import clipped

# The properties of what starts a run, if it is no event: the contact's date, the list that it joined, the email.
DATE, LIST, EMAIL_ID = "date", "list", "emailId"
GOAL_NOTE = "reached its goal"  # begins the note of a run that a goal ended
PASSES_MAX = 2000  # steps of one run: a loop ends there
Action = SendEmail | SetProperty | AddToList | RemoveFromList | CallWebhook | StartAutomation


class Arrival(Struct, frozen=True, kw_only=True):
    """An event about a contact: a custom one by its name, or what happened to a mail."""

    id: str = ""  # of a custom event
    name: str = ""
    message: str = ""  # status id of the mail
    was: Engagement | None = None


def enter(run: Run, definition: Definition, now: float) -> Run:
    """Returns the run at its entry. A run about an unopened mail waits before its first step."""
    if isinstance(definition.trigger, NotOpenedTrigger):
        due = now + durations.seconds(definition.trigger.within)
        return replace(run, due_at=timestamps.iso(due))
    if run.due_at:  # the date of a contact
        return run
    return replace(_noted(run, now, "entered the automation"), step=definition.steps[0].id)


def advance(run: Run, definition: Definition, facts: Facts) -> tuple[Run, Action | None]:
    """Goes on until the run waits, ends, or has something to do. Returns the run there, and what to do."""
    while run.is_active and not run.due_at:
        if definition.goal and definition.goal.when and conditions.is_met(definition.goal.when, facts):
            return ended(run, facts.now, GOAL_NOTE), None
        if run.step == END:
            return ended(run, facts.now, "came to the end"), None
        if run.passes >= PASSES_MAX:
            return _left(run, RunStatus.FAILED, facts.now, f"did {PASSES_MAX:,} steps"), None
        step = definition.step(run.step)
        match step:
            case Wait() | WaitUntil() | WaitFor():
                run = _waiting(run, step, definition, facts)
            case Branch():
                run = _branched(run, step, definition, facts)
            case Split():
                run = _split(run, step, facts)
            case End():
                return ended(run, facts.now, step.reason or "came to the end"), None
            case _:
                return run, step
    return run, None


def done(run: Run, definition: Definition, now: float, note: str, message: str = "") -> Run:
    """Returns the run after its action. `message`: the status id of the mail that it sent."""
    step = definition.step(run.step)
    if message:
        earlier = {name: was for name, was in run.engagements.items() if name != step.id}
        run = replace(run, messages={**run.messages, step.id: message}, engagements=earlier)
    return _moved(run, definition.after(step), now, note)


def due(run: Run, definition: Definition, facts: Facts) -> Run:
    """Returns the run after the end of its wait, or the same run if it does not wait or its wait is not over."""
    if not run.is_active or not run.due_at or timestamps.parse(run.due_at) > facts.now:
        return run
    if not run.step:
        return _after_date_or_silence(run, definition, facts)
    step = definition.step(run.step)
    if not isinstance(step, WaitFor):
        return _moved(run, definition.after(step), facts.now, "went on")
    if step.step is not None and step.was in facts.engagements(step.step):
        return _moved(run, definition.after(step), facts.now, "went on: it happened")
    return _moved(run, step.timed_out or definition.after(step), facts.now, f"timed out after {step.at_most}")


def arrived(run: Run, definition: Definition, arrival: Arrival, now: float) -> Run:
    """Returns the run after an event that it waits for, that is its goal or that a later step reads, or the same run."""
    if not run.is_active or not run.step or (arrival.id and arrival.id == run.event_id):  # it started the run
        return run
    run = _remembered(run, definition, arrival)
    if definition.goal and arrival.name and definition.goal.event == arrival.name:
        return ended(run, now, f"{GOAL_NOTE}: {arrival.name}")
    step = definition.step(run.step)
    if not run.due_at or not isinstance(step, WaitFor):
        return run
    if arrival.name and step.event == arrival.name:
        return _moved(run, definition.after(step), now, f"went on: {arrival.name}")
    if arrival.message and step.was is arrival.was and run.messages.get(step.step or "") == arrival.message:
        return _moved(run, definition.after(step), now, f"went on: {arrival.was}")
    return run


def _remembered(run: Run, definition: Definition, arrival: Arrival) -> Run:
    read = {step for step, was in mails_read(definition) if was is arrival.was}
    engagements = {
        step: (*run.engagements.get(step, ()), arrival.was)
        for step, message in run.messages.items()
        if arrival.was
        and message == arrival.message
        and step in read
        and arrival.was not in run.engagements.get(step, ())
    }
    return replace(run, engagements={**run.engagements, **engagements}) if engagements else run


def mails_read(definition: Definition) -> frozenset[tuple[str, Engagement]]:
    """Returns what a run may read about the mails of its steps."""
    readings = [(step.step, step.was) for step in definition.steps if isinstance(step, WaitFor)]
    for condition in _conditions(definition):
        readings += [(inner.step, inner.was) for inner in conditions.inner(condition)]
    return frozenset((step, was) for step, was in readings if step and was)


def _conditions(definition: Definition) -> Iterator[Condition]:
    if definition.goal and definition.goal.when:
        yield definition.goal.when
    for step in definition.steps:
        if isinstance(step, Branch):
            yield from (case.when for case in step.cases)


def ended(run: Run, now: float, reason: str) -> Run:
    return _left(run, RunStatus.ENDED, now, reason)


def stopped(run: Run, now: float, reason: str) -> Run:
    return _left(run, RunStatus.STOPPED, now, reason) if run.is_active else run


def failed(run: Run, now: float, reason: str) -> Run:
    return _left(run, RunStatus.FAILED, now, reason)


def awaited_events(definition: Definition) -> frozenset[str]:
    """Returns the custom events that a run may wait for."""
    names = {step.event for step in definition.steps if isinstance(step, WaitFor) and step.event}
    return frozenset(names | ({definition.goal.event} if definition.goal and definition.goal.event else set()))


def custom_properties(step: SendEmail, event: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what an email of the step prints as `custom`: the event's properties, and the step's own over them."""
    return {**event, **(step.properties or {})}


def reached_goal(run: Run) -> bool:
    return bool(run.history) and run.history[-1].note.startswith(GOAL_NOTE)


def _after_date_or_silence(run: Run, definition: Definition, facts: Facts) -> Run:
    if isinstance(definition.trigger, NotOpenedTrigger) and Engagement.OPENED in facts.engagements(""):
        return ended(run, facts.now, "did not enter: the mail was opened")
    if isinstance(definition.trigger, DateTrigger) and facts.contact.get(definition.trigger.property) != run.event.get(
        DATE
    ):
        return ended(run, facts.now, "did not enter: the date is another by now")
    if definition.when and not conditions.is_met(definition.when, facts):
        return ended(run, facts.now, "did not enter: the condition is not met")
    return replace(_noted(run, facts.now, "entered the automation"), step=definition.steps[0].id, due_at=None)


def _waiting(run: Run, step: Wait | WaitUntil | WaitFor, definition: Definition, facts: Facts) -> Run:
    if isinstance(step, WaitFor) and step.step is not None and step.was in facts.engagements(step.step):
        return _moved(run, definition.after(step), facts.now, "went on: it happened before")
    end = waits.end(step, definition, facts.contact, facts.now)
    note = f"waits until {waits.in_words(end, waits.zone(step, definition, facts.contact))}"
    return replace(_noted(run, facts.now, note), due_at=timestamps.iso(end))


def _branched(run: Run, step: Branch, definition: Definition, facts: Facts) -> Run:
    for number, case in enumerate(step.cases, 1):
        if conditions.is_met(case.when, facts):
            return _moved(run, case.next, facts.now, f"went on with case {number}")
    return _moved(run, definition.after(step), facts.now, "went on without a case")


def _split(run: Run, step: Split, facts: Facts) -> Run:
    """A repeat of the same pass goes the same way."""
    drawn = int.from_bytes(hashlib.sha256(run.step_id().encode()).digest()[:4], "big") % 100
    for share in step.shares:
        if drawn < share.percent:
            return _moved(run, share.next, facts.now, f"went on with the {share.percent} %")
        drawn -= share.percent
    raise ValueError(f"the percents of {step.id} do not add up to 100")


def _moved(run: Run, step_id: str, now: float, note: str) -> Run:
    return replace(_noted(run, now, note), step=step_id, due_at=None, passes=run.passes + 1)


def _left(run: Run, status: RunStatus, now: float, note: str) -> Run:
    """The event's properties may be secrets, such as a link to a new password: a run that has ended stores none of them."""
    return replace(_noted(run, now, note), status=status, due_at=None, ended_at=timestamps.iso(now), event={})


def _noted(run: Run, now: float, note: str) -> Run:
    record = RunRecord(timestamps.iso(now), run.step, clipped(note, NOTE_OCTETS_MAX))
    return replace(run, history=(*run.history[-HISTORY_MAX + 1 :], record))
