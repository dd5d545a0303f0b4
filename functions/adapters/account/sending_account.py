"""ports.SendingAccount on SES's GetAccount. SES accepts about one call a second, so the send path does not use it."""

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
        quota = account["SendQuota"]
        per_day = int(quota["Max24HourSend"])
        return SesQuota(
            per_second=float(quota["MaxSendRate"]),
            per_day=None if per_day == UNLIMITED else per_day,
            sent_last_day=int(quota["SentLast24Hours"]),
            enabled=account["SendingEnabled"],
            enforcement_status=account["EnforcementStatus"],
            production_access=account["ProductionAccessEnabled"],
            plan=account.get("PricingAttributes", {}).get("CurrentPlan", ""),
        )
