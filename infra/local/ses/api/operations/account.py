"""The account's own settings. A local account is healthy, and out of the sandbox unless the test puts it there."""

from infra.local.ses.account import DEFAULT_REASONS, JSON, SimulatedAccount
from infra.local.ses.errors import SesError


def get(account: SimulatedAccount, params: JSON) -> JSON:
    del params
    quota = account.quota
    return {
        "DedicatedIpAutoWarmupEnabled": True,
        "EnforcementStatus": "HEALTHY",
        "ProductionAccessEnabled": account.production_access,
        "SendQuota": {
            "Max24HourSend": quota.max_24_hour_send,
            "MaxSendRate": quota.max_send_rate,
            "SentLast24Hours": quota.sent_last_24_hours,
        },
        "SendingEnabled": account.sending_enabled,
        "SuppressionAttributes": {"SuppressedReasons": account.suppressed_reasons},
        "VdmAttributes": {"VdmEnabled": "DISABLED"},
        "PricingAttributes": {"CurrentPlan": "NONE"},
        **account.settings,
    }


def put_details(account: SimulatedAccount, params: JSON) -> JSON:
    """A request is under review until a test decides it: `account.settings["Details"]`."""
    before = account.settings.get("Details", {})
    if before.get("ReviewDetails", {}).get("Status") == "PENDING":
        raise SesError("ConflictException", "Account details are under review and cannot be changed.")
    details = {name: value for name, value in params.items() if name != "ProductionAccessEnabled"}
    if params.get("ProductionAccessEnabled") and not account.production_access:
        details["ReviewDetails"] = {"Status": "PENDING", "CaseId": "case-local-1"}
    account.settings["Details"] = details
    return {}


def put_suppression(account: SimulatedAccount, params: JSON) -> JSON:
    account.suppressed_reasons = list(params.get("SuppressedReasons", DEFAULT_REASONS))
    return {}


def put_sending(account: SimulatedAccount, params: JSON) -> JSON:
    account.sending_enabled = params.get("SendingEnabled", False)
    return {}


def put_vdm(account: SimulatedAccount, params: JSON) -> JSON:
    account.settings["VdmAttributes"] = params["VdmAttributes"]
    return {}


def put_warmup(account: SimulatedAccount, params: JSON) -> JSON:
    account.settings["DedicatedIpAutoWarmupEnabled"] = params.get("AutoWarmupEnabled", False)
    return {}


HANDLERS = {
    "GetAccount": get,
    "PutAccountDetails": put_details,
    "PutAccountDedicatedIpWarmupAttributes": put_warmup,
    "PutAccountSendingAttributes": put_sending,
    "PutAccountSuppressionAttributes": put_suppression,
    "PutAccountVdmAttributes": put_vdm,
}
