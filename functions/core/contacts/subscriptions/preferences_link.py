"""The link to a contact's preferences that a caller makes for their own pages. It has the path of an unsubscribe link, and the contact's
address in place of a message. The contact has only the SHA-256 of its secret.
"""

from __future__ import annotations

import base64
import hmac
import re
from urllib.parse import urlencode

from msgspec import Struct

from functions.core import ids
from functions.core.contacts.contact import Contact
from functions.core.contacts.subscriptions.unsubscribe_link import PATH


class PreferencesLink(Struct, frozen=True):
    email: str  # in lower case
    secret: str

    @property
    def secret_id(self) -> str:
        """The stored hash of the secret."""
        return ids.secret_id(self.secret)

    def url(self, public_url: str, **query: str) -> str:
        name = base64.urlsafe_b64encode(self.email.encode()).decode().rstrip("=")
        return public_url + PATH.format(link=f"{name}.{self.secret}") + (f"?{urlencode(query)}" if query else "")

    def matches(self, contact: Contact | None) -> bool:
        return contact is not None and any(hmac.compare_digest(stored, self.secret_id) for stored in contact.link_ids)


def parse(text: str) -> PreferencesLink | None:
    """Parses the path's last part. Returns None if it is no link of a contact."""
    name, _, secret = text.partition(".")
    try:
        email = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()
    except ValueError:
        return None
    return PreferencesLink(email, secret) if email and re.fullmatch(r"[\w-]+", secret, re.ASCII) else None
