"""The link by which a recipient leaves. It names one message and holds a secret of that message, of which only the SHA-256 is stored: so
nobody makes another's link from a status id, and whoever reads the tables makes none.
"""

from __future__ import annotations

import hmac

from msgspec import Struct

from functions.core import ids
from functions.core.sending.send import Message, MessageKey

PATH = "/unsubscribe/{link}"
EVERYTHING_QUERY = "?all=true"


class UnsubscribeLink(Struct, frozen=True):
    key: MessageKey
    secret: str

    @property
    def secret_id(self) -> str:
        """What is stored of it."""
        return ids.secret_id(self.secret)

    def url(self, public_url: str) -> str:
        """Below the API's own address, which has no slash at its end."""
        return public_url + PATH.format(link=f"{self.key.send_id}.{self.key.recipient}.{self.secret}")

    def opens(self, message: Message | None) -> bool:
        """Whether it is the link of that message."""
        return bool(message and hmac.compare_digest(message.unsubscribe_id, self.secret_id))


def parse(text: str) -> UnsubscribeLink:
    """The path's last part → the link. Raises ValueError for what is none."""
    send_id, number, secret = text.split(".")
    if not (send_id and secret and number.isascii() and number.isdecimal() and len(number) <= 2):  # noqa: PLR2004 - 50 recipients
        raise ValueError("this is no unsubscribe link")
    return UnsubscribeLink(MessageKey(send_id, int(number)), secret)


def headers(url: str) -> tuple[tuple[str, str], ...]:
    """What a mail program's own unsubscribe button goes by (RFC 2369, RFC 8058)."""
    return ("List-Unsubscribe", f"<{url}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


def variables(url: str) -> dict[str, str]:
    """What a template says for it: HubSpot's names."""
    return {"unsubscribe_link": url, "unsubscribe_link_all": url + EVERYTHING_QUERY}
