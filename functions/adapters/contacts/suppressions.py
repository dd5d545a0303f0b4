"""ports.Suppressions on SES's account-level suppression list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


class SesSuppressions(Struct, frozen=True):
    client: SESV2Client

    def remove(self, email: str) -> bool:
        try:
            entry = self.client.get_suppressed_destination(EmailAddress=email)
            if entry["SuppressedDestination"]["Reason"] != "BOUNCE":
                return False
            self.client.delete_suppressed_destination(EmailAddress=email)
        except self.client.exceptions.NotFoundException:
            return False
        return True
