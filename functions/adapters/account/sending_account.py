"""ports.SendingAccount on SES's GetAccount, which takes about one call a second: it is no part of the send path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from functions.core.sending.throttle import SesQuota

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

UNLIMITED = -1


class SesAccount(Struct, frozen=True):
    client: SESV2Client

    def quota(self) -> SesQuota:
        account = self.client.get_account()
        told = account["SendQuota"]
        per_day = int(told["Max24HourSend"])
        return SesQuota(
            per_second=float(told["MaxSendRate"]),
            per_day=None if per_day == UNLIMITED else per_day,
            sent_last_day=int(told["SentLast24Hours"]),
            enabled=account["SendingEnabled"],
            enforcement_status=account["EnforcementStatus"],
        )
