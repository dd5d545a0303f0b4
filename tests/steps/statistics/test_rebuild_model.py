"""Whatever happens to messages, their counters and a rebuild's are those of a naive count."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import replace

from functions.core.contacts.erasure import anonymous
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import Message, State
from functions.core.statistics.counter_updates import Subject, SubjectType
from functions.core.statistics.periods import DateRange
from tests.steps.statistics.test_rebuild import RebuildScenario

DAYS = ("2026-11-22", "2026-11-23")
TIMES = ("2026-11-22T23:59:59.999Z", "2026-11-23T00:00:00.000Z", "2026-11-23T11:30:00.000Z")
MACHINE = "Mozilla/5.0"  # Apple's privacy proxy
NAMES = ("selected", "sent", "pending", "notsent", "delivered", "open", "opens", "machineopens", "bounce", "spamreport")


def naive(messages: list[Message]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for message in messages:
        facts = list(message.timeline.values())
        kinds = [fact["kind"] for fact in facts]
        # An erased message has only what its agent was.
        by_machines = [fact.get("machine", False) or fact.get("agent") == MACHINE for fact in facts]
        opens = [machine for kind, machine in zip(kinds, by_machines, strict=True) if kind == "OPENED"]
        counted.update(
            selected=1,
            sent=message.state is State.SENT,
            pending=message.state in {State.QUEUED, State.SENDING},
            notsent=message.state in {State.REFUSED, State.FAILED, State.CANCELED},
            delivered="DELIVERED" in kinds and "BOUNCED" not in kinds,
            open=not all(opens),
            opens=opens.count(False),
            machineopens=opens.count(True),
            bounce="BOUNCED" in kinds,
            spamreport="COMPLAINED" in kinds,
        )
    return {name: int(counted[name]) for name in NAMES}


class Statistics(RuleBasedStateMachine):
    """A stage whose stream is late, loses batches, and whose counters are damaged."""

    def __init__(self) -> None:
        super().__init__()
        self.scenario = RebuildScenario()
        self.number = 0
        self.is_damaged = False

    @rule(at=some.sampled_from(TIMES), state=some.sampled_from(State), email_id=some.integers(7, 8))
    def accept(self, at: str, state: State, email_id: int) -> None:
        self.number += 1
        self.scenario.put(str(self.number), accepted_at=at, state=state, email_id=email_id)

    @rule(state=some.sampled_from(State), data=some.data())
    def settle(self, state: State, data: some.DataObject) -> None:
        self._change(data, lambda message: replace(message, state=state))

    @rule(
        kind=some.sampled_from(["DELIVERED", "OPENED", "BOUNCED", "COMPLAINED"]),
        agent=some.sampled_from([MACHINE, "Thunderbird"]),
        number=some.integers(1, 3),
        data=some.data(),
    )
    def report(self, kind: str, agent: str, number: int, data: some.DataObject) -> None:
        details = {"agent": agent} if kind == "OPENED" else {"type": "Permanent"} if kind == "BOUNCED" else {}
        fact = TimelineEvent(
            type=TimelineEventType(kind), at="2026-11-23T12:00:00.000Z", dedup_key=f"{number}", details=details
        )

        def with_fact(message: Message) -> Message:
            if message.erased:
                return message
            return replace(message, timeline={**message.timeline, fact.key: fact.to_item()})

        self._change(data, with_fact)

    @rule(data=some.data())
    def erase(self, data: some.DataObject) -> None:
        self._change(data, lambda message: message if message.erased else anonymous(message))

    @rule()
    def stream(self) -> None:
        self.scenario.stream()

    @rule()
    def lose_a_batch(self) -> None:
        self.is_damaged |= self.scenario.counted != self.scenario.sends.stored
        self.scenario.counted = dict(self.scenario.sends.stored)

    @rule(kind=some.sampled_from(SubjectType), wrong=some.integers(-2, 9))
    def damage(self, kind: SubjectType, wrong: int) -> None:
        self.scenario.damage(kind, {"sent": wrong, "machineopens": wrong})
        self.is_damaged = True

    @rule(times=some.integers(1, 2), behind=some.integers(0, 500))
    def repair(self, times: int, behind: int) -> None:
        """On machines whose clocks differ."""
        self.scenario.stream()
        for _ in range(times):
            self.scenario.rebuild().repair(*DAYS)
            self.scenario.clock.now -= behind
        assert self.scenario.rebuild().compare(*DAYS).differences == {}
        self.is_damaged = False

    @invariant()
    def counts_are_those_of_the_counted_messages(self) -> None:
        if self.is_damaged:
            return
        counted = list(self.scenario.counted.values())
        for days in (True, False):
            span = DateRange(DAYS[0], DAYS[1] if days else f"{DAYS[1]}T23", days=days)
            assert self._read(Subject(SubjectType.ACCOUNT), span) == naive(counted)
            for email_id in (7, 8):
                own = [message for message in counted if message.email_id == email_id]
                assert self._read(Subject(SubjectType.EMAIL, str(email_id)), span) == naive(own)

    def _read(self, subject: Subject, span: DateRange) -> dict[str, int]:
        total: Counter[str] = Counter()
        for one in self.scenario.metrics.read(subject, span):
            total.update(one.counters)
        return {name: total[name] for name in NAMES}

    def _change(self, data: some.DataObject, change: Any) -> None:
        stored = self.scenario.sends.stored
        if stored:
            key = data.draw(some.sampled_from(sorted(stored, key=str)))
            stored[key] = change(stored[key])


TestStatistics = Statistics.TestCase
TestStatistics.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
