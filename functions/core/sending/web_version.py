"""The link to the web version of a mail: a page that shows the mail as it was sent. HubSpot's name for it is `view_as_page_url`.

The link names one message and has a secret of its mail. Only the secret's SHA-256 is stored, with the mail's content, so the link ends
with it. The secret of the mail's unsubscribe link is derived from it: the page can show the mail with its links, and the tables cannot.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from msgspec import Struct

from functions.core import ids
from functions.core.emails.email import EmailBody
from functions.core.sending.send import MessageKey

PATH = "/web-version/{link}"
VARIABLE = "view_as_page_url"  # of a template


class WebVersionLink(Struct, frozen=True):
    key: MessageKey
    secret: str

    @property
    def secret_id(self) -> str:
        """The stored hash of the secret."""
        return ids.secret_id(self.secret)

    @property
    def unsubscribe_secret(self) -> str:
        """The secret of the same mail's unsubscribe link."""
        hashed = hashlib.sha256(b"unsubscribe:" + self.secret.encode()).digest()
        return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()

    def url(self, public_url: str) -> str:
        """Returns the link under the API's address, which has no slash at its end."""
        return public_url + PATH.format(link=f"{self.key.send_id}.{self.key.recipient}.{self.secret}")

    def matches(self, secret_id: str) -> bool:
        return hmac.compare_digest(secret_id, self.secret_id)


def parse(text: str) -> WebVersionLink:
    """Parses the path's last part. Raises ValueError if it is not a link."""
    send_id, number, secret = text.split(".")
    if not (send_id and secret and number.isascii() and number.isdecimal() and len(number) <= 2):  # noqa: PLR2004 - 50 recipients
        raise ValueError("this is not a link to a web version")
    return WebVersionLink(MessageKey(send_id, int(number)), secret)


def is_used(content: EmailBody) -> bool:
    """Returns whether a mail of this content may have the link."""
    return any(VARIABLE in part for part in (content.html, content.text, content.subject))
