"""Unsubscribe by the link in a mail: from its subscription type or from all of them, and subscribe again."""

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
    """The message of a link."""

    message: Message
    type_name: str  # of its subscription type, for people


class Unsubscribe(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies."""

    sends: Sends
    contacts: Contacts
    types: SubscriptionTypes
    clock: Clock

    def find_target(self, text: str) -> LinkTarget:
        """Parses a link's last part. It changes nothing, since mail filters follow links. Raises NotFound if the link is wrong, or its
        message has expired.
        """
        try:
            link = unsubscribe_link.parse(text)
        except ValueError:
            raise NotFound("this is no unsubscribe link") from None
        message = self.sends.get(link.key)
        if message is None or not link.matches(message):
            raise NotFound("this unsubscribe link is not valid, or has expired")
        type_ = self.types.get(message.subscription)
        return LinkTarget(message, type_.name if type_ else message.subscription)

    def unsubscribe(self, target: LinkTarget, *, everything: bool) -> None:
        """Stores the decision before its event: after a crash in between, the contact is unsubscribed, and may repeat it."""
        message = target.message
        subscription = EVERYTHING if everything else message.subscription
        self._decide(message, subscription, SubscriptionStatus.NOT_SUBSCRIBED)
        if not any(fact["kind"] == TimelineEventType.UNSUBSCRIBED for fact in message.timeline.values()):
            at = timestamps.iso(self.clock())
            self.sends.record(
                message.key,
                TimelineEvent(type=TimelineEventType.UNSUBSCRIBED, at=at, details={"subscription": subscription}),
            )

    def resubscribe(self, target: LinkTarget) -> None:
        """Subscribes to the mail's type, and to marketing mail in general."""
        for subscription in (EVERYTHING, target.message.subscription):
            self._decide(target.message, subscription, SubscriptionStatus.SUBSCRIBED)

    def _decide(self, message: Message, subscription: str, status: SubscriptionStatus) -> None:
        decision = Decision(status=status, at=timestamps.iso(self.clock()), source=SOURCE)
        self.contacts.set_subscription(message.address, subscription, decision)
