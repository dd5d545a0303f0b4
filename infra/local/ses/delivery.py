"""Delivers accepted mail to mailboxes, or bounces it, and publishes every step as an event."""

import json
import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

from infra.local import mime
from infra.local.mailbox.store import Mailbox
from infra.local.ses import addresses, events, sending
from infra.local.ses.account import SimulatedAccount
from infra.local.ses.events import Event
from infra.local.ses.mailbox_simulator import ON_ACCOUNT_LIST, REACHES_MAILBOX, SIMULATED_BOUNCES, Outcome
from infra.local.ses.sending import TLS_VERSION, AcceptedMessage
from infra.local.ses.tracking import Tracking

# The antivirus industry's test file, in two pieces so that scanners do not flag this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

# A public capture of the simulator's events of March 2026 has this time between them.
COMPLAINT_LEAD = timedelta(milliseconds=23)

log = logging.getLogger(__name__)


class MailDelivery:
    def __init__(
        self,
        account: SimulatedAccount,
        mailbox: Mailbox,
        tracking: Tracking,
        publish: Callable[[str, str], None],
        new_id: Callable[[], uuid.UUID],
    ) -> None:
        self._account = account
        self._mailbox = mailbox
        self._tracking = tracking
        self._publish = publish
        self._new_id = new_id

    def deliver(self, accepted: AcceptedMessage, tracking_url: str) -> None:
        """Publishes Send, then delivers the mail and publishes the outcome of each recipient."""
        self.publish(events.sent(accepted.mail))
        raw = bytes(accepted.outgoing)
        if has_eicar(raw):
            self.publish(events.rejected(accepted.mail))
            return
        reached = [recipient for recipient, outcome in accepted.outcomes if outcome in REACHES_MAILBOX]
        if reached:
            self._put(accepted, reached, self._tracking.apply(raw, accepted.mail, accepted.tracking, tracking_url))
        for event in self._events(accepted):
            self.publish(event)
        for recipient, outcome in accepted.outcomes:
            if outcome is Outcome.ANSWERED:
                self._answer(accepted, recipient)

    def publish(self, event: Event) -> None:
        """Publishes an event to every SNS topic of the message's configuration set that receives its type."""
        with self._account.lock:
            configuration_set = self._account.configuration_sets.get(event.mail.configuration_set)
            topics = configuration_set.topics(event.type) if configuration_set else []
        for topic in topics:
            try:
                self._publish(topic, json.dumps(event.json()))
            except Exception:  # the caller's code: one failing topic must not stop the others
                log.exception("The %s event of %s did not reach %s", event.type, event.mail.message_id, topic)

    def _events(self, accepted: AcceptedMessage) -> Iterator[Event]:
        bounced = [
            (recipient, SIMULATED_BOUNCES[outcome].format(recipient))
            for recipient, outcome in accepted.outcomes
            if outcome in SIMULATED_BOUNCES
        ]
        if bounced:
            yield events.bounced(accepted.mail, bounced, self._account.clock(), self._feedback_id())
        for recipient, outcome in accepted.outcomes:
            yield from self._events_of(accepted, recipient, outcome)

    def _events_of(self, accepted: AcceptedMessage, recipient: str, outcome: Outcome) -> Iterator[Event]:
        """Yields the events of one recipient. The simulator's complaint comes before the delivery, as at SES."""
        mail, now = accepted.mail, self._account.clock()
        arrived = mail.tagged(outgoing_ip=accepted.outgoing_ip, outgoing_tls_version=TLS_VERSION)
        match outcome:
            case Outcome.DELIVERED:
                yield events.delivered(arrived, recipient, now)
            case Outcome.ANSWERED:
                yield events.delivered(arrived, recipient, now)
                yield events.answered(mail, recipient, now, self._feedback_id())
            case Outcome.COMPLAINED:
                yield events.complained(mail, recipient, now, sub_type=None, feedback_id=self._feedback_id())
                yield events.delivered(arrived, recipient, now + COMPLAINT_LEAD)
            case Outcome.SUPPRESSED_BY_BOUNCE:
                yield events.suppressed(mail, recipient, ON_ACCOUNT_LIST, now, self._feedback_id())
            case Outcome.SUPPRESSED_BY_COMPLAINT:
                yield events.complained(
                    mail, recipient, now, sub_type="OnAccountSuppressionList", feedback_id=self._feedback_id()
                )

    def _put(self, accepted: AcceptedMessage, recipients: Sequence[str], raw: bytes) -> None:
        """Delivers one mail to all its recipients, with the sender's tags as `name=value`. SES's own tags (`ses:…`) are of no use to a
        reader.
        """
        received = f"Return-Path: <{accepted.return_path}>\r\n".encode() + raw
        own = accepted.mail.tags.items()
        tags = [f"{name}={value}" for name, values in own if not name.startswith("ses:") for value in values]
        self._mailbox.deliver(accepted.return_path, recipients, received, tags, ses_message_id=accepted.mail.message_id)

    def _answer(self, accepted: AcceptedMessage, recipient: str) -> None:
        """Sends the simulator's out-of-office reply to the address that sent the mail."""
        sender, message = addresses.bare(accepted.mail.source), accepted.outgoing
        reply = EmailMessage(policy=SMTP)
        reply["From"] = recipient
        reply["To"] = sender
        reply["Subject"] = f"Out of office: {mime.decoded_header(message.get('Subject'))}".replace("\n", " ").replace(
            "\r", " "
        )
        reply["Auto-Submitted"] = "auto-replied"
        reply["In-Reply-To"] = message.get("Message-ID")
        reply.set_content("I am out of the office. This is SES's mailbox simulator speaking.\n")
        self._mailbox.deliver("", [sender], reply.as_bytes())

    def _feedback_id(self) -> str:
        return sending.message_id(self._account.clock(), self._new_id())


def has_eicar(raw: bytes) -> bool:
    contents = (mime.decode(raw[part.start : part.end], part.encoding) for part in mime.parts(raw))
    return any(EICAR in content for content in contents if content)
