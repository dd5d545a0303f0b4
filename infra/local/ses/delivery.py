"""Delivers accepted mail to mailboxes, or bounces it, and publishes every step as an event."""

import json
import logging
import uuid
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP

from infra.local import mime
from infra.local.mailbox.store import Mailbox
from infra.local.ses import addresses, events, sending
from infra.local.ses.account import SimulatedAccount
from infra.local.ses.events import Event, SentMail
from infra.local.ses.outcomes import BOUNCES, COMPLAINTS, REACHES_MAILBOX, Outcome
from infra.local.ses.sending import AcceptedMessage
from infra.local.ses.tracking import Tracking

# The antivirus industry's test file, in two pieces so that scanners do not flag this file.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

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
        """Publishes Send, then delivers the mail to each recipient and publishes its outcome."""
        self.publish(events.sent(accepted.mail))
        raw = bytes(accepted.mail.message)
        if has_eicar(raw):
            self.publish(events.rejected(accepted.mail))
            return
        tracked = self._tracking.apply(raw, accepted.mail, accepted.tracking, tracking_url)
        for recipient, outcome in accepted.outcomes:
            if outcome in REACHES_MAILBOX:
                self._put(accepted, recipient, tracked)
            for event in self._events(accepted, recipient, outcome):
                self.publish(event)
            if outcome is Outcome.ANSWERED:
                self._answer(accepted.mail, recipient)

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

    def _events(self, accepted: AcceptedMessage, recipient: str, outcome: Outcome) -> Iterator[Event]:
        mail, now = accepted.mail, self._account.clock()
        if outcome in REACHES_MAILBOX:
            yield events.delivered(mail.tagged(outgoing_ip=accepted.outgoing_ip), recipient, now)
        if outcome in BOUNCES:
            bounce_type, sub_type, diagnostic = BOUNCES[outcome]
            yield events.bounced(
                mail,
                recipient,
                now,
                bounce_type=bounce_type,
                sub_type=sub_type,
                diagnostic=diagnostic,
                feedback_id=self._feedback_id(),
            )
        if outcome in COMPLAINTS:
            yield events.complained(mail, recipient, now, sub_type=COMPLAINTS[outcome], feedback_id=self._feedback_id())

    def _put(self, accepted: AcceptedMessage, recipient: str, raw: bytes) -> None:
        """Delivers the mail with the sender's tags, as `name=value`. SES's own tags (`ses:…`) are of no use to a reader."""
        received = f"Return-Path: <{accepted.return_path}>\r\n".encode() + raw
        own = accepted.mail.tags.items()
        tags = [f"{name}={value}" for name, values in own if not name.startswith("ses:") for value in values]
        self._mailbox.deliver(accepted.return_path, recipient, received, tags)

    def _answer(self, mail: SentMail, recipient: str) -> None:
        """Sends the simulator's out-of-office reply to the address that sent the mail."""
        sender = addresses.bare(mail.source)
        reply = EmailMessage(policy=SMTP)
        reply["From"] = recipient
        reply["To"] = sender
        reply["Subject"] = f"Out of office: {mime.decoded_header(mail.message.get('Subject'))}".replace(
            "\n", " "
        ).replace("\r", " ")
        reply["Auto-Submitted"] = "auto-replied"
        reply["In-Reply-To"] = mail.message.get("Message-ID")
        reply.set_content("I am out of the office. This is SES's mailbox simulator speaking.\n")
        self._mailbox.deliver("", sender, reply.as_bytes())

    def _feedback_id(self) -> str:
        return sending.message_id(self._account.clock(), self._new_id())


def has_eicar(raw: bytes) -> bool:
    contents = (mime.decode(raw[part.start : part.end], part.encoding) for part in mime.leaves(raw))
    return any(EICAR in content for content in contents if content)
