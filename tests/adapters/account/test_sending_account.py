from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from functions.adapters.account.sending_account import SesAccount
from functions.core.sending.throttle import SesQuota


def test_the_quota_is_read_from_ses() -> None:
    answer = {
        "SendQuota": {"Max24HourSend": -1.0, "MaxSendRate": 14.0, "SentLast24Hours": 5.0},
        "SendingEnabled": False,
        "ProductionAccessEnabled": False,
        "EnforcementStatus": "SHUTDOWN",
        "PricingAttributes": {"CurrentPlan": "PRO"},
    }
    account: Any = SimpleNamespace(get_account=lambda: answer)
    expected = SesQuota(
        14.0, None, 5, enabled=False, enforcement_status="SHUTDOWN", production_access=False, plan="PRO"
    )
    assert SesAccount(account).quota() == expected
