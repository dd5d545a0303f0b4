"""ports.Suppressions on SES's account-level suppression list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from functions.ports.contacts import Suppression

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


class SesSuppressions(Struct, frozen=True):
    client: SESV2Client

    def remove_bounce(self, address: str) -> Suppression:
        try:
            entry = self.client.get_suppressed_destination(EmailAddress=address)["SuppressedDestination"]
            suppression = Suppression(address, entry["Reason"])
            if suppression.removed:
                self.client.delete_suppressed_destination(EmailAddress=address)
        except self.client.exceptions.NotFoundException:
            return Suppression(address, None)
        return suppression
