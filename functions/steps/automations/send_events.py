"""Send events: custom events of contacts → the automations' queue. They are accepted once they are queued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from functions.core import addresses, timestamps
from functions.core.automations.definition import event_name
from functions.core.automations.jobs import PROPERTIES_OCTETS_MAX, EventHappened, octets
from functions.core.errors import FieldError, Rejected
from functions.ports import Clock, NewId
from functions.ports.automations import AutomationQueue
from functions.ports.contacts import ContactDirectory

AHEAD_SECONDS = 300  # by which a caller's clock may be ahead


class CustomEvent(Struct, frozen=True, kw_only=True):
    """An event as its sender states it: about an address, or about a contact's id."""

    name: str
    email: str | None = None
    object_id: str | None = None
    at: str | None = None
    uuid: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)


class SendEvents(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    directory: ContactDirectory
    queue: AutomationQueue
    clock: Clock
    new_id: NewId

    def __call__(self, events: Sequence[tuple[str, CustomEvent]]) -> None:
        """Queues all events or none. `events`: each with its place in the request. Raises Rejected with every error."""
        errors: list[FieldError] = []
        jobs = [job for place, event in events if (job := self._job(place, event, errors))]
        if errors:
            raise Rejected(errors)
        self.queue.put(jobs)

    def _job(self, place: str, event: CustomEvent, errors: list[FieldError]) -> EventHappened | None:
        before = len(errors)
        name = _name(place, event.name, errors)
        contact = self._contact(place, event, errors)
        now = timestamps.iso(self.clock())
        if event.at and event.at > timestamps.iso(self.clock() + AHEAD_SECONDS):
            errors.append(FieldError(f"{place}occurredAt", f"is in the future: it is {now} now"))
        size = octets(event.properties)
        if size > PROPERTIES_OCTETS_MAX:
            message = f"take {size:,} bytes as JSON; at most {PROPERTIES_OCTETS_MAX:,} are allowed"
            errors.append(FieldError(f"{place}properties", message, "TOO_LARGE"))
        if len(errors) > before:
            return None
        return EventHappened(
            id=event.uuid or self.new_id(),
            name=name,
            contact=contact,
            at=event.at or now,
            properties=event.properties,
        )

    def _contact(self, place: str, event: CustomEvent, errors: list[FieldError]) -> str:
        """Returns the address. A contact's id is looked up."""
        if event.email:
            try:
                return addresses.parse(event.email).email
            except ValueError as error:
                errors.append(FieldError(f"{place}email", str(error), "INVALID_EMAIL"))
                return ""
        if not event.object_id:
            errors.append(FieldError(f"{place}email", "is required, or the `objectId` of a contact", "REQUIRED_FIELD"))
            return ""
        address = self._numbered(event.object_id)
        if not address:
            errors.append(FieldError(f"{place}objectId", f"there is no contact {event.object_id!r}", "UNKNOWN_CONTACT"))
        return address

    def _numbered(self, text: str) -> str:
        if not (text.isascii() and text.isdecimal() and len(text) < 20):  # noqa: PLR2004 - the digits of a whole number
            return ""
        contacts = self.directory.by_number(int(text))
        return contacts[0].email if len(contacts) == 1 else ""


def _name(place: str, text: str, errors: list[FieldError]) -> str:
    try:
        return event_name(text)
    except ValueError:
        errors.append(
            FieldError(f"{place}eventName", f"must be the name of an event, like order_placed, not {text[:100]!r}")
        )
        return ""
