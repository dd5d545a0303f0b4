"""A person may have had other addresses: each earlier contact is merged into a later one. What keeps mail from an address keeps it from every
later one too, and a permission is for its own address only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from functions.core.contacts.contact import Contact, Decision, SubscriptionStatus
from functions.ports.contacts import Contacts


def later(contacts: Contacts, contact: Contact) -> Iterator[Contact]:
    """Yields the contacts of the person's later addresses, the present one last. Two merges at once may make a circle: it ends there."""
    passed = {contact.email}
    while contact.merged_into and contact.merged_into not in passed:
        following = contacts.get(contact.merged_into)
        if following is None:
            return
        passed.add(following.email)
        yield (contact := following)


def present(contacts: Contacts, contact: Contact) -> Contact:
    return [contact, *later(contacts, contact)][-1]


def decide(contacts: Contacts, email: str, decisions: Mapping[str, Decision]) -> Contact:
    """Returns the contact of the address itself."""
    decided = contacts.set_subscriptions(email, decisions)
    opt_outs = {key: one for key, one in decisions.items() if one.status is SubscriptionStatus.NOT_SUBSCRIBED}
    if opt_outs:
        for contact in later(contacts, decided):
            contacts.set_subscriptions(contact.email, opt_outs)
    return decided


def report_spam(contacts: Contacts, email: str, at: str) -> None:
    reported = contacts.mark_complained(email, at)
    for contact in later(contacts, reported):
        contacts.mark_complained(contact.email, at)
