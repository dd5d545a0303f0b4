"""Publish a `batch` email as HubSpot does: with recipients, publishing it sends it, at its `publishDate` or at once.

Publishing sends an email once. The broadcast's id follows from the email and the number of its canceled ones, so two actors at once,
or a call that a client repeats, create one broadcast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from functions.core import ids, timestamps
from functions.core.access.actor import Actor
from functions.core.broadcasts.broadcast import Broadcast
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.emails.email import Email, EmailDraft, Revision, Subcategory
from functions.core.emails.email_document import Starters, draft_of
from functions.core.errors import Conflict, FieldError, Rejected
from functions.ports import Clock
from functions.ports.broadcasts import Broadcasts
from functions.steps.broadcasts.draft_broadcasts import BroadcastRequest
from functions.steps.broadcasts.edit_broadcasts import SENDING, BroadcastEditor
from functions.steps.emails.check_document import check_publishable, names_recipients
from functions.steps.emails.edit_emails import EmailEditor
from functions.steps.emails.read_emails import EmailWithDocument

_FIELDS = {"sendAt": "publishDate", "customProperties": "content"}  # of a broadcast's errors, in the email's names
STATES = {
    BroadcastState.SCHEDULED: "SCHEDULED",
    BroadcastState.PREPARING: "PROCESSING",
    BroadcastState.SENDING: "PROCESSING",
    BroadcastState.PAUSED: "PROCESSING",
    BroadcastState.DONE: "PUBLISHED",
    BroadcastState.CANCELED: "CANCELED",
}


class PublishBatch(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    emails: EmailEditor
    editor: BroadcastEditor
    broadcasts: Broadcasts
    compiled: Callable[[EmailDraft], Revision]
    starters: Starters
    clock: Clock

    def publish(self, email_id: int, by: Actor, version: int | None = None) -> None:
        """Checks the recipients, the time and the template before it publishes. A new time replaces the one of a scheduled broadcast. Raises Rejected with
        every error, and Conflict if the email was sent.
        """
        draft = self.emails.draft(email_id)
        request = self._request(draft.email, draft.document)
        if request:
            by.require(*SENDING)
            self._check(request, draft)
            _check_unsent(self.of_email(draft.email))
        self.emails.publish(email_id, by, version)
        if request:
            self._send(request, by)

    def unpublish(self, email_id: int, by: Actor, version: int | None = None) -> None:
        """Cancels the email's broadcast if it did not begin yet. If a crash prevents that, the broadcast cancels itself at its time."""
        broadcast = self.of_email(self.emails.draft(email_id).email)
        scheduled = broadcast if broadcast and broadcast.state is BroadcastState.SCHEDULED else None
        if scheduled:
            by.require(*SENDING)
        self.emails.unpublish(email_id, by, version)
        if scheduled:
            self.editor.cancel(scheduled.id, by)

    def of_email(self, email: Email) -> Broadcast | None:
        """Returns the latest broadcast that publishing the email created."""
        if email.subcategory is not Subcategory.BATCH or not email.revisions:
            return None
        created = self._created(email.id)
        return created[-1] if created else None

    def _created(self, email_id: int) -> list[Broadcast]:
        """Returns the broadcasts that publishing the email created. All but the last were canceled before they began."""
        created: list[Broadcast] = []
        while broadcast := self.broadcasts.get(_broadcast_id(email_id, len(created) + 1)):
            created.append(broadcast)
            if not _was_withdrawn(broadcast):
                break
        return created

    def _send(self, request: BroadcastRequest, by: Actor) -> None:
        """Raises Conflict if another actor's publication sends the email, or if the scheduled broadcast begins meanwhile."""
        created = self._created(request.email_id)
        latest = created[-1] if created else None
        _check_unsent(latest)
        if latest and not _was_withdrawn(latest):
            self.editor.withdraw(latest.id, by)
        broadcast = self.editor.create(request, by, _broadcast_id(request.email_id, len(created) + 1))
        self.editor.start(broadcast.id, by)

    def _check(self, request: BroadcastRequest, source: EmailWithDocument) -> None:
        check_publishable(source.document)
        revision = self.compiled(draft_of(source.email.id, source.document, self.starters))
        email = replace(
            source.email,
            published_revision=source.email.revisions + 1,
            required_properties=revision.required_properties,
            subscription=revision.subscription,
        )
        errors = [
            replace(error, field=_FIELDS.get(error.field, error.field)) for error in self.editor.errors(request, email)
        ]
        if errors:
            raise Rejected(errors)

    def _request(self, email: Email, document: dict[str, Any]) -> BroadcastRequest | None:
        """Returns None for an email that publishing does not send. Raises Rejected."""
        publish_date = document.get("publishDate")
        at_once = bool(document.get("sendOnPublish"))
        if (
            email.subcategory is not Subcategory.BATCH
            or not names_recipients(document)
            or not (publish_date or at_once)
        ):
            return None
        errors: list[FieldError] = []
        to = document["to"]
        lists = {
            choice: _numbers(to, ("contactIlsLists", "contactLists"), choice, errors)
            for choice in ("include", "exclude")
        }
        send_at = _time(publish_date, errors) if publish_date else None
        if at_once and send_at and send_at <= timestamps.iso(self.clock()):
            send_at = None
        if errors:
            raise Rejected(errors)
        return BroadcastRequest(
            name=email.name,
            email_id=email.id,
            lists=lists["include"],
            exclude_lists=lists["exclude"],
            contacts=_texts(to, "include"),
            exclude_contacts=_texts(to, "exclude"),
            send_at=send_at,
        )


def _broadcast_id(email_id: int, number: int) -> str:
    """`number` counts the broadcasts of the email, from 1."""
    return ids.for_broadcast(f"email {email_id}", str(number))


def _was_withdrawn(broadcast: Broadcast) -> bool:
    """Returns whether it was canceled before any of its mail was out."""
    return broadcast.state is BroadcastState.CANCELED and not broadcast.started_at


def _check_unsent(broadcast: Broadcast | None) -> None:
    """Raises Conflict, also for a broadcast that was canceled after it began: some recipients have its mail."""
    if broadcast and broadcast.started_at:
        raise Conflict(
            f"email {broadcast.email_id} was sent by publishing it (broadcast {broadcast.id}, {broadcast.state}): publishing sends an email "
            "once. To publish a correction, remove `sendOnPublish` and `publishDate`. To send it again, clone it, or create a broadcast"
        )


def _numbers(to: dict[str, Any], fields: tuple[str, ...], choice: str, errors: list[FieldError]) -> tuple[int, ...]:
    numbers: list[int] = []
    for field in fields:
        for number, value in enumerate((to.get(field) or {}).get(choice) or []):
            if str(value).isascii() and str(value).isdecimal():
                numbers.append(int(value))
            else:
                errors.append(FieldError(f"to.{field}.{choice}[{number}]", f"must be a list's id, not {value!r}"))
    return tuple(dict.fromkeys(numbers))


def _texts(to: dict[str, Any], choice: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(value) for value in (to.get("contactIds") or {}).get(choice) or []))


def _time(value: object, errors: list[FieldError]) -> str | None:
    try:
        return timestamps.normalized(str(value))
    except ValueError:
        errors.append(FieldError("publishDate", f"{value!r} is not an ISO-8601 time like 2027-01-31T09:00:00Z"))
        return None
