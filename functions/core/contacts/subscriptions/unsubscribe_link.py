"""The link by which a recipient unsubscribes. It names one message and has a secret of that message, of which only the SHA-256 is
stored. So neither a status id nor the tables are enough to make a link. A contact may have links of its own, which work the same way.
"""

from __future__ import annotations

import hmac
import re

from msgspec import Struct

from functions.core import ids
from functions.core.sending.send import Message, MessageKey

PATH = "/unsubscribe/{link}"
EVERYTHING_QUERY = "?all=true"
REDACTED = "redacted"

# A link is also recognised inside another URL or in JSON, where its slashes and dots may be escaped, and after a change of case. A text
# that was cut off may end within the secret.
_SLASH, _DOT = r"(?:\\?/|%(?:25)*2F)", r"(?:\.|%(?:25)*2E)"
_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_NUMBER = rf"{_DOT}\d{{1,2}}"
# As text: `re` compiles it at its first use, and caches it. Few texts reach it.
_LINK = rf"(?ai:((?:(?:unsubscribe|web-version){_SLASH}[\w-]++(?:{_NUMBER})?|{_UUID}{_NUMBER}){_DOT})[\w-]+)"


_ID_AND_DOT = re.compile(r"-[0-9a-f]{12}(?:\.|%(?:25)*2e)", re.ASCII)  # in lower case


class UnsubscribeLink(Struct, frozen=True):
    key: MessageKey
    secret: str

    @property
    def secret_id(self) -> str:
        """The stored hash of the secret."""
        return ids.secret_id(self.secret)

    def url(self, public_url: str) -> str:
        """Returns the link under the API's address, which has no slash at its end."""
        return public_url + PATH.format(link=f"{self.key.send_id}.{self.key.recipient}.{self.secret}")

    def matches(self, message: Message | None) -> bool:
        """Returns whether it is the link of that message."""
        return bool(message and hmac.compare_digest(message.unsubscribe_id, self.secret_id))


def parse(text: str) -> UnsubscribeLink:
    """Parses the path's last part. Raises ValueError if it is not a link."""
    send_id, number, secret = text.split(".")
    if not (send_id and secret and number.isascii() and number.isdecimal() and len(number) <= 2):  # noqa: PLR2004 - 50 recipients
        raise ValueError("this is not an unsubscribe link")
    return UnsubscribeLink(MessageKey(send_id, int(number)), secret)


def headers(url: str) -> tuple[tuple[str, str], ...]:
    """Returns the headers of a mail program's unsubscribe button (RFC 2369, RFC 8058)."""
    return ("List-Unsubscribe", f"<{url}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


def variables(url: str) -> dict[str, str]:
    """Returns the template's variables, under HubSpot's names."""
    return {"unsubscribe_link": url, "unsubscribe_link_all": url + EVERYTHING_QUERY}


def may_be_in(text: str) -> bool:
    """Returns False only for a text without a link: a quick check for the many texts that have none."""
    lower = text.lower()
    return "unsubscribe" in lower or "web-version" in lower or _ID_AND_DOT.search(lower) is not None


def is_in(text: str) -> bool:
    """Returns whether a text has an unsubscribe link or a web version link, redacted or not."""
    return re.search(_LINK, text) is not None


def redacted(text: str) -> str:
    """Returns the text with the secrets of its links replaced: what we store, report or log has none."""
    return re.sub(_LINK, rf"\1{REDACTED}", text)
