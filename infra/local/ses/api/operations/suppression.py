"""The account's suppression list. Its operations respect the case of the part before the @, and sending ignores it."""

from infra.local.ses import addresses
from infra.local.ses.account import JSON, SimulatedAccount, Suppressed
from infra.local.ses.api.operations.wire import page
from infra.local.ses.errors import not_found


def put(account: SimulatedAccount, params: JSON) -> JSON:
    address = _listed(addresses.check(params["EmailAddress"]))
    account.suppressed[address] = Suppressed(address, params["Reason"], account.clock())
    return {}


def get(account: SimulatedAccount, params: JSON) -> JSON:
    return {"SuppressedDestination": _summary(_existing(account, params)) | {"Attributes": {}}}


def delete(account: SimulatedAccount, params: JSON) -> JSON:
    del account.suppressed[_existing(account, params).address]
    return {}


def list_all(account: SimulatedAccount, params: JSON) -> JSON:
    reasons = params.get("Reasons") or ["BOUNCE", "COMPLAINT"]
    summaries = [
        _summary(entry)
        for entry in account.suppressed.values()
        if entry.reason in reasons
        and params.get("StartDate", entry.since) <= entry.since <= params.get("EndDate", entry.since)
    ]
    return page("SuppressedDestinationSummaries", summaries, params)


def _existing(account: SimulatedAccount, params: JSON) -> Suppressed:
    try:
        return account.suppressed[_listed(params["EmailAddress"])]
    except KeyError:
        raise not_found(f"Email address {params['EmailAddress']} does not exist on your suppression list.") from None


def _listed(address: str) -> str:
    local_part, at, domain = address.rpartition("@")
    return local_part + at + domain.lower()


def _summary(entry: Suppressed) -> JSON:
    return {"EmailAddress": entry.address, "Reason": entry.reason, "LastUpdateTime": entry.since.timestamp()}


HANDLERS = {
    "PutSuppressedDestination": put,
    "GetSuppressedDestination": get,
    "DeleteSuppressedDestination": delete,
    "ListSuppressedDestinations": list_all,
}
