"""Single send on the wire: HubSpot's request → SendRequest, and what is known of a send → HubSpot's EmailSendStatusView."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from msgspec import Struct, field, structs

from functions import wiring
from functions.core import addresses, ids, timestamps
from functions.core.errors import FieldError, NotFound, Rejected
from functions.core.sending.send import RecipientRole, SendRecipient, SendRequest
from functions.routes.http.dispatch import Operation, Request
from functions.routes.sending import single_send_extensions
from functions.routes.sending.models import EmailSendStatusView, Preview, Status
from functions.routes.sending.send_views import status_view
from functions.steps.sending.cancel_send import cancel_send as cancel

RECIPIENTS_MAX = 50  # as SES counts one mail's
INT64_MAX = 2**63 - 1
INT64_DIGITS = 19  # Python itself refuses to read thousands
SEND_ID_MAX = 512  # characters


def single_send(request: Request) -> EmailSendStatusView:
    if request.flag("dryRun"):
        return dry_run(request)
    accepted = wiring.get(wiring.sending.accept_send)(_SingleSendReader(request).read(), request.caller.key_id)
    view = status_view(accepted.message)
    if accepted.idempotency_result:
        return structs.replace(view, status=Status.COMPLETE, send_result=accepted.idempotency_result)
    return view


def dry_run(request: Request) -> EmailSendStatusView:
    """What a send would get, or end with, and how its mail would read."""
    rehearsed = wiring.get(wiring.sending.dry_run)(_SingleSendReader(request).read(), request.caller.key_id)
    mail = rehearsed.mail
    preview = Preview(subject=mail.subject, html=mail.html, text=mail.text) if mail else None
    return structs.replace(status_view(rehearsed.message), dry_run=True, preview=preview, event_id=None)


def get_send_status(request: Request) -> EmailSendStatusView:
    """Whoever sends over SMTP is told an id by SES alone, in its answer to the mail: it names the send as well."""
    status_id = request.path_parameters["statusId"]
    everyone = wiring.get(wiring.adapters.sends).messages(status_id) or wiring.get(wiring.adapters.sends).messages(
        ids.for_ses_message(status_id)
    )
    if not everyone:
        raise NotFound(f"there is no send with the status id {status_id!r}")
    return status_view(everyone[0], everyone)


def cancel_send(request: Request) -> EmailSendStatusView:
    everyone = cancel(
        request.path_parameters["statusId"], sends=wiring.get(wiring.adapters.sends), clock=wiring.container().clock
    )
    return status_view(everyone[0], everyone)


OPERATIONS: dict[str, Operation] = {
    "single_send": single_send,
    "get_send_status": get_send_status,
    "cancel_send": cancel_send,
}


class _SingleSendReader(Struct):
    """Reads the whole request before it complains, so that a caller hears of every fault at once."""

    request: Request
    faults: list[FieldError] = field(default_factory=list)

    def read(self) -> SendRequest:
        """Raises Rejected with every fault."""
        body = self.request.json()
        message = self._object(body, "message", required=True)
        email_id = self._email_id(body.get("emailId"))
        recipients = self._recipients(message)
        sender = self._optional_address(message, "from")
        reply_to = tuple(self._addresses(message, "replyTo"))
        send_id = self._send_id(message)
        contact = self._contact(body)
        custom = self._object(body, "customProperties")
        attachments = single_send_extensions.read_attachments(message, self._fault)
        headers = single_send_extensions.read_headers(message, self._fault)
        tags = single_send_extensions.read_tags(message, self._fault)
        send_at = self._send_at(message)
        if self.faults or email_id is None:
            raise Rejected(self.faults)
        return SendRequest(
            email_id=email_id,
            recipients=recipients,
            sender=sender,
            reply_to=reply_to,
            send_id=send_id,
            contact=contact,
            custom=custom,
            attachments=attachments,
            headers=headers,
            tags=tags,
            send_at=send_at,
            digest=hashlib.sha256(msgspec.json.encode(body, order="deterministic")).hexdigest(),
        )

    def _send_at(self, message: dict[str, Any]) -> str | None:
        value = message.get("sendAt")
        try:
            return None if value is None else timestamps.normalized(value)
        except (ValueError, TypeError, OverflowError):
            self._fault("message.sendAt", f"must be an ISO-8601 time like '2026-11-23T15:00:00Z', not {value!r}")
            return None

    def _fault(self, where: str, message: str, code: str = "INVALID_VALUE") -> None:
        self.faults.append(FieldError(where, message, code))

    def _object(self, body: dict[str, Any], name: str, *, required: bool = False) -> dict[str, Any]:
        value = body.get(name)
        if value is None:
            if required:
                self._fault(name, "is required: an object", "REQUIRED_FIELD")
            return {}
        if not isinstance(value, dict):
            self._fault(name, f"must be an object, not {_kind(value)}")
            return {}
        return value

    def _email_id(self, value: Any) -> int | None:
        if value is None:
            self._fault("emailId", "is required: the number of the email to send", "REQUIRED_FIELD")
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= INT64_DIGITS:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= INT64_MAX:
            self._fault("emailId", f"must be a positive whole number, not {value!r}")
            return None
        return value

    def _recipients(self, message: dict[str, Any]) -> tuple[SendRecipient, ...]:
        to = self._optional_address(message, "to")
        if message.get("to") is None:
            self._fault("message.to", "is required: the one address to send to", "REQUIRED_FIELD")
        everyone = [SendRecipient(RecipientRole.TO, to)] if to else []
        everyone += [
            SendRecipient(role, one)
            for role in (RecipientRole.CC, RecipientRole.BCC)
            for one in self._addresses(message, role)
        ]
        if len(everyone) > RECIPIENTS_MAX:
            self._fault(
                "message", f"has {len(everyone)} recipients in to, cc and bcc; at most {RECIPIENTS_MAX} are allowed"
            )
        return tuple(everyone)

    def _optional_address(self, message: dict[str, Any], name: str) -> addresses.Address | None:
        value = message.get(name)
        return None if value is None else self._address(f"message.{name}", value)

    def _addresses(self, message: dict[str, Any], name: str) -> list[addresses.Address]:
        value = message.get(name)
        given = [value] if isinstance(value, str) else [] if value is None else value
        if not isinstance(given, list):
            self._fault(f"message.{name}", f"must be a list of addresses, not {_kind(value)}")
            return []
        read = (self._address(f"message.{name}[{number}]", one) for number, one in enumerate(given))
        return [address for address in read if address]

    def _address(self, where: str, value: Any) -> addresses.Address | None:
        if not isinstance(value, str):
            self._fault(where, f"must be an address like 'Ada <ada@example.com>', not {_kind(value)}")
            return None
        try:
            return addresses.parse(value)
        except ValueError as error:
            self._fault(where, str(error), "INVALID_EMAIL")
            return None

    def _send_id(self, message: dict[str, Any]) -> str | None:
        value = message.get("sendId") or self.request.headers.get("idempotency-key")
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > SEND_ID_MAX:
            self._fault("message.sendId", f"must be a text of at most {SEND_ID_MAX} characters")
            return None
        return value

    def _contact(self, body: dict[str, Any]) -> dict[str, str]:
        properties = self._object(body, "contactProperties")
        for name, value in properties.items():
            if not isinstance(value, str):
                self._fault(f"contactProperties.{name}", f"must be a text, not {_kind(value)}")
        return properties


def _kind(value: Any) -> str:
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list"}
    return names.get(type(value), "an object")
