"""Simulates a broadcast: the real steps, SQS and SES by their rules, an operator who pauses or cancels, and faults between them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

from functions.adapters.sending.send_queue import backoff_seconds
from functions.core.broadcasts.jobs import Job, PageJob
from functions.core.broadcasts.lifecycle import FINAL, BroadcastState
from functions.core.errors import Conflict, Retry
from functions.core.sending import lifecycle
from functions.core.sending.send import State
from functions.ports.sending import OutgoingMail
from functions.steps.broadcasts import prepare, read_audience, send_page
from functions.steps.events import record as recording
from tests.fakes import Clock, Killed
from tests.faults.weather import Outage, Plan, Weather
from tests.support.broadcasts import ADA, BroadcastScenario, sent_event

VISIBILITY, EVENT_VISIBILITY = 360, 60
API_SECONDS, WORK_SECONDS, RECORD_SECONDS = 20, 60, 30
LATE_JOB, LATE_EVENT = 600, 500
RECEIVES_MAX, REPEATS, ROUNDS = 10, 8, 600
REFUSALS = 3  # of the script "redrive", in which a message has one attempt
PEOPLE = ("ada@example.net", "bob@example.net", "eve@example.net")
FILE = "email\nbob@example.net\nzoe@example.net\nZoe@example.net\n"
EXPECTED = frozenset({*PEOPLE, "zoe@example.net"})
LINES = 5  # recipients in pages: the two lines of one address are two
STATES = {State.SENT: "sent", State.REFUSED: "refused", State.FAILED: "failed"}


@dataclass
class Copy:
    job: Job
    visible_at: float
    receives: int = 0


@dataclass
class Queue:
    simulation: BroadcastSimulation
    copies: list[Copy] = field(default_factory=list)
    dead_letters: list[tuple[Job, str]] = field(default_factory=list)

    def enqueue(self, *jobs: Job, delay_seconds: int = 0) -> None:
        late = LATE_JOB if self.simulation.weather.late else 0
        now = self.simulation.scenario.clock()
        self.copies += [Copy(job, now + delay_seconds + late) for job in jobs]

    def dead_letter(self, job: Job, reason: str) -> None:
        self.dead_letters.append((job, reason))


@dataclass
class Ses:
    simulation: BroadcastSimulation
    taken: list[OutgoingMail] = field(default_factory=list)
    events: list[tuple[int, float, float]] = field(default_factory=list)  # the mail's number, visible at, arrives at
    refused: list[str] = field(default_factory=list)  # for now, the recipients of its first mails

    def send(self, mail: OutgoingMail) -> str:
        if self.simulation.script == "redrive" and len(self.refused) < REFUSALS:
            self.refused.append(mail.recipient)
            raise Retry("SES is down")
        self.taken.append(mail)
        number, now = len(self.taken) - 1, self.simulation.scenario.clock()
        due = now + (LATE_EVENT if self.simulation.weather.late else 1)
        self.events += [(number, due, due), (number, due + 2, due + 2)]
        return f"ses-{number}"


class BroadcastSimulation:
    """One schedule: `run` it, then check `broken_promises`. A mutation may change a part before, or bring ports of its own."""

    def __init__(self, plan: Plan, script: str = "", **ports: Any) -> None:
        self.script = script  # what an operator does after the first mail: "pause", "cancel", or nothing; "redrive": SES refuses the first ones
        self.clock = Clock()
        self.weather = Weather(plan, self.clock, self._let_others_act)
        self.queue, self.ses = Queue(self), Ses(self)
        self.scenario = BroadcastScenario(
            clock=self.clock, mailer=self.ses, guard=self._guard, events_recorded=self.events_recorded, **ports
        )
        if script == "redrive":
            self.scenario.page = replace(self.scenario.page, max_attempts=1)
        self.record = recording.record
        self.is_done_by_operator = False

    def _guard(self, name: str, port: Any) -> Any:
        return self.weather.guard(name, self.queue if name == "queue" else port)

    def run(self) -> BroadcastSimulation:
        scenario = self.scenario
        file = scenario.a_file(FILE)
        list_id = scenario.a_list(*PEOPLE)
        plan, self.weather.plan = self.weather.plan, lambda _number, _call: None
        self.broadcast_id = scenario.create(lists=(list_id,), file=file).id
        self.weather.calls.clear()
        self.weather.plan = plan
        self._client(self._start)
        for _ in range(ROUNDS):
            if self.queue.copies or self.ses.events:
                self._act()
                self._operate()
            elif self.state in FINAL and not (self.scenario.broadcasts.moments or self.queue.dead_letters):
                return self
            else:
                self._sweep()
        raise AssertionError(f"the simulation never ends in {self.state}: {self.weather.happened}")

    @property
    def state(self) -> BroadcastState:
        return self.scenario.broadcasts.stored[self.broadcast_id].state

    def _start(self) -> None:
        self.scenario.editor.start(self.broadcast_id, ADA)

    def _client(self, act: Callable[[], object]) -> None:
        """Repeats a request until it gets an answer. A conflict is an answer: an earlier attempt did it."""
        for _ in range(REPEATS):
            self.weather.deadline = self.clock() + API_SECONDS
            try:
                act()
            except (Outage, Killed, Retry):
                self.clock.now += 1
            except Conflict:
                return
            else:
                return

    def _operate(self) -> None:
        editor = self.scenario.editor
        if self.script == "cancel" and self.ses.taken and not self.is_done_by_operator:
            self.is_done_by_operator = True
            self._client(lambda: editor.cancel(self.broadcast_id, ADA))
        if self.script == "pause" and self.ses.taken and not self.is_done_by_operator:
            self.is_done_by_operator = True
            self._client(lambda: editor.pause(self.broadcast_id, "a typo", ADA))

    def _sweep(self) -> None:
        """Five minutes later: the sweeper queues what is due, and the operator resumes, and redrives until no dead letter is left."""
        self.clock.now += 300
        if self.state is BroadcastState.DRAFT:
            self._client(self._start)
        if self.state is BroadcastState.PAUSED:
            self._client(lambda: self.scenario.editor.resume(self.broadcast_id, ADA))
        self.weather.deadline = self.clock() + 240
        with suppress(Outage, Killed):
            self.scenario.enqueue_due()
        letters, self.queue.dead_letters = self.queue.dead_letters, []
        for job, _ in letters:
            redriven = replace(job, settling=max(1, job.settling)) if isinstance(job, PageJob) else job
            self.queue.copies.append(Copy(redriven, self.clock()))

    def _act(self) -> None:
        due = [copy.visible_at for copy in self.queue.copies] + [visible for _, visible, _ in self.ses.events]
        self.clock.now = max(self.clock.now + 1, min(due))
        self._record(lambda visible: visible <= self.clock.now)
        for copy in [copy for copy in self.queue.copies if copy.visible_at <= self.clock.now]:
            self._work(copy)

    def _let_others_act(self) -> None:
        for copy in list(self.queue.copies):
            self._work(copy)
        self._record(lambda _visible: True)

    def _work(self, copy: Copy) -> None:
        """Handles a copy like SQS and the Lambda file."""
        copy.receives += 1
        copy.visible_at = self.clock() + VISIBILITY
        if copy.receives > RECEIVES_MAX:
            self._remove(copy)
            self.queue.dead_letter(copy.job, "received too often")
            return
        self.weather.deadline = self.clock() + WORK_SECONDS
        try:
            self.scenario.work(copy.job, self.clock() + WORK_SECONDS - 15)
        except Retry as retry:
            copy.visible_at = self.clock() + max(retry.after_seconds, backoff_seconds(copy.receives))
        except (Outage, Conflict):
            copy.visible_at = self.clock() + backoff_seconds(copy.receives)
        except Killed:
            pass
        else:
            self._remove(copy)

    def _remove(self, copy: Copy) -> None:
        self.queue.copies = [other for other in self.queue.copies if other is not copy]

    def _record(self, is_due: Callable[[float], bool]) -> None:
        for event in [event for event in self.ses.events if is_due(event[1])]:
            self.weather.deadline = self.clock() + RECORD_SECONDS
            number, _, arrives = event
            self.ses.events = [other for other in self.ses.events if other != event]
            try:
                sends = self.weather.guard("sends", self.scenario.sends)
                self.record(sent_event(self.ses.taken[number], number), sends=sends)
            except (Outage, Killed):
                self.ses.events.append((number, self.clock() + EVENT_VISIBILITY, arrives))

    def events_recorded(self) -> bool:
        return not any(arrives <= self.clock() for _, _, arrives in self.ses.events)

    def broken_promises(self) -> Iterator[str]:
        """Yields a sentence for each promise that this schedule broke."""
        mails = Counter(mail.recipient.lower() for mail in self.ses.taken)
        yield from (f"{email} got {number} mails" for email, number in mails.items() if number > 1)
        stored = {message.address: message for message in self.scenario.sends.stored.values()}
        for email in EXPECTED - mails.keys():
            message = stored.get(email)
            is_refused = message is not None and message.state is State.REFUSED and message.reason
            if not (self.state is BroadcastState.CANCELED or is_refused):
                yield f"{email} got no mail: {message and message.state}"
        for message in stored.values():
            if message.state not in lifecycle.FINAL:
                yield f"the message to {message.address} is {message.state} for ever"
            if (message.state is State.SENT) is not (message.address in mails):
                yield f"the message to {message.address} is {message.state}"
        outcomes = self.scenario.outcomes(self.broadcast_id)
        pages = list(self.scenario.pages.all(self.broadcast_id))
        if self.state is BroadcastState.DONE and sum(outcomes.values()) != LINES:
            yield f"{sum(outcomes.values())} outcomes of {LINES} recipients in {len(pages)} pages"
        expected = Counter(STATES[message.state] for message in stored.values() if message.state in STATES)
        counted = {name: number for name, number in outcomes.items() if name in STATES.values()}
        if counted != expected:
            yield f"{counted} are counted, and the messages have {dict(expected)}"


@contextmanager
def small_pages() -> Iterator[None]:
    """Pages of two recipients, whose state is looked at after each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepare, "PAGE_MAX", 2)
        patch.setattr(read_audience, "PAGE_MAX", 2)
        patch.setattr(send_page, "CHUNK", 1)
        yield
