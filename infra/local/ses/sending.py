"""Accepts messages: every check that SES makes while the caller waits, and the accepted message."""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import chain

from infra.local.ses import addresses
from infra.local.ses.account import ConfigurationSet, Identity, SimulatedAccount
from infra.local.ses.content_checks import check_header, check_parts
from infra.local.ses.errors import SesError, bad_request
from infra.local.ses.events import SentMail
from infra.local.ses.mailbox_simulator import Outcome, is_simulator, outcome
from infra.local.ses.message import RawMessage
from infra.local.ses.tracking import TrackingOptions

MAX_RECIPIENTS = 50
MAX_BYTES = 40 * 1024 * 1024
TAG = re.compile(r"[A-Za-z0-9_-]*")
MAX_TAG_LENGTH = 256
TLS_VERSION = "TLSv1.3"  # of SES's own connections, and of its API's: the local ones are without TLS
FEEDBACK_TAGS = ("ses:feedback-id-a", "ses:feedback-id-b")
DELEGATION = ("X-SES-SOURCE-ARN", "X-SES-FROM-ARN", "X-SES-RETURN-PATH-ARN")
UNSUPPORTED = {
    **dict.fromkeys(DELEGATION, "there is one account"),
    "X-SES-LIST-MANAGEMENT-OPTIONS": "there are no contact lists",
    "X-SES-TENANT": "there are no tenants",
}


@dataclass(frozen=True)
class Submission:
    """A message from a caller. Empty `source` or `destinations` are read from the message's header."""

    raw: bytes
    source: str = ""
    destinations: tuple[str, ...] = ()
    configuration_set: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    caller_identity: str = "root"
    source_ip: str = "127.0.0.1"
    tls_version: str = TLS_VERSION
    operation: str = "SendRawEmail"
    track_opens: bool | None = None
    """True or False overrides what the configuration set's destinations imply; so does `track_clicks`."""
    track_clicks: bool | None = None


@dataclass(frozen=True)
class SendingIdentity:
    """The identity that a message is sent as. IAM checks it before SES checks anything else."""

    sender: str
    """The header's From, unchanged."""
    identity: str
    """The verified identity that covers the sender, or the sender's own address if none does."""
    configuration_set: str | None
    feedback: str
    """The address for bounces: the envelope's sender, or the header's Return-Path."""
    recipients: tuple[str, ...]
    recipient_identities: tuple[str, ...]
    """In the sandbox, the identities of the recipients: IAM checks them too."""
    delegated: tuple[str, ...]
    """The ARNs in the header of identities whose owner delegates sending to the caller."""


@dataclass(frozen=True)
class AcceptedMessage:
    """An accepted message. From here on, everything that happens to it is an event."""

    mail: SentMail
    outgoing: RawMessage
    return_path: str
    outgoing_ip: str
    tracking: TrackingOptions
    outcomes: tuple[tuple[str, Outcome], ...]


def sending_identity(account: SimulatedAccount, submission: Submission) -> SendingIdentity:
    """Returns the identity that a message is sent as. Raises `SesError` if the message names none."""
    message = RawMessage.parse(submission.raw)
    check_header(message)
    sender = addresses.check(message.get("From"))
    recipients = _recipients(submission, message)
    with account.lock:
        identity = account.sender(sender)
        recipient_identities = account.recipient_identities(recipients)
    return SendingIdentity(
        sender=message.get("From"),
        identity=identity.name if identity else sender,
        configuration_set=_configuration_set_name(submission, message, identity),
        feedback=addresses.bare(submission.source or message.get("Return-Path")),
        recipients=recipients,
        recipient_identities=recipient_identities,
        delegated=tuple(filter(None, map(message.get, DELEGATION))),
    )


def accept(account: SimulatedAccount, submission: Submission, new_id: uuid.UUID) -> AcceptedMessage:
    """Checks a submission, counts it against the quota, and decides its outcomes. Raises `SesError`."""
    if len(submission.raw) > MAX_BYTES:
        raise bad_request(f"Message length is more than {MAX_BYTES} bytes long: '{len(submission.raw)}'.")
    message = RawMessage.parse(submission.raw)
    check_header(message)
    check_parts(submission.raw)
    _check_supported(message)
    recipients = _recipients(submission, message)
    with account.lock:
        sender = _verified_sender(account, submission, message, recipients)
        configuration_set = _configuration_set(account, submission, message, sender)
        _check_enabled(account, sender, configuration_set)
        tags = _tags(submission, message)
        account.quota.spend(len(recipients), counted=sum(not is_simulator(r) for r in recipients))
        return _to_accepted(account, submission, message, recipients, sender, configuration_set, tags, new_id)


def message_id(at: datetime, unique: uuid.UUID) -> str:
    """Returns a message id in SES's form: `0100`, the milliseconds in hex, a UUID, `000000`."""
    return f"0100{int(at.timestamp() * 1000):012x}-{unique}-000000"


def _check_supported(message: RawMessage) -> None:
    for name, reason in UNSUPPORTED.items():
        if message.get(name):
            raise bad_request(f"{name} is not supported locally: {reason}.")


def _recipients(submission: Submission, message: RawMessage) -> tuple[str, ...]:
    in_header = (addresses.split_list(message.get(name)) for name in ("To", "Cc", "Bcc"))
    listed = submission.destinations or tuple(chain.from_iterable(in_header))
    recipients = tuple(dict.fromkeys(addresses.check(address) for address in listed))
    if not recipients:
        raise bad_request("No recipients specified.")
    if len(recipients) > MAX_RECIPIENTS:
        raise bad_request(f"Recipient count exceeds {MAX_RECIPIENTS}.")
    return recipients


def _verified_sender(
    account: SimulatedAccount, submission: Submission, message: RawMessage, recipients: tuple[str, ...]
) -> Identity:
    """Returns the identity of the header's From. SES checks Source, Sender and Return-Path in the same way, and in the sandbox the
    recipients.
    """
    from_address = addresses.check(message.get("From"))
    others = (submission.source, message.get("Sender"), message.get("Return-Path"))
    named = dict.fromkeys([from_address, *(addresses.check(other) for other in others if addresses.bare(other))])
    checked = [*named, *account.sandboxed(recipients)]
    unverified = list(dict.fromkeys(address for address in checked if account.sender(address) is None))
    sender = account.sender(from_address)
    if unverified or sender is None:
        raise SesError(
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region "
            f"{account.region.upper()}: {', '.join(unverified)}",
        )
    return sender


def _configuration_set(
    account: SimulatedAccount, submission: Submission, message: RawMessage, sender: Identity
) -> ConfigurationSet | None:
    name = _configuration_set_name(submission, message, sender)
    return account.configuration_set(name) if name else None


def _configuration_set_name(submission: Submission, message: RawMessage, sender: Identity | None) -> str | None:
    """Returns the name: the API's parameter before the header's, and the header's before the identity's default."""
    default = sender.configuration_set if sender else None
    return submission.configuration_set or message.get("X-SES-CONFIGURATION-SET") or default


def _check_enabled(account: SimulatedAccount, sender: Identity, configuration_set: ConfigurationSet | None) -> None:
    if not account.sending_enabled:
        raise SesError("SendingPausedException", "Email sending has been disabled for this account.")
    if configuration_set and not configuration_set.sending_enabled:
        raise SesError("SendingPausedException", f"Sending paused for configuration set <{configuration_set.name}>.")
    if sender.mail_from_on_failure == "REJECT_MESSAGE" and not sender.mail_from_verified:
        raise SesError(
            "MailFromDomainNotVerifiedException",
            f"The sending domain's custom MAIL FROM domain <{sender.mail_from_domain}> is not verified.",
        )


def _tags(submission: Submission, message: RawMessage) -> dict[str, list[str]]:
    """Returns the caller's tags. The API's tags replace the header's; they are not merged."""
    tags = submission.tags or dict(_tags_in_header(message.get("X-SES-MESSAGE-TAGS")))
    for name, value in tags.items():
        if name not in FEEDBACK_TAGS:
            _check_tag("name", name)
        _check_tag("value", value)
    return {name: [value] for name, value in tags.items()}


def _check_tag(part: str, text: str) -> None:
    if not TAG.fullmatch(text):
        raise bad_request(f"Invalid tag {part} <{text}>: only alphanumeric ASCII characters, '_', and '-' are allowed.")
    if not 0 < len(text) <= MAX_TAG_LENGTH:
        raise bad_request(f"Invalid tag {part} <{text}>: it must have 1 to {MAX_TAG_LENGTH} characters.")


def _tags_in_header(value: str) -> Iterator[tuple[str, str]]:
    for pair in filter(None, (part.strip() for part in value.split(","))):
        name, _, text = pair.partition("=")
        yield name.strip(), text.strip()


def _to_accepted(
    account: SimulatedAccount,
    submission: Submission,
    message: RawMessage,
    recipients: tuple[str, ...],
    sender: Identity,
    configuration_set: ConfigurationSet | None,
    tags: dict[str, list[str]],
    new_id: uuid.UUID,
) -> AcceptedMessage:
    now = account.clock()
    identifier = message_id(now, new_id)
    source = submission.source or message.get("From")
    mail = SentMail(
        message_id=identifier,
        accepted=now,
        source=source,
        source_arn=account.identity_arn(sender.name),
        account_id=account.account_id,
        destinations=recipients,
        message=message,
        tags=tags,
        configuration_set=configuration_set.name if configuration_set else "",
    ).tagged(
        source_tls_version=submission.tls_version,
        operation=submission.operation,
        configuration_set=configuration_set.name if configuration_set else "",
        source_ip=submission.source_ip,
        from_domain=addresses.domain_of(message.get("From")),
        caller_identity=submission.caller_identity,
    )
    outgoing_ip = account.outgoing_ip(configuration_set)
    return AcceptedMessage(
        mail=mail,
        outgoing=_outgoing(mail, account.region, outgoing_ip),
        return_path=f"{identifier}@{sender.mail_from_domain or _domain(account.region, '')}",
        outgoing_ip=outgoing_ip,
        tracking=_tracking(submission, configuration_set),
        outcomes=tuple(
            (address, outcome(address, account.suppression(address, configuration_set))) for address in recipients
        ),
    )


def _feedback_id(tags: Mapping[str, list[str]], region: str) -> str:
    """Returns two fields of the sender's choice, then SES's own."""
    own_fields = ":".join("".join(tags.get(name, [])) for name in FEEDBACK_TAGS)
    return f"{own_fields}:1.{region}.local:AmazonSES"


def _outgoing(mail: SentMail, region: str, outgoing_ip: str) -> RawMessage:
    """Returns the message for recipients: with SES's Message-ID, Date, Feedback-ID and outgoing IP, without headers for SES and Bcc."""
    at = mail.accepted.astimezone(UTC)
    orders = {field.name for field in mail.message.fields if field.name.lower().startswith("x-ses-")}
    return mail.message.without("Bcc", "Return-Path", "Message-ID", "Date", *orders).ending_with(
        Message_ID=f"<{mail.message_id}@{_domain(region, 'email.')}>",
        Date=format_datetime(at),
        Feedback_ID=_feedback_id(mail.tags, region),
        X_SES_Outgoing=f"{at:%Y.%m.%d}-{outgoing_ip}",
    )


def _domain(region: str, prefix: str) -> str:
    return f"{prefix}amazonses.com" if region == "us-east-1" else f"{region}.amazonses.com"


def _tracking(submission: Submission, configuration_set: ConfigurationSet | None) -> TrackingOptions:
    """Returns what SES tracks: the events that a destination of the set receives, unless the message overrides it."""
    opens = configuration_set is not None and configuration_set.publishes("OPEN")
    clicks = configuration_set is not None and configuration_set.publishes("CLICK")
    return TrackingOptions(
        opens=opens if submission.track_opens is None else submission.track_opens,
        clicks=clicks if submission.track_clicks is None else submission.track_clicks,
    )
