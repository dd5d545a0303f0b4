"""The one table of how steps grow: each step that lists, searches, sweeps, rebuilds, erases or reconciles, with what there are many of.

A scenario fills a stage with `n` of its things and returns an iterator. Each `next` is one call of the step, as one Lambda invocation or
request makes it, and yields how many things the call returned or handled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum

from msgspec import Struct

from functions.core.access.actor import unrestricted
from tests.bench.growth.stage import NOW, Stage

ADA = unrestricted("ada@example.com")
LATER = NOW + 86_400
EMAILS, MESSAGES, CONTACTS, TOKENS, DEAD_LETTERS, DAYS = 10_000, 1_000_000, 1_000_000, 5_000, 10_000, 400
SMALL = (60, 240, 960)
SECONDS = 0.1  # of a step that works until a time: so many calls of AWS as fit in
LARGE = (2_000, 4_000, 8_000)  # above the bounds of a call


class Growth(StrEnum):
    CONSTANT = "constant"
    PER_RESULT = "linear in what it returns"
    BOUNDED = "bounded, and the next call continues"
    LIMITED = "linear, up to a limit"
    WHOLE = "linear in all of them"  # with a reason


Calls = Iterator[int]
Scenario = Callable[[Stage, int], Calls]


class Row(Struct, frozen=True):
    step: str
    things: str
    growth: Growth
    full: int  # how many of them `make bench ARGS=growth` has
    sizes: tuple[int, int, int]  # of the test
    scenario: Scenario
    why: str = ""  # LIMITED: the limit; WHOLE: the reason

    @property
    def name(self) -> str:
        return f"{self.step} ({self.things})"


ROWS: list[Row] = []


def row(
    step: str, things: str, growth: Growth, full: int, sizes: tuple[int, int, int] = SMALL, why: str = ""
) -> Callable[[Scenario], Scenario]:
    def add(scenario: Scenario) -> Scenario:
        ROWS.append(Row(step, things, growth, full, sizes, scenario, why))
        return scenario

    return add


# Steps that read what another one reads, and little else.
SAME = {
    "broadcasts.list_messages.ListBroadcastMessages.emails": "broadcasts.list_messages.ListBroadcastMessages.__call__",
    "access.manage_users.ManageUsers.change_role": "access.manage_users.ManageUsers.all",
    "access.manage_users.ManageUsers.remove": "access.manage_users.ManageUsers.all",
    "account.monitor_reputation.ReputationMonitor.report": "account.get_sending_status.GetSendingStatus.__call__",
    "automations.read_runs.RunReader.get": "automations.read_runs.RunReader.of_contact",
    "automations.read_runs.RunReader.stop": "automations.read_runs.RunReader.of_contact",
    "automations.read_runs.RunReader.stop_contact": "automations.read_runs.RunReader.of_contact",
    "broadcasts.edit_broadcasts.BroadcastEditor.page": "broadcasts.edit_broadcasts.BroadcastEditor.all",
    "contacts.manage_imports.ManageImports.create": "broadcasts.read_audience.ReadAudience.columns",
    "contacts.manage_imports.ManageImports.preview": "broadcasts.read_audience.ReadAudience.columns",
    "contacts.records.ContactRecords.update": "contacts.records.ContactRecords.merge",
    "emails.partial_preview.PartialPreviews.samples": "emails.read_emails.ReadEmails.__call__",
    "sending.enqueue_due.FindDue.__call__": "sending.enqueue_due.EnqueueDue.__call__",
    "statistics.rebuild.RebuildCounters.repair": "statistics.rebuild.RebuildCounters.compare",
    "statistics.rebuild_listings.RebuildListings.repair": "statistics.rebuild_listings.RebuildListings.compare",
}
