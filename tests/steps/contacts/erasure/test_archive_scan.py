from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from functions.core.access.actor import unrestricted
from functions.ports.contacts import ArchiveScan
from functions.steps.contacts.erase import EraseContact
from tests.fakes.contacts import MemoryErasureRequests
from tests.fakes.events import MemoryEventArchive
from tests.support.erasing import ADA, BOB, LATER, EraseScenario, Slow, event
from tests.support.examples import NOON


def test_one_scan_of_the_archive_serves_all_requests(scenario: EraseScenario) -> None:
    people = [f"{number:02}@example.net" for number in range(20)]
    for number, person in enumerate(people):
        scenario.put(f"all-{number}", address=person)
        scenario.archive.append([event(f"all-{number}", person)])
    erasure = scenario.erasure()
    for person in people:
        erasure.request(person, unrestricted("it@acme.example"))
    counted = Redactions(scenario.archive)
    done = replace(erasure, archive=counted)(NOON + 60)
    assert [(one.address, one.messages, one.events) for one in done] == [(person, 1, 1) for person in people]
    assert counted.redacted == len(scenario.archive.stored)


def test_a_request_during_a_scan_joins_the_next(scenario: EraseScenario) -> None:
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    interrupt_the_scan(scenario, erasure)
    erasure.request(BOB, unrestricted("it@acme.example"))
    done = [one.address for _ in range(2) for one in erasure(scenario.clock.now + 60)]
    assert done == [ADA, BOB]
    left = str(list(scenario.archive.between("2026-11-23T00", "2026-11-23T23")))
    assert (ADA in left, BOB in left, "others@example.net" in left) == (False, False, True)


def test_a_late_worker_never_moves_a_later_scan(scenario: EraseScenario) -> None:
    requests = MemoryErasureRequests()
    assert requests.save_scan(ArchiveScan(1, "000005"), 0)
    assert requests.save_scan(ArchiveScan(2), 1)
    assert not requests.save_scan(ArchiveScan(1, "000009"), 1)
    assert requests.scan() == ArchiveScan(2)


@dataclass
class Redactions:
    """Counts how often a batch is read."""

    archive: MemoryEventArchive
    redacted: int = 0

    def batches(self, after: str = "") -> Any:
        return self.archive.batches(after)

    def redact(self, batch: str, change: Any) -> int:
        self.redacted += 1
        return self.archive.redact(batch, change)


def test_a_new_contact_during_the_scan_stays(scenario: EraseScenario) -> None:
    erasure = scenario.erasure()
    erasure.request(ADA, unrestricted("it@acme.example"))
    interrupt_the_scan(scenario, erasure)
    scenario.contacts.upsert(ADA, {"firstname": "Ada"}, LATER)
    assert erasure(scenario.clock.now + 60)
    assert scenario.contacts.stored[ADA].values == {"firstname": "Ada"}


def interrupt_the_scan(scenario: EraseScenario, erasure: EraseContact) -> None:
    """Works in small parts until the first batches of a longer archive were scanned."""
    for number in range(20):
        scenario.archive.append([event(f"more-{number}", "others@example.net")])
    slow = replace(erasure, clock=Slow(scenario.clock))
    while not scenario.requests.scan().position:
        assert slow(scenario.clock.now + 4) == []
