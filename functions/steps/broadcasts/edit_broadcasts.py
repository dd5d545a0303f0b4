"""Broadcasts as actors change them: create, change, schedule, send, pause, resume and cancel.

A change and the job that it needs are two writes. The moment of the change is stored as due before them, so the sweeper queues the job if
a crash prevents it. A repeated job is harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from functions.core import addresses, timestamps
from functions.core.access.actor import Actor
from functions.core.access.scopes import MARKETING_EMAIL, TRANSACTIONAL_EMAIL
from functions.core.broadcasts import local_time
from functions.core.broadcasts.broadcast import AHEAD_SECONDS, Audience, Broadcast, Progress
from functions.core.broadcasts.jobs import ReleaseJob
from functions.core.broadcasts.lifecycle import STARTABLE, BroadcastState, BroadcastTransition
from functions.core.contacts.subscriptions import consent
from functions.core.csv_file import CsvError
from functions.core.emails.email import Email, Subcategory
from functions.core.emails.pause import DEFAULT_REASON
from functions.core.errors import Conflict, FieldError, NotFound, Rejected
from functions.core.paging import page_after
from functions.core.sending.send import PAYLOAD_DAYS
from functions.core.templates.hubl import variables
from functions.ports import Clock, NewId
from functions.ports.broadcasts import BroadcastPages, BroadcastQueue, Broadcasts, DueBroadcast
from functions.ports.contacts import ContactLists, SubscriptionTypes
from functions.ports.emails import Emails
from functions.ports.sending import Uploads
from functions.steps.broadcasts.check import as_sent
from functions.steps.broadcasts.prepare import finish_if_done
from functions.steps.broadcasts.read_audience import ReadAudience
from functions.steps.broadcasts.release import begun, start_of
from functions.steps.contacts.records import ContactRecords, ContactReference, IdProperty
from functions.steps.sending.check_pause import CheckPause

SENDING = (MARKETING_EMAIL, TRANSACTIONAL_EMAIL)  # the scopes of actors who may send
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


class BroadcastEditor(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies."""

    broadcasts: Broadcasts
    pages: BroadcastPages
    queue: BroadcastQueue
    emails: Emails
    lists: ContactLists
    records: ContactRecords
    subscription_types: SubscriptionTypes
    pauses: CheckPause
    uploads: Uploads
    audience: ReadAudience
    clock: Clock
    new_id: NewId

    def progress(self, broadcast: Broadcast) -> Progress:
        """Returns the sums over its pages. One without pages has none."""
        return self.pages.progress(broadcast.id) if broadcast.pages else Progress()

    def get(self, broadcast_id: str) -> Broadcast:
        """Raises NotFound."""
        broadcast = self.broadcasts.get(broadcast_id)
        if broadcast is None:
            raise NotFound(f"there is no broadcast {broadcast_id!r}")
        return broadcast

    def all(self) -> Sequence[Broadcast]:
        return self.broadcasts.all()

    def create(self, request: BroadcastRequest, by: Actor, broadcast_id: str = "") -> Broadcast:
        """Returns a draft. Raises Rejected with every error that does not need its audience."""
        by.require(*SENDING)
        broadcast, errors = self._draft(request, by.name, broadcast_id or self.new_id())
        if errors:
            raise Rejected(errors)
        if not self.broadcasts.create(broadcast):
            raise Conflict(f"there is a broadcast {broadcast.id} already")
        return self.get(broadcast.id)

    def errors(self, request: BroadcastRequest, email: Email) -> list[FieldError]:
        """Returns what `create` and `start` would report. `email` is as it will be when the broadcast starts."""
        broadcast, errors = self._draft(request, "", "")
        return [*errors, *self._start_errors(broadcast, email)]

    def page(self, after: str, limit: int) -> tuple[Sequence[Broadcast], str]:
        """Returns the broadcasts after a cursor, the newest first, and the cursor of the next page. Raises Rejected."""
        return page_after(self.all(), after, limit)

    def change(self, broadcast_id: str, request: BroadcastRequest, by: Actor, version: int | None) -> Broadcast:
        """Replaces what was chosen for a broadcast that did not begin. `version` is the one that the actor read. What is scheduled stays
        so, and is checked as `start` checks it; a time that stays may have passed, and the file of a draft's audience that stays may be
        gone. Raises Rejected, Conflict and NotFound.
        """
        by.require(*SENDING)
        before = self.get(broadcast_id)
        _changeable(before, version, self._now())
        chosen, errors = self._draft(replace(request, email_id=before.email_id), by.name, broadcast_id, before)
        if before.state is BroadcastState.SCHEDULED:
            errors += self._schedule_errors(chosen)
        if errors:
            raise Rejected(errors)
        if before.state is BroadcastState.SCHEDULED:
            self.broadcasts.add_due(DueBroadcast(start_of(chosen), broadcast_id))
        return self.broadcasts.edit(
            broadcast_id, lambda current: _changeable(current, before.version, self._now()).with_choice(chosen)
        )

    def start(self, broadcast_id: str, by: Actor, send_at: str | None = None, version: int | None = None) -> Broadcast:
        """Sends a draft at once or at its time. `send_at` replaces its time, also that of a scheduled one. `version` is the one that the
        actor read. Raises Rejected, Conflict and NotFound.
        """
        by.require(*SENDING)
        broadcast = self.get(broadcast_id)
        if broadcast.state not in STARTABLE:
            broadcast.changed(BroadcastTransition.START, self._now())
        _check_version(broadcast, version)
        timed = replace(broadcast, send_at=send_at or broadcast.send_at)
        email = self.emails.get(broadcast.email_id, consistent=True)
        errors = [*self._errors(timed), *self._start_errors(timed, email)]
        if errors or email is None:
            raise Rejected(errors)

        def started(current: Broadcast) -> Broadcast:
            _check_version(current, broadcast.version)
            ready = replace(as_sent(current, email), send_at=timed.send_at, started_by=by.name)
            if timed.send_at is None:
                return begun(ready, self._now())
            return ready.changed(BroadcastTransition.SCHEDULE, self._now())

        if timed.send_at is None:
            return self._change(broadcast_id, started)
        self.broadcasts.add_due(DueBroadcast(start_of(timed), broadcast_id))
        return self.broadcasts.edit(broadcast_id, started)

    def pause(self, broadcast_id: str, reason: str, by: Actor) -> Broadcast:
        """Mail on its way still goes out. Raises NotFound and Conflict."""
        by.require(*SENDING)
        now, reason = self._now(), reason or DEFAULT_REASON
        return self.broadcasts.edit(
            broadcast_id, lambda current: replace(current.changed(BroadcastTransition.PAUSE, now), reason=reason)
        )

    def resume(self, broadcast_id: str, by: Actor) -> Broadcast:
        """Raises NotFound and Conflict."""
        by.require(*SENDING)
        now = self._now()
        resumed = self._change(
            broadcast_id, lambda current: replace(current.changed(BroadcastTransition.RESUME, now), reason="")
        )
        finish_if_done(resumed, self.broadcasts, self.pages, self.clock())
        return self.get(broadcast_id)

    def cancel(self, broadcast_id: str, by: Actor) -> Broadcast:
        """Stops the mail for good. Raises NotFound and Conflict."""
        by.require(*SENDING)
        now = self._now()
        return self._change(broadcast_id, lambda current: current.changed(BroadcastTransition.CANCEL, now))

    def withdraw(self, broadcast_id: str, by: Actor) -> Broadcast:
        """Cancels a broadcast of which no mail is out. Raises NotFound, and Conflict if it began."""
        by.require(*SENDING)
        now = self._now()

        def withdrawn(current: Broadcast) -> Broadcast:
            if current.started_at:
                raise Conflict(f"broadcast {broadcast_id} began at {current.started_at}")
            return current.changed(BroadcastTransition.CANCEL, now)

        return self._change(broadcast_id, withdrawn)

    def _change(self, broadcast_id: str, change: Callable[[Broadcast], Broadcast]) -> Broadcast:
        due = DueBroadcast(self._now(), broadcast_id)
        self.broadcasts.add_due(due)
        changed = self.broadcasts.edit(broadcast_id, change)
        self.queue.enqueue(ReleaseJob(broadcast_id, due.due_at))
        self.broadcasts.remove_due(due)
        return changed

    def _draft(
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
        return broadcast, [*errors, *self._errors(broadcast, before)]

    def _errors(self, broadcast: Broadcast, before: Broadcast | None = None) -> Iterator[FieldError]:
        email = self.emails.get(broadcast.email_id)
        if email is None or email.archived_at:
            yield FieldError("emailId", f"there is no email {broadcast.email_id}", "UNKNOWN_EMAIL")
        elif email.subcategory is not Subcategory.BATCH:
            message = f"email {email.id} has the subcategory {email.subcategory}: a broadcast sends one of `batch`"
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

    def _schedule_errors(self, broadcast: Broadcast) -> Iterator[FieldError]:
        if broadcast.send_at is None:
            message = "is required for a scheduled broadcast: cancel it, or choose another time"
            yield FieldError("sendAt", message, "REQUIRED_FIELD")
        yield from self._start_errors(broadcast, self.emails.get(broadcast.email_id, consistent=True))

    def _start_errors(self, broadcast: Broadcast, email: Email | None) -> Iterator[FieldError]:
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


def _changeable(broadcast: Broadcast, version: int | None, now: str) -> Broadcast:
    """Raises Conflict if the broadcast began or ended, or is not as the actor read it."""
    changed = broadcast.changed(BroadcastTransition.CHANGE, now)
    _check_version(broadcast, version)
    return changed


def _check_version(broadcast: Broadcast, version: int | None) -> None:
    """Raises Conflict."""
    if version not in {None, broadcast.version}:
        raise Conflict("the broadcast was changed since you read it: look at it again, and repeat what you did")
