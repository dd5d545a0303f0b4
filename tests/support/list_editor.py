"""The editor of lists over the fakes."""

from __future__ import annotations

import itertools

from functions.steps.access.audit import AuditLog
from functions.steps.contacts.evaluate_lists import EvaluateLists
from functions.steps.contacts.lists import ListEditor
from functions.steps.contacts.properties import ContactProperties
from functions.steps.contacts.records import ContactRecords
from tests.fakes import Clock
from tests.fakes.access import MemoryAudit
from tests.fakes.broadcasts import MemoryBroadcastQueue, MemoryBroadcasts
from tests.fakes.contacts import MemoryContactLists, MemoryContacts, MemoryPropertyDefinitions


def list_editor(lists: MemoryContactLists, contacts: MemoryContacts, clock: Clock) -> ListEditor:
    ids = map(str, itertools.count())
    properties = ContactProperties(definitions=MemoryPropertyDefinitions(), lists=lists, clock=clock)
    return ListEditor(
        lists=lists,
        members=lists,
        records=ContactRecords(
            contacts=contacts, directory=contacts, members=lists, properties=properties, clock=clock
        ),
        properties=properties,
        evaluate=EvaluateLists(
            lists=lists,
            members=lists,
            directory=contacts,
            contacts=contacts,
            properties=properties,
            queue=MemoryBroadcastQueue(),
            clock=clock,
        ),
        broadcasts=MemoryBroadcasts(),
        audit_log=AuditLog(MemoryAudit(), clock, lambda: next(ids)),
        clock=clock,
    )
