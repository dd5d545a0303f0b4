"""Single send on the wire: HubSpot's request → SendRequest, and what is known of a send → HubSpot's EmailSendStatusView."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import msgspec

from functions.core import addresses, ids
from functions.core.errors import Fault, NotFound, Rejected
from functions.core.lifecycle import FINAL, outcome
from functions.core.send import Message, MessageKey, Recipient, Role, SendRequest, State
from functions.routes.http import Operation, Request
from functions.wiring import wired

RECIPIENTS_MAX = 50  # as SES counts one mail's
_UNSUPPORTED = ("attachments", "headers", "tags", "sendAt")
INT64_MAX = 2**63 - 1
INT64_DIGITS = 19  # Python itself refuses to read thousands
SEND_ID_MAX = 512  # characters

_STATUS = {State.QUEUED: "PENDING", State.SENDING: "PROCESSING", State.CANCELED: "CANCELED"}


def single_send(request: Request) -> dict[str, Any]:
    accepted = wired().acceptance(_Reader(request).read(), request.caller.key_id)
    if accepted.repeat:
        repeated = {"status": "COMPLETE", "sendResult": accepted.repeat}
        return {**status_view(accepted.message), **repeated}
    return status_view(accepted.message)


def send_status(request: Request) -> dict[str, Any]:
    status_id = request.path_parameters["statusId"]
    message = wired().sends.get(MessageKey(status_id, 0))
    if message is None:
        raise NotFound(f"there is no send with the status id {status_id!r}")
    return status_view(message)


OPERATIONS: dict[str, Operation] = {"single_send": single_send, "send_status": send_status}


def status_view(message: Message) -> dict[str, Any]:
    result = outcome(message)
    status_id = message.key.send_id
    view = {
        "status": _STATUS.get(message.state, "COMPLETE"),
        "statusId": status_id,
        "requestedAt": message.accepted_at,
        "startedAt": message.started_at,
        "completedAt": message.settled_at if message.state in FINAL else None,
        "sendResult": result,
        "message": message.reason or None,
        "eventId": {"id": ids.event_id(status_id), "created": message.accepted_at},
    }
    return {name: value for name, value in view.items() if value is not None}


@dataclass(slots=True)
class _Reader:
    """Reads the whole request before it complains, so that a caller hears of every fault at once."""

    request: Request
    faults: list[Fault] = field(default_factory=list)

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
        self._refuse_unsupported(message)
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
            digest=hashlib.sha256(msgspec.json.encode(body, order="deterministic")).hexdigest(),
        )

    def _refuse_unsupported(self, message: dict[str, Any]) -> None:
        """Better no mail than one without its attachment, or one sent today that was meant for tomorrow."""
        for name in _UNSUPPORTED:
            if message.get(name):
                self._fault(f"message.{name}", "is not supported yet: leave it out", "UNSUPPORTED")

    def _fault(self, where: str, message: str, code: str = "INVALID_VALUE") -> None:
        self.faults.append(Fault(where, message, code))

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

    def _recipients(self, message: dict[str, Any]) -> tuple[Recipient, ...]:
        to = self._optional_address(message, "to")
        if message.get("to") is None:
            self._fault("message.to", "is required: the one address to send to", "REQUIRED_FIELD")
        everyone = [Recipient(Role.TO, to)] if to else []
        everyone += [Recipient(role, one) for role in (Role.CC, Role.BCC) for one in self._addresses(message, role)]
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
