"""Preferences by the link in a mail: unsubscribe from the mail's subscription type or from all, subscribe again, or choose types."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from functions.core import timestamps
from functions.core.contacts.contact import EVERYTHING, Contact, Decision, SubscriptionStatus
from functions.core.contacts.subscriptions import preferences, preferences_link, unsubscribe_link
from functions.core.contacts.subscriptions.preferences_link import PreferencesLink
from functions.core.contacts.subscriptions.subscription import SubscriptionType
from functions.core.emails import languages
from functions.core.errors import NotFound
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import Message
from functions.ports import Clock, NewSecret
from functions.ports.contacts import Contacts, SubscriptionTypes
from functions.ports.emails import Emails
from functions.ports.sending import Sends
from functions.steps.contacts import persons

SOURCE = "unsubscribe link"


class Holder(Struct, frozen=True, kw_only=True):
    """The contact whose preferences a link shows."""

    address: str
    subscription: str = ""  # the id of the type that the link is about; empty: none
    message: Message | None = None  # that has the link


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
    own: TypePreference | None  # the type that the link is about
    types: tuple[TypePreference, ...]  # to choose from, its own first

    @property
    def may_return(self) -> bool:
        """Whether one button subscribes again."""
        return self.essential_only or (self.own is not None and not self.own.subscribed)


class Unsubscribe(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies."""

    sends: Sends
    contacts: Contacts
    types: SubscriptionTypes
    emails: Emails
    domain: str  # names the sender if the email is not stored
    clock: Clock
    new_secret: NewSecret  # for a link

    def find(self, text: str, subscription: str = "") -> Holder:
        """Parses a link's last part. It changes nothing, since mail filters follow links. `subscription`, an id or a number, is the type
        that a link without a message is about. Raises NotFound if the link is wrong, or its message has expired.
        """
        if link := preferences_link.parse(text):
            return self._find_contact(link, subscription)
        message = self._find_message(text)
        return Holder(address=message.address, subscription=message.subscription, message=message)

    def make_link(self, email: str) -> PreferencesLink:
        """Makes a link to the preferences of an address."""
        link = PreferencesLink(email.lower(), self.new_secret())
        self.contacts.add_link(link.email, link.secret_id, timestamps.iso(self.clock()))
        return link

    def preferences(self, holder: Holder) -> Preferences:
        contact = self._contact(holder)
        types = self.types.all()
        own = _own(holder, types)
        listed = tuple(
            TypePreference(type_.id, type_.name, type_.description, contact.subscribed(type_.id))
            for type_ in preferences.listed(types, own)
        )
        return Preferences(
            address=holder.address,
            sender=self._sender(holder),
            language=languages.preferred(contact.values),
            essential_only=contact.essential_only,
            own=listed[0] if own else None,
            types=listed,
        )

    def unsubscribe(self, holder: Holder, *, everything: bool) -> None:
        left = EVERYTHING if everything else holder.subscription or EVERYTHING
        self._decide(holder, {left: SubscriptionStatus.NOT_SUBSCRIBED})

    def resubscribe(self, holder: Holder) -> None:
        """Subscribes to the link's type, and to marketing mail in general."""
        types = filter(None, (EVERYTHING, holder.subscription))
        self._decide(holder, dict.fromkeys(types, SubscriptionStatus.SUBSCRIBED))

    def save(self, holder: Holder, choices: Mapping[str, bool]) -> None:
        """Subscribes to a type whose choice is true, and unsubscribes if it is false. A type without a choice stays as it is."""
        types = dict.fromkeys(filter(None, (holder.subscription, *(type_.id for type_ in self.types.all()))))
        if changes := preferences.changes(self._contact(holder), types, choices):
            self._decide(holder, changes)

    def _find_message(self, text: str) -> Message:
        try:
            link = unsubscribe_link.parse(text)
        except ValueError:
            raise NotFound("this is no unsubscribe link") from None
        message = self.sends.get(link.key)
        if message is None or not link.matches(message):
            raise NotFound("this unsubscribe link is not valid, or has expired")
        return message

    def _find_contact(self, link: PreferencesLink, subscription: str) -> Holder:
        if not link.matches(self.contacts.get(link.email)):
            raise NotFound("this link is not valid, or newer ones took its place")
        type_ = self.types.get(subscription) if subscription else None
        return Holder(address=link.email, subscription=type_.id if type_ else "")

    def _decide(self, holder: Holder, statuses: Mapping[str, SubscriptionStatus]) -> None:
        """Stores the decisions before their event: after a crash in between, the contact is unsubscribed, and may repeat it."""
        at = timestamps.iso(self.clock())
        decisions = {key: Decision(status=status, at=at, source=SOURCE) for key, status in statuses.items()}
        persons.decide(self.contacts, holder.address, decisions)
        left = next((key for key, status in statuses.items() if status is SubscriptionStatus.NOT_SUBSCRIBED), None)
        if left and holder.message and not _is_reported(holder.message):
            event = TimelineEvent(type=TimelineEventType.UNSUBSCRIBED, at=at, details={"subscription": left})
            self.sends.record(holder.message.key, event)

    def _contact(self, holder: Holder) -> Contact:
        return self.contacts.get(holder.address) or Contact(email=holder.address.lower(), created_at="")

    def _sender(self, holder: Holder) -> str:
        if holder.message is None:
            return self.domain
        try:
            return self.emails.revision(holder.message.email_id, holder.message.revision).sender_label
        except LookupError:
            return self.domain


def _is_reported(message: Message) -> bool:
    return any(fact["kind"] == TimelineEventType.UNSUBSCRIBED for fact in message.timeline.values())


def _own(holder: Holder, types: list[SubscriptionType]) -> SubscriptionType | None:
    """Returns the link's subscription type. A type that is not stored has only its id."""
    if not holder.subscription:
        return None
    unknown = SubscriptionType(id=holder.subscription, name=holder.subscription, created_at="", updated_at="")
    return next((type_ for type_ in types if type_.id == holder.subscription), unknown)
