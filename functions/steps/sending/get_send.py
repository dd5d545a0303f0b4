"""Gets the messages of a send: the To's first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from functions.core import ids
from functions.core.errors import NotFound
from functions.core.sending.send import Message

if TYPE_CHECKING:
    from functions.ports.sending import Sends


class GetSend(Struct, frozen=True):
    """The step with its dependencies."""

    sends: Sends

    def __call__(self, status_id: str) -> list[Message]:
        """SES's reply to an SMTP client has only SES's own id, so that id names the send too. Raises NotFound."""
        messages = self.sends.messages(status_id) or self.sends.messages(ids.for_ses_message(status_id))
        if not messages:
            raise NotFound(f"there is no send with the status id {status_id!r}")
        return messages
