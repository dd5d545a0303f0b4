"""Erases one person, and changes no counter. After a crash at any call, a repeat finishes the erasure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from functions.core.access.actor import unrestricted
from functions.core.broadcasts.broadcast import Audience, Broadcast
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import MessageKey, State
from functions.core.statistics import counters
from functions.ports.events import RawEvent
from functions.steps.access.audit import AuditLog
from functions.steps.contacts.erase import EraseContact
from tests.fakes import Clock, Life
from tests.fakes.access import MemoryAudit
from tests.fakes.automations import MemoryRuns
from tests.fakes.broadcasts import MemoryBroadcasts
from tests.fakes.contacts import MemoryContactLists, MemoryContacts, MemoryErasureRequests
from tests.fakes.events import MemoryEventArchive
from tests.fakes.sending import MemoryMessageIndex, MemoryQueue, MemorySends, MemorySentContents
from tests.support.examples import NOON, a_message

ADA = "ada@example.net"
BOB = "bob@example.net"
EARLIER = "2026-11-23T11:00:00.000Z"
LATER = "2026-11-23T13:00:00.000Z"
OPENED = TimelineEvent(
    type=TimelineEventType.OPENED,
    at=EARLIER,
    dedup_key="192.0.2.9",
    details={"ip": "192.0.2.9", "agent": "Thunderbird"},
)
LEASE_SECONDS = 90
_numbers = count()


@dataclass
class EraseScenario:
    clock: Clock = field(default_factory=Clock)
    sends: MemorySends = field(default_factory=MemorySends)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    contents: MemorySentContents = field(default_factory=MemorySentContents)
    contacts: MemoryContacts = field(default_factory=MemoryContacts)
    lists: MemoryContactLists = field(default_factory=MemoryContactLists)
    runs: MemoryRuns = field(default_factory=MemoryRuns)
    broadcasts: MemoryBroadcasts = field(default_factory=MemoryBroadcasts)
    archive: MemoryEventArchive = field(default_factory=MemoryEventArchive)
    requests: MemoryErasureRequests = field(default_factory=MemoryErasureRequests)
    audit: MemoryAudit = field(default_factory=MemoryAudit)

    def erasure(self, life: Life | None = None) -> EraseContact:
        guard: Any = life.guard if life else lambda port: port
        return EraseContact(
            requests=guard(self.requests),
            messages=guard(MemoryMessageIndex(self.sends)),
            sends=guard(self.sends),
            payloads=guard(self.queue),
            contents=guard(self.contents),
            contacts=guard(self.contacts),
            runs=guard(self.runs),
            members=guard(self.lists),
            broadcasts=guard(self.broadcasts),
            archive=guard(self.archive),
            audit_log=AuditLog(guard(self.audit), self.clock, lambda: str(next(_numbers))),
            clock=self.clock,
            lease_seconds=LEASE_SECONDS,
        )

    def put(self, send_id: str, recipient: int = 0, **changed: Any) -> MessageKey:
        fields = {"address": ADA, "accepted_at": EARLIER, "state": State.SENT, **changed}
        message = a_message(send_id, recipient, **fields)
        self.sends.create([message])
        return message.key

    def counted(self) -> Any:
        return sum((counters.of(message) for message in self.sends.stored.values()), counters.of(None))

    def stored_text(self) -> str:
        """All that is stored, as text, the orders and the audit log too."""
        return str(
            (
                self.sends,
                self.contacts,
                self.lists,
                self.runs,
                self.broadcasts,
                self.archive,
                self.requests,
                self.audit,
                self.queue,
                self.contents,
            )
        ).lower()


def event(send_id: str, address: str) -> RawEvent:
    tags = {"staffetta_send": [send_id], "staffetta_recipient": ["0"]}
    mail = {"timestamp": EARLIER, "messageId": "1", "destination": [address], "tags": tags}
    opened = {"timestamp": EARLIER, "ipAddress": "192.0.2.9" if address != BOB else "198.51.100.1"}
    return RawEvent(json.dumps({"eventType": "Open", "mail": mail, "open": opened}), EARLIER)


def a_broadcast(state: BroadcastState, audience: Audience) -> Broadcast:
    return Broadcast(
        id=str(state), name="News", email_id=7, audience=audience, created_at=EARLIER, created_by="", state=state
    )


@dataclass
class Slow:
    """Every look at it takes a second."""

    clock: Clock

    def __call__(self) -> float:
        self.clock.now += 1
        return self.clock.now


def erase(scenario: EraseScenario) -> None:
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    assert erasure(NOON + 60)
