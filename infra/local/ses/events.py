"""SES's events as JSON, in the shapes of event publishing. Nothing here decides: an event reports what happened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from infra.local.mime import decoded_header
from infra.local.ses import addresses
from infra.local.ses.account import JSON
from infra.local.ses.links import Link
from infra.local.ses.message import RawMessage

MAX_HEADER_BYTES = 10 * 1024
REPORTING_MTA = "mta.local.invalid"
REMOTE_MTA_IP = "127.0.0.1"

NAMES = {
    "SEND": "Send",
    "DELIVERY": "Delivery",
    "BOUNCE": "Bounce",
    "COMPLAINT": "Complaint",
    "REJECT": "Reject",
    "OPEN": "Open",
    "CLICK": "Click",
}


@dataclass(frozen=True)
class SentMail:
    """The `mail` object, which is the same in every event of a message. `message` is the sender's own, before SES changes its header."""

    message_id: str
    accepted: datetime
    source: str
    source_arn: str
    account_id: str
    destinations: tuple[str, ...]
    message: RawMessage
    tags: Mapping[str, list[str]]
    configuration_set: str

    def tagged(self, **tags: str) -> "SentMail":
        """Returns the mail with more of SES's own tags. `_` in a name becomes `-`."""
        added = {f"ses:{name.replace('_', '-')}": [value] for name, value in tags.items()}
        return replace(self, tags={**self.tags, **added})


@dataclass(frozen=True)
class Visit:
    """The client that fetched a pixel or followed a link."""

    ip_address: str
    user_agent: str
    is_machine: bool


@dataclass(frozen=True)
class Event:
    """`type` is the name destinations subscribe to (`SEND`); `detail` goes under its lower-case name."""

    type: str
    mail: SentMail
    detail: JSON

    def json(self) -> JSON:
        return {"eventType": NAMES[self.type], "mail": _mail(self.mail), self.type.lower(): self.detail}


def sent(mail: SentMail) -> Event:
    return Event("SEND", mail, {})


def delivered(mail: SentMail, recipient: str, at: datetime) -> Event:
    detail = {
        "timestamp": timestamp(at),
        "processingTimeMillis": max(1, round((at - mail.accepted) / timedelta(milliseconds=1))),
        "recipients": [recipient],
        "smtpResponse": f"250 2.0.0 OK queued as {mail.message_id}",
        "remoteMtaIp": REMOTE_MTA_IP,
        "reportingMTA": REPORTING_MTA,
    }
    return Event("DELIVERY", mail, detail)


def bounced(mail: SentMail, recipients: Iterable[tuple[str, str]], at: datetime, feedback_id: str) -> Event:
    """Returns a bounce of recipients and their diagnostic codes: the address does not exist."""
    detail = _bounce("Permanent", "General", [_failed(*recipient) for recipient in recipients], at, feedback_id)
    return Event("BOUNCE", mail, detail | {"remoteMtaIp": REMOTE_MTA_IP, "reportingMTA": f"dns; {REPORTING_MTA}"})


def suppressed(mail: SentMail, recipient: str, diagnostic: str, at: datetime, feedback_id: str) -> Event:
    """Returns a bounce of an address on the account's list. SES itself reports it: no other server took part."""
    detail = _bounce("Permanent", "OnAccountSuppressionList", [_failed(recipient, diagnostic)], at, feedback_id)
    return Event("BOUNCE", mail, detail | {"reportingMTA": "dns; amazonses.com"})


def answered(mail: SentMail, recipient: str, at: datetime, feedback_id: str) -> Event:
    """Returns what SES makes of an automatic reply: a bounce without a status."""
    return Event("BOUNCE", mail, _bounce("Transient", "General", [{"emailAddress": recipient}], at, feedback_id))


def _bounce(bounce_type: str, sub_type: str, recipients: Sequence[JSON], at: datetime, feedback_id: str) -> JSON:
    return {
        "feedbackId": feedback_id,
        "bounceType": bounce_type,
        "bounceSubType": sub_type,
        "bouncedRecipients": list(recipients),
        "timestamp": timestamp(at),
    }


def _failed(recipient: str, diagnostic: str) -> JSON:
    return {"emailAddress": recipient, "action": "failed", "status": "5.1.1", "diagnosticCode": diagnostic}


def complained(mail: SentMail, recipient: str, at: datetime, *, sub_type: str | None, feedback_id: str) -> Event:
    detail: JSON = {
        "complainedRecipients": [{"emailAddress": recipient}],
        "timestamp": timestamp(at),
        "feedbackId": feedback_id,
        "complaintSubType": sub_type,
    }
    if sub_type is None:
        detail |= {
            "userAgent": "Amazon SES Mailbox Simulator",
            "complaintFeedbackType": "abuse",
            "arrivalDate": timestamp(at),
        }
    return Event("COMPLAINT", mail, detail)


def rejected(mail: SentMail) -> Event:
    return Event("REJECT", mail, {"reason": "Bad content"})


def opened(mail: SentMail, at: datetime, visit: Visit) -> Event:
    return Event("OPEN", mail, _visit(at, visit))


def clicked(mail: SentMail, at: datetime, visit: Visit, link: Link) -> Event:
    return Event("CLICK", mail, _visit(at, visit) | {"link": link.url, "linkTags": dict(link.tags) or None})


def timestamp(at: datetime) -> str:
    """Returns ISO 8601 in UTC with milliseconds and Z: `2026-11-23T15:38:00.123Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _visit(at: datetime, visit: Visit) -> JSON:
    return {
        "ipAddress": visit.ip_address,
        "timestamp": timestamp(at),
        "userAgent": visit.user_agent,
        "isBotEvent": "Likely" if visit.is_machine else "Unlikely",
    }


def _mail(mail: SentMail) -> JSON:
    headers, truncated = _headers(mail.message)
    return {
        "timestamp": timestamp(mail.accepted),
        "source": mail.source,
        "sourceArn": mail.source_arn,
        "sendingAccountId": mail.account_id,
        "messageId": mail.message_id,
        "destination": list(mail.destinations),
        "headersTruncated": truncated,
        "headers": headers,
        "commonHeaders": _common_headers(mail),
        "tags": dict(mail.tags),
    }


def _headers(message: RawMessage) -> tuple[Sequence[JSON], bool]:
    """Returns the header fields that fit in SES's 10 KB, and whether some did not."""
    included: list[JSON] = []
    size = 0
    for field in message.fields:
        size += len(field.raw)
        if size > MAX_HEADER_BYTES:
            return included, True
        included.append({"name": field.name, "value": field.value})
    return included, False


def _common_headers(mail: SentMail) -> JSON:
    """Returns the fields that the mail has. The message id is SES's own."""
    message = mail.message
    lists = {"from": "From", "replyTo": "Reply-To", "to": "To", "cc": "Cc"}
    fields = {
        **{key: addresses.named_list(message.get(name)) for key, name in lists.items()},
        "date": message.get("Date"),
        "messageId": mail.message_id,
        "subject": decoded_header(message.get("Subject")),
    }
    return {key: value for key, value in fields.items() if value}
