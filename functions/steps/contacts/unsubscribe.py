"""Unsubscribe: who has the link in a mail leaves that mail's subscription type, or all of them, and comes back."""

from __future__ import annotations

from msgspec import Struct

from functions.core import timestamps
from functions.core.contacts import unsubscribe_link
from functions.core.contacts.contact import EVERYTHING, Decision, SubscriptionStatus
from functions.core.errors import NotFound
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import Message
from functions.ports import Clock
from functions.ports.contacts import Contacts, SubscriptionTypes
from functions.ports.sending import Sends

SOURCE = "unsubscribe link"


class LinkTarget(Struct, frozen=True):
    """Whom a link stands for."""

    message: Message
    type_name: str  # as people read it


class Unsubscribe(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    sends: Sends
    contacts: Contacts
    types: SubscriptionTypes
    clock: Clock

    def find_target(self, text: str) -> LinkTarget:
        """Of a link's last part. It changes nothing: mail filters follow links. Raises NotFound: a wrong link, or one of a mail that is
        not remembered any more.
        """
        try:
            link = unsubscribe_link.parse(text)
        except ValueError:
            raise NotFound("this is no unsubscribe link") from None
        message = self.sends.get(link.key)
        if message is None or not link.opens(message):
            raise NotFound("this unsubscribe link is not valid, or not any more")
        known = self.types.get(message.subscription)
        return LinkTarget(message, known.name if known else message.subscription)

    def unsubscribe(self, recipient: LinkTarget, *, everything: bool) -> None:
        """The decision comes before the record of it: who leaves twice because of a crash in between has still left."""
        message = recipient.message
        left = EVERYTHING if everything else message.subscription
        self._decide(message, left, SubscriptionStatus.NOT_SUBSCRIBED)
        if not any(fact["kind"] == TimelineEventType.UNSUBSCRIBED for fact in message.timeline.values()):
            at = timestamps.iso(self.clock())
            self.sends.record(
                message.key, TimelineEvent(type=TimelineEventType.UNSUBSCRIBED, at=at, details={"subscription": left})
            )

    def resubscribe(self, recipient: LinkTarget) -> None:
        """To that type, and to mail at all."""
        for subscription in (EVERYTHING, recipient.message.subscription):
            self._decide(recipient.message, subscription, SubscriptionStatus.SUBSCRIBED)

    def _decide(self, message: Message, subscription: str, status: SubscriptionStatus) -> None:
        decision = Decision(status=status, at=timestamps.iso(self.clock()), source=SOURCE)
        self.contacts.set_subscription(message.address, subscription, decision)
