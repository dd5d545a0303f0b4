"""Lambda: the streams of contacts and of list members → the automations' queue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from functions import wiring
from functions.adapters.aws.marshalling import from_item
from functions.adapters.contacts.contact_lists import membership_from
from functions.adapters.contacts.contacts import contact_from
from functions.core.contacts.contact import Contact
from functions.core.contacts.lists.contact_list import Membership
from functions.telemetry import count, entrypoint


@entrypoint
def handler(event: dict[str, Any], context: Any) -> None:
    """Raises any error: Lambda then retries the shard's batch. A job that is queued twice does nothing twice."""
    observe = wiring.get(wiring.automations.observe)
    records = [record["dynamodb"] for record in event["Records"]]
    queued = observe.contacts(_contacts(records)) + observe.members(_joined(records))
    count("AutomationJobsQueued", queued)


def _contacts(records: Iterable[dict[str, Any]]) -> Iterator[tuple[Contact | None, Contact | None]]:
    """The table has other items too: only a contact's key is an address."""
    for record in records:
        if "@" in record["Keys"].get("email", {}).get("S", ""):
            yield _contact(record.get("OldImage")), _contact(record.get("NewImage"))


def _contact(image: dict[str, Any] | None) -> Contact | None:
    return contact_from(from_item(image)) if image else None


def _joined(records: Iterable[dict[str, Any]]) -> Iterator[Membership]:
    for record in records:
        if "member" in record.get("NewImage", {}) and "OldImage" not in record:
            yield membership_from(record["NewImage"])
