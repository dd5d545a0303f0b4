"""What an actor chooses for a broadcast: the draft of it, and its errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from functions.core import addresses, timestamps
from functions.core.broadcasts import local_time
from functions.core.broadcasts.broadcast import AHEAD_SECONDS, Audience, Broadcast
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.contacts.subscriptions import consent
from functions.core.csv_file import CsvError
from functions.core.emails.email import Email, Subcategory
from functions.core.errors import FieldError, NotFound
from functions.core.sending.send import PAYLOAD_DAYS
from functions.core.templates.hubl import variables
from functions.ports import Clock
from functions.ports.contacts import ContactLists, SubscriptionTypes
from functions.ports.emails import Emails
from functions.ports.sending import Uploads
from functions.steps.broadcasts.read_audience import ReadAudience
from functions.steps.contacts.records import ContactRecords, ContactReference, IdProperty
from functions.steps.sending.check_pause import CheckPause

FILE_SECONDS = (PAYLOAD_DAYS - 1) * 86400  # of an uploaded file


class BroadcastRequest(Struct, frozen=True, kw_only=True):
    """What an actor chooses. Contacts are ids or addresses."""

    name: str
    email_id: int
    lists: tuple[int, ...] = ()
    contacts: tuple[str, ...] = ()
    file: str = ""
    exclude_lists: tuple[int, ...] = ()
    exclude_contacts: tuple[str, ...] = ()
    custom: dict[str, object] = {}
    send_at: str | None = None
    local_time: bool = False
    time_zone: str = "UTC"


def request_of(broadcast: Broadcast) -> BroadcastRequest:
    """Returns the choices of a broadcast, from which an actor changes some."""
    audience = broadcast.audience
    return BroadcastRequest(
        name=broadcast.name,
        email_id=broadcast.email_id,
        lists=audience.lists,
        contacts=audience.contacts,
        file=audience.file,
        exclude_lists=audience.exclude_lists,
        exclude_contacts=audience.exclude_contacts,
        custom=dict(broadcast.custom),
        send_at=broadcast.send_at,
        local_time=broadcast.local_time,
        time_zone=broadcast.time_zone,
    )


class _AudiencePerson(Struct, frozen=True):
    """A person whom a request names."""

    address: str  # the present one, in lower case
    others: tuple[str, ...] = ()  # earlier ones: an exclusion keeps the mail from each

    @property
    def every_address(self) -> tuple[str, ...]:
        return (self.address, *self.others)


class DraftBroadcasts(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    emails: Emails
    lists: ContactLists
    records: ContactRecords
    subscription_types: SubscriptionTypes
    pauses: CheckPause
    uploads: Uploads
    audience: ReadAudience
    clock: Clock

    def draft(
        self, request: BroadcastRequest, by: str, broadcast_id: str, before: Broadcast | None = None
    ) -> tuple[Broadcast, list[FieldError]]:
        """Returns the broadcast, and its errors. `before`: it was checked when it was chosen."""
        errors: list[FieldError] = []
        include = self._people(request.contacts, "to.contactIds.include", errors)
        exclude = self._people(request.exclude_contacts, "to.contactIds.exclude", errors)
        broadcast = Broadcast(
            id=broadcast_id,
            name=request.name,
            email_id=request.email_id,
            audience=Audience(
                lists=request.lists,
                contacts=tuple(dict.fromkeys(one.address for one in include)),
                file=request.file,
                exclude_lists=request.exclude_lists,
                exclude_contacts=tuple(dict.fromkeys(email for one in exclude for email in one.every_address)),
            ),
            custom=request.custom,
            send_at=request.send_at,
            local_time=request.local_time,
            time_zone=request.time_zone,
            created_at=self._now(),
            created_by=by,
        )
        return broadcast, [*errors, *self.errors(broadcast, before)]

    def errors(self, broadcast: Broadcast, before: Broadcast | None = None) -> Iterator[FieldError]:
        email = self.emails.get(broadcast.email_id)
        if email is None or email.archived_at:
            yield FieldError("emailId", f"there is no email {broadcast.email_id}", "UNKNOWN_EMAIL")
        elif email.subcategory is not Subcategory.BATCH:
            message = (
                f"email {email.id} has the subcategory {email.subcategory}, and a broadcast needs `batch`: "
                "change it and publish the email"
            )
            yield FieldError("emailId", message)
        yield from self._list_errors(broadcast.audience)
        if before is None or before.state is BroadcastState.SCHEDULED or broadcast.audience != before.audience:
            yield from self._file_errors(broadcast)
        if before is None or _timing(broadcast) != _timing(before):
            yield from self._time_errors(broadcast)

    def _list_errors(self, audience: Audience) -> Iterator[FieldError]:
        for field, list_ids in (("include", audience.lists), ("exclude", audience.exclude_lists)):
            for number, list_id in enumerate(list_ids):
                existing = self.lists.get(list_id)
                place = f"to.contactIlsLists.{field}[{number}]"
                if existing is None:
                    yield FieldError(place, f"there is no list {list_id}", "UNKNOWN_LIST")
                elif existing.deleted_at:
                    message = f"list {list_id} was deleted at {existing.deleted_at}: restore it, or leave it out"
                    yield FieldError(place, message, "DELETED_LIST")

    def _file_errors(self, broadcast: Broadcast) -> Iterator[FieldError]:
        file = broadcast.audience.file
        if not file:
            return
        upload = self.uploads.head(file)
        if upload is None:
            yield FieldError("to.file", "is not stored, or no longer: upload the file, and choose it again")
            return
        last = timestamps.iso(timestamps.parse(upload.at) + FILE_SECONDS)
        if (broadcast.send_at or self._now()) > last:
            yield FieldError("sendAt", f"is after {last}, until which the file is stored: upload it later")
        try:
            self.audience.columns(file)
        except CsvError as error:
            yield FieldError("to.file", str(error), "INVALID_FILE")

    def _time_errors(self, broadcast: Broadcast) -> Iterator[FieldError]:
        if local_time.zone_name(broadcast.time_zone) is None:
            yield FieldError("timeZone", f"{broadcast.time_zone!r} is no time zone: expected one like Europe/Rome")
            return
        if broadcast.send_at is None:
            if broadcast.local_time:
                yield FieldError("sendAt", "is required for the time of each recipient's zone", "REQUIRED_FIELD")
            return
        first = local_time.first_moment(broadcast.send_at) if broadcast.local_time else broadcast.send_at
        if first < self._now():
            has = f"the first time zone had it at {first}" if broadcast.local_time else f"now it is {self._now()}"
            yield FieldError("sendAt", f"is in the past: {has}", "PAST_TIME")
        if first > timestamps.iso(self.clock() + AHEAD_SECONDS):
            yield FieldError("sendAt", "is more than a year ahead")

    def schedule_errors(self, broadcast: Broadcast) -> Iterator[FieldError]:
        if broadcast.send_at is None:
            message = "is required for a scheduled broadcast: cancel it, or choose another time"
            yield FieldError("sendAt", message, "REQUIRED_FIELD")
        yield from self.start_errors(broadcast, self.emails.get(broadcast.email_id, consistent=True))

    def start_errors(self, broadcast: Broadcast, email: Email | None) -> Iterator[FieldError]:
        if broadcast.audience.is_empty:
            yield FieldError("to", "names no recipient: choose lists, contacts or a file", "REQUIRED_FIELD")
        if email is None:
            return
        if email.published_revision is None:
            yield FieldError("emailId", f"email {email.id} is not published", "NOT_PUBLISHED")
        lacking = variables.lacking(email.required_properties, broadcast.custom)
        if lacking and not broadcast.audience.file:
            names = ", ".join(f"custom.{name}" for name in lacking)
            yield FieldError("customProperties", f"the template needs {names}", "MISSING_TEMPLATE_PROPERTIES")
        stored = self.subscription_types.get(email.subscription)
        refused = consent.type_refusal(email.subscription, stored) or self.pauses.check_on_accept(email)
        if refused:
            yield FieldError("emailId", refused.reason, str(refused.result))

    def _people(self, references: Sequence[str], field: str, errors: list[FieldError]) -> list[_AudiencePerson]:
        """An address without a contact is a person, too."""
        people: list[_AudiencePerson] = []
        for number, reference in enumerate(references):
            try:
                people.append(self._person(reference))
            except ValueError as error:
                errors.append(FieldError(f"{field}[{number}]", str(error), "INVALID_EMAIL"))
            except NotFound as error:
                errors.append(FieldError(f"{field}[{number}]", str(error), "UNKNOWN_CONTACT"))
        return people

    def _person(self, reference: str) -> _AudiencePerson:
        """Raises ValueError for a text that is no address, and NotFound for an id without a contact."""
        if "@" in reference:
            written = addresses.parse(reference).email.lower()
            contact = self.records.find(ContactReference(written, IdProperty.EMAIL))
            return _AudiencePerson(contact.email, (written, *contact.merged)) if contact else _AudiencePerson(written)
        contact = self.records.find(ContactReference(reference))
        if contact is None:
            raise NotFound(f"there is no contact {reference}")
        return _AudiencePerson(contact.email, contact.merged)

    def _now(self) -> str:
        return timestamps.iso(self.clock())


def _timing(broadcast: Broadcast) -> tuple[str | None, bool, str]:
    """Returns the time, whether it is of each recipient's clock, and the zone."""
    return broadcast.send_at, broadcast.local_time, broadcast.time_zone
