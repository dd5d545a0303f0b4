"""Gets the contract of a published email: the properties that a send of it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from functions.core.errors import NotFound
from functions.ports.emails import Emails


class GetContract(Struct, frozen=True):
    """The step with its dependencies."""

    emails: Emails

    def __call__(self, email_id: int) -> Mapping[str, Any]:
        """Returns a JSON Schema. Raises NotFound if the email is not published."""
        email = self.emails.get(email_id)
        if email is None:
            raise NotFound(f"there is no email {email_id}")
        if email.published_revision is None:
            raise NotFound(f"email {email_id} is not published; publish it to get its contract")
        return self.emails.revision(email_id, email.published_revision).contract
