"""Preferences by the link in a mail: unsubscribe from the mail's subscription type or from all, subscribe again, or choose types."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from functions.core import timestamps
from functions.core.contacts import preferences, unsubscribe_link
from functions.core.contacts.contact import EVERYTHING, Contact, Decision, SubscriptionStatus
from functions.core.contacts.subscription import SubscriptionType
from functions.core.errors import NotFound
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import Message
from functions.core.templates.hubl import languages
from functions.ports import Clock
from functions.ports.contacts import Contacts, SubscriptionTypes
from functions.ports.emails import Emails
from functions.ports.sending import Sends

SOURCE = "unsubscribe link"


class TypePreference(Struct, frozen=True):
    """A subscription type, and whether the contact is subscribed to it."""

    id: str
    name: str
    description: str
    subscribed: bool


class Preferences(Struct, frozen=True, kw_only=True):
    """The present state of the contact of a link."""

    address: str
    sender: str  # for people: Revision.sender_label
    language: str  # that the contact's properties state; may be empty
    essential_only: bool  # the contact gets transactional mail only
    types: tuple[TypePreference, ...]  # the mail's own first

    @property
    def own(self) -> TypePreference:
        return self.types[0]


class Unsubscribe(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies."""

    sends: Sends
    contacts: Contacts
    types: SubscriptionTypes
    emails: Emails
    domain: str  # names the sender if the email is not stored
    clock: Clock

    def find_message(self, text: str) -> Message:
        """Parses a link's last part, and returns the link's message. It changes nothing, since mail filters follow links. Raises NotFound
        if the link is wrong, or its message has expired.
        """
        try:
            link = unsubscribe_link.parse(text)
        except ValueError:
            raise NotFound("this is no unsubscribe link") from None
        message = self.sends.get(link.key)
        if message is None or not link.matches(message):
            raise NotFound("this unsubscribe link is not valid, or has expired")
        return message

    def preferences(self, message: Message) -> Preferences:
        contact = self._contact(message)
        types = self.types.all()
        return Preferences(
            address=message.address,
            sender=self._sender(message),
            language=languages.preferred(contact.values),
            essential_only=contact.essential_only,
            types=tuple(
                TypePreference(type_.id, type_.name, type_.description, contact.subscribed(type_.id))
                for type_ in preferences.listed(types, _own(message, types))
            ),
        )

    def unsubscribe(self, message: Message, *, everything: bool) -> None:
        self._decide(message, {EVERYTHING if everything else message.subscription: SubscriptionStatus.NOT_SUBSCRIBED})

    def resubscribe(self, message: Message) -> None:
        """Subscribes to the mail's type, and to marketing mail in general."""
        self._decide(message, dict.fromkeys((EVERYTHING, message.subscription), SubscriptionStatus.SUBSCRIBED))

    def save(self, message: Message, choices: Mapping[str, bool]) -> None:
        """Subscribes to a type whose choice is true, and unsubscribes if it is false. A type without a choice stays as it is."""
        types = {message.subscription: None} | {type_.id: None for type_ in self.types.all()}
        if changes := preferences.changes(self._contact(message), types, choices):
            self._decide(message, changes)

    def _decide(self, message: Message, statuses: Mapping[str, SubscriptionStatus]) -> None:
        """Stores the decisions before their event: after a crash in between, the contact is unsubscribed, and may repeat it."""
        at = timestamps.iso(self.clock())
        decisions = {key: Decision(status=status, at=at, source=SOURCE) for key, status in statuses.items()}
        self.contacts.set_subscriptions(message.address, decisions)
        left = next((key for key, status in statuses.items() if status is SubscriptionStatus.NOT_SUBSCRIBED), None)
        reported = any(fact["kind"] == TimelineEventType.UNSUBSCRIBED for fact in message.timeline.values())
        if left and not reported:
            details = {"subscription": left}
            event = TimelineEvent(type=TimelineEventType.UNSUBSCRIBED, at=at, details=details)
            self.sends.record(message.key, event)

    def _contact(self, message: Message) -> Contact:
        return self.contacts.get(message.address) or Contact(email=message.address.lower(), created_at="")

    def _sender(self, message: Message) -> str:
        try:
            return self.emails.revision(message.email_id, message.revision).sender_label
        except LookupError:
            return self.domain


def _own(message: Message, types: list[SubscriptionType]) -> SubscriptionType:
    """Returns the mail's subscription type. A type that is not stored has only its id."""
    unknown = SubscriptionType(id=message.subscription, name=message.subscription, created_at="", updated_at="")
    return next((type_ for type_ in types if type_.id == message.subscription), unknown)
