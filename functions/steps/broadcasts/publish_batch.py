"""Publish a `batch` email as HubSpot does: with recipients, publishing it sends it, at its `publishDate` or at once.

The broadcast's id follows from the email and its revision, so publishing the same revision again sends nothing again.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from functions.core import ids, timestamps
from functions.core.access.actor import Actor
from functions.core.broadcasts.broadcast import Broadcast
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.emails.email import Email, Subcategory
from functions.core.errors import FieldError, Rejected
from functions.ports import Clock
from functions.ports.broadcasts import Broadcasts
from functions.steps.broadcasts.edit_broadcasts import SENDING, BroadcastEditor, BroadcastRequest
from functions.steps.emails.check_document import names_recipients
from functions.steps.emails.edit_emails import EmailEditor

_FIELDS = {"sendAt": "publishDate"}  # of a broadcast's errors, in the email's names
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
    clock: Clock

    def publish(self, email_id: int, by: Actor, version: int | None = None) -> None:
        """Checks the recipients and the time before it publishes. Raises Rejected with every error."""
        draft = self.emails.draft(email_id)
        request = self._request(draft.email, draft.document)
        if request:
            by.require(*SENDING)
            self._check(request)
        self.emails.publish(email_id, by, version)
        if request:
            self._send(request, by)

    def unpublish(self, email_id: int, by: Actor, version: int | None = None) -> None:
        """Cancels the email's broadcast if it did not begin yet."""
        broadcast = self.of_email(self.emails.draft(email_id).email)
        if broadcast and broadcast.state is BroadcastState.SCHEDULED:
            self.editor.cancel(broadcast.id, by)
        self.emails.unpublish(email_id, by, version)

    def of_email(self, email: Email) -> Broadcast | None:
        """Returns the broadcast of the latest revision, if publishing it sent it."""
        if email.subcategory is not Subcategory.BATCH or not email.revisions:
            return None
        return self.broadcasts.get(_broadcast_id(email.id, email.revisions))

    def _send(self, request: BroadcastRequest, by: Actor) -> None:
        email = self.emails.get(request.email_id).email
        broadcast_id = _broadcast_id(email.id, email.revisions)
        existing = self.broadcasts.get(broadcast_id)
        if existing is None:
            existing = self.editor.create(request, by, broadcast_id)
        if existing.state is BroadcastState.DRAFT:
            self.editor.start(broadcast_id, by)

    def _check(self, request: BroadcastRequest) -> None:
        errors = [replace(one, field=_FIELDS.get(one.field, one.field)) for one in self.editor.errors(request)]
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


def _broadcast_id(email_id: int, revision: int) -> str:
    return ids.for_broadcast(f"email {email_id}", str(revision))


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
